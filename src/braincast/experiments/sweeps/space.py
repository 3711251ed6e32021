"""What a sweep of a model tries: its own space, changed where somebody asks for another, and its own candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from braincast.errors import BraincastError
from braincast.models.interface import AnyModel, Setting, Settings
from braincast.models.space import Choices, Range, Space


@dataclass(frozen=True)
class Search:
    """The space, which of its settings are whole, what every other setting is, and the points that are tried first.

    `named` are the settings that a fit has to be given so that it is that of a trial.
    """

    space: Space
    whole: frozenset[str]
    fixed: Settings
    first: tuple[Settings, ...]
    named: tuple[str, ...]

    def settings(self, point: Settings) -> dict[str, Any]:
        """All settings of a trial."""
        return {**self.fixed, **point}


def own_space(model: AnyModel) -> dict[str, Range | Choices]:
    """What is tried of a model unless somebody asks for something else."""
    found = {}
    for name, setting in model.card.settings.items():
        swept = setting.swept([candidate[name] for candidate in model.candidates if name in candidate])
        if swept is not None:
            found[name] = swept
    return found


def search_of(model: AnyModel, asked: Space | None = None, fixed: Settings | None = None) -> Search:
    """A checked search: unknown settings, impossible values and ranges, or nothing to try, are E305.

    A model's candidates come first, each moved into what was asked; so no sweep that has as many trials ends above
    what they reach.
    """
    asked, put = asked or {}, _checked_values(model, fixed or {})
    both = sorted(set(asked) & set(put))
    if both:
        raise _refused(model, both[0], "it is both fixed and swept", "Give it once")
    asked = {name: _checked(model, name, wanted) for name, wanted in asked.items()}
    own = {name: swept for name, swept in own_space(model).items() if name not in put}
    # In the card's order: chance is spent on one setting after the other.
    space = {name: {**own, **asked}[name] for name in model.card.settings if name in own or name in asked}
    if not space:
        name = f"model {model.card.name}"
        raise BraincastError("E305", name, "it has nothing to sweep over", "Say what with --range K=LOW..HIGH")
    points = [_moved(candidate, space, asked) for candidate in model.candidates]
    first = tuple(point for number, point in enumerate(points) if point not in points[:number])
    held = {name: value for name, value in {**model.candidates[0], **put}.items() if name not in space}
    whole = frozenset(name for name in space if model.card.settings[name].kind is int)
    named = tuple(name for name in model.card.settings if name in space or name in put or _is_chosen(model, name))
    return Search(space, whole, held, first, named)


def ends(space: Space) -> dict[str, Any]:
    """A space as plain data."""
    return {
        name: {"choices": list(swept.values)}
        if isinstance(swept, Choices)
        else {"lower": swept.lower, "upper": swept.upper, "log": swept.log}
        for name, swept in space.items()
    }


def _is_chosen(model: AnyModel, name: str) -> bool:
    """Whether a fit would choose it among candidates."""
    return any(candidate.get(name) != model.candidates[0].get(name) for candidate in model.candidates)


def _moved(candidate: Settings, space: Space, asked: Space) -> dict[str, Any]:
    """The candidate's part of the space; only what somebody asked for moves it."""
    known = {name: candidate[name] for name in space if name in candidate}
    for name, wanted in asked.items():
        known[name] = wanted.nearest(candidate.get(name, _low(wanted)))
    return {name: known[name] for name in space}


def _low(wanted: Range | Choices) -> Any:
    return wanted.lower if isinstance(wanted, Range) else wanted.values[0]


def _checked_values(model: AnyModel, fixed: Settings) -> dict[str, Any]:
    return {name: _setting(model, name).checked(value, _where(model, name)) for name, value in fixed.items()}


def _checked(model: AnyModel, name: str, wanted: Range | Choices) -> Range | Choices:
    setting, where = _setting(model, name), _where(model, name)
    if isinstance(wanted, Choices):
        if not wanted.values:
            raise _refused(model, name, "there is nothing to choose from", "Give values, as in --range K=A,B")
        return Choices(tuple(dict.fromkeys(setting.checked(value, where) for value in wanted.values)))
    if setting.kind in (str, bool):
        values = " or ".join(setting.choices) or "true or false"
        raise _refused(model, name, f"it is {values}, which has no range", "Give values, as in --range K=A,B")
    lower, upper = setting.checked(wanted.lower, where), setting.checked(wanted.upper, where)
    if wanted.lower >= wanted.upper:
        what = f"the range from {wanted.lower:g} to {wanted.upper:g} has its ends in the wrong order, or is one value"
        raise _refused(model, name, what, "Give the lower end first, or one value with --set")
    if wanted.log and wanted.lower <= 0:
        what = f"a range on a logarithmic scale cannot begin at {wanted.lower:g}"
        raise _refused(model, name, what, "Begin above 0, or write :linear after the range")
    return Range(lower, upper, wanted.log)  # pyright: ignore[reportArgumentType]


def _setting(model: AnyModel, name: str) -> Setting:
    known: Mapping[str, Setting] = model.card.settings
    if name not in known:
        fix = f"Its settings: {', '.join(sorted(known)) or 'none'}"
        raise BraincastError("E305", f"model {model.card.name}", f"it has no setting {name!r}", fix)
    return known[name]


def _where(model: AnyModel, name: str) -> str:
    return f"model {model.card.name}, setting {name}"


def _refused(model: AnyModel, name: str, what: str, fix: str) -> BraincastError:
    return BraincastError("E305", _where(model, name), what, fix)
