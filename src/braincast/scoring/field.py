"""Who stands beside whom: a task's baselines first, then what was found, under names that do not collide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from braincast.errors import BraincastError
from braincast.scoring.scores import Contender

if TYPE_CHECKING:
    from braincast.forecasts.submissions.opening import Submitted
    from braincast.tasks.kinds import AnyCard


def beside(card: AnyCard, baselines: Mapping[str, Contender], found: Mapping[str, Contender]) -> dict[str, Contender]:
    """The baselines, then what was found by name; the same model as one of the task's baselines stands for itself.

    Two of one name are E305.
    """
    contenders = dict(baselines)
    names = {name: name_beside(card, name) for name in found}
    for name, contender in found.items():
        if names[name] in contenders:
            what = f"two forecasts are named {names[name]!r}"
            raise BraincastError("E305", "forecasts", what, "Give each a name of its own")
        of = None if contender.of is None else names[contender.of]
        contenders[names[name]] = replace(contender, of=of)
    return contenders


def name_beside(card: AnyCard, name: str) -> str:
    """The name under which somebody's model stands beside the task's baselines."""
    return f"{name} (submitted)" if name in card.baselines else name


def entered(name: str, submitted: Submitted) -> dict[str, Contender]:
    """A submission's answers by `name`, and those of its nulls by that name, "@" and the null's."""
    nulls = {f"{name}@{null}": Contender(draws, "null", name) for null, draws in submitted.nulls.items()}
    return {name: Contender(submitted.seeds), **nulls}
