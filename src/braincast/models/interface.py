"""What a model is: it prepares from how the brain is built, learns from a training set, and answers cases.

What these are depends on the kind of task: the structure of one `Specimen`, `Cases` and `Training` in perturbation
tasks; the `Brains` behind all recordings, `Windows` and `ForecastTraining` in forecast tasks; the `OpticLobe`,
`Stimuli` and `SceneTraining` in encoding tasks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError
from braincast.models.space import Choices, Range
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.kinds import AnyCard

Settings = Mapping[str, Any]
_TOLD = {
    "stimulus": "the stimulus is told",
    "positions": "the data say where neurons lie",
    "connectome": "the wiring is known",
}


@runtime_checkable
class Fitted(Protocol):
    """What was learned: a frozen dataclass of numbers, arrays and further such dataclasses, so that it can be saved."""

    @property
    def n_parameters(self) -> int:
        """How many numbers were fitted."""
        ...

    def forecast(self, cases: Any, prepared: Any) -> Float[np.ndarray, "case lead neuron *member"]:
        """The answer to each case; `prepared` is what the model's `prepare` made of the structure.

        In a forecast task it may be a distribution: then `member` is an axis of quantiles or of draws.
        """
        ...


@runtime_checkable
class Model(Protocol):
    """A model with a closed-form fit. It sees structure and a training set, and knows nothing about scoring.

    `candidates` are the settings among which inner folds or validation windows choose (one entry: nothing to choose).
    What depends on structure alone is made once in `prepare`, and shared by all folds and candidates.
    """

    card: ModelCard
    fitted_type: type[Any]
    candidates: tuple[Settings, ...]

    def prepare(self, structure: Any) -> Any: ...

    def fit(self, training: Any, prepared: Any, settings: Settings, *, seed: int) -> Fitted: ...


@runtime_checkable
class Learner(Protocol):
    """A model that learns by gradient: it says how its network begins, and `training` makes the steps.

    What `prepare` returns has `init(sizes, settings, *, key)` too, which gives a network
    (`models.blackbox.networks.network`). The settings include those of `models.blackbox.learning`.
    """

    card: ModelCard
    fitted_type: type[Any]
    candidates: tuple[Settings, ...]

    def prepare(self, structure: Any) -> Any: ...

    def init(self, sizes: Any, settings: Settings, *, key: Any) -> Any: ...


AnyModel: TypeAlias = Model | Learner


@dataclass(frozen=True)
class Setting:
    """One thing to set in a model: a number within bounds (both included), whole if `kind` is int, or yes or no.

    With `kind` str it is one of the words in `choices`. `sweep` is what `braincast sweep` tries unless told otherwise
    (see `swept`).
    """

    summary: str
    kind: type[float] | type[int] | type[bool] | type[str] = float
    lower: float = 0.0
    upper: float = math.inf
    choices: tuple[str, ...] = ()
    sweep: Range | Choices | None = None

    def swept(self, tried: Sequence[Any]) -> Range | Choices | None:
        """What a sweep tries; None for a setting that it leaves alone. `tried` is what the model's candidates have.

        Without a `sweep` of its own, words and yes or no are tried in turn, a number where candidates differ in it.
        """
        values: tuple[Any, ...] = self.choices
        if isinstance(self.sweep, Range):
            return self.sweep
        if self.sweep is not None:
            values = self.sweep.values
        elif self.kind is bool:
            values = (False, True)
        elif self.kind is not str:
            values = tuple(sorted(set(tried)))
        known = tuple(dict.fromkeys([*values, *tried])) if values else ()
        return Choices(known) if len(known) > 1 else None

    def checked(self, value: Any, where: str) -> float | int | bool | str:
        """The value in its type; E305 for one that is not possible."""
        if self.kind is str:
            if isinstance(value, str) and value in self.choices:
                return value
            raise BraincastError("E305", where, f"it is {' or '.join(self.choices)}, not {value!r}", f"{self.summary}")
        if self.kind is bool:
            if isinstance(value, bool):
                return value
            raise BraincastError("E305", where, f"it is true or false, not {value!r}", f"{self.summary}")
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if not number or not self.lower <= value <= self.upper:
            what = f"it is a number from {self.lower:g} to {self.upper:g}, not {value!r}"
            raise BraincastError("E305", where, what, f"{self.summary}")
        if self.kind is int and value != int(value):
            raise BraincastError("E305", where, f"it is a whole number, not {value!r}", f"{self.summary}")
        return self.kind(value)


@dataclass(frozen=True)
class ModelCard:
    """What a model is, for people: shown by `braincast show model`.

    `kinds` are the kinds of tasks it can be put to, `answers` what it can say there; one that can say several looks at
    its training set for what is asked (`Training.course` is there in a task of courses). `uses` is what it needs to be
    told, `takes` what else it makes use of where a task tells it.
    `caveat` is what a reader of its scores must know. `typical_fit_s` is the time to fit all folds of its task on one
    core, for estimates before a run. `members` is how many quantiles of a predictive distribution it answers with
    (0: a single number). A model of certain `neurons` answers forecasts of these alone, as they were recorded; one
    that knows certain `datasets` forecasts of these alone. What `is_control` was told the truth: it shows what can be
    reached, and wins nothing. `fewest_seeds` is how many seeds a run has of it at the least: of a floor that is a
    distribution, several.
    """

    name: str
    summary: str
    kinds: tuple[str, ...]
    uses: tuple[str, ...]
    settings: Mapping[str, Setting]
    citation: str = ""
    caveat: str = ""
    stochastic: bool = False
    typical_fit_s: float = 1.0
    answers: tuple[str, ...] = ("probability",)
    members: int = 0
    takes: tuple[str, ...] = ()
    neurons: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    is_control: bool = False
    fewest_seeds: int = 1

    def can_answer(self, card: AnyCard, track: str = "open") -> bool:
        """Whether the model answers what a task asks, from what the task tells on that track."""
        is_asked = card.kind in self.kinds and card.answer in self.answers
        return is_asked and not (isinstance(card, ForecastCard) and self._lacks(card, track))

    def require_answer(self, card: AnyCard, track: str = "open") -> None:
        """E306 for a task that the model cannot answer on that track."""
        if self.can_answer(card, track):
            return
        here = "" if track == "open" else f", here on the track {track}"
        needs = [need for need in _TOLD if need in self.uses]
        fix = "See braincast list models"
        if isinstance(card, ForecastCard) and (missing := [n for n in needs if not _told(card, track)[n]]):
            words = " and ".join(_TOLD[need] for need in missing)
            what = f"it needs a task in which {words}, which is not so in {card.name}{here}"
            fix = f"{fix} for one that does without, or make a task of a dataset that has it"
        else:
            shown = "".join(f" in which {_TOLD[need]}" for need in needs)
            what = f"it answers {', '.join(self.kinds)} tasks{shown} with {' or '.join(map(_one, self.answers))}"
            what += f", but {card.name} is {_one(card.kind)} task that asks for {_one(card.answer)}{here}"
        raise BraincastError("E306", f"model {self.name}", what, fix)

    def _lacks(self, card: ForecastCard, track: str) -> bool:
        """Whether a forecast task leaves out something that the model needs to be told."""
        if self.neurons and (card.scaled or set(self.neurons) != set(card.neurons)):
            return True
        if self.datasets and card.dataset not in self.datasets:
            return True
        return any(need in self.uses and not is_told for need, is_told in _told(card, track).items())

    @property
    def uses_connectome(self) -> bool:
        """Whether the model must be run with null connectomes."""
        return "connectome" in self.uses


def _told(card: ForecastCard, track: str) -> dict[str, bool]:
    """Which of the things that a model may need a task tells."""
    is_shown = card.inputs == "stimulus" and track != "no-stimulus"
    return {"stimulus": is_shown, "positions": card.positions, "connectome": card.whose_wiring != "none"}


def _one(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
