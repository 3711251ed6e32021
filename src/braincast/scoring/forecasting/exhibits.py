"""What a report shows of single neurons: traces beside forecasts of them. Never part of a printed document.

Which neurons and windows are shown follows from a rule, not from taste: the neurons with the highest, the median and
the lowest skill, the longest run of test windows from its beginning, and windows at a quarter, a half and three
quarters of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.scoring.forecasting.neurons import NeuronSkill
from braincast.scoring.forecasting.places import placed
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.card import ForecastCard, WindowCase
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import WindowTruth, open_window_truth

MOST_FRAMES = 300
CENTRAL = (0.1, 0.9)  # the central 80 % of the members
_RANKS = ("best", "median", "worst")
_QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class Course:
    """A model's forecast of one neuron at consecutive frames; without members there is no interval.

    `lead` is the number of frames that it was made ahead, 0 of a hidden neuron; in a single window, where every frame
    has another, None.
    """

    model: str
    lead: int | None
    frame: Int[np.ndarray, " frame"]
    value: Float[np.ndarray, " frame"]
    lower: Float[np.ndarray, " frame"] | None
    upper: Float[np.ndarray, " frame"] | None


@dataclass(frozen=True, eq=False)
class Trace:
    """What a neuron did from frame `first` on, and forecasts of it. Activity is standardised; NaN was not observed.

    `context` counts the frames at the beginning that a forecast could see; none in a trace of many windows.
    """

    neuron: str
    rank: str
    skill: float
    recording: str
    condition: str
    distribution: str
    first: int
    truth: Float[np.ndarray, " frame"]
    courses: tuple[Course, ...]
    context: int = 0


@dataclass(frozen=True, eq=False)
class ForecastExhibits:
    """Skill of every neuron over the baseline by model, where neurons lie, and examples; the headline stands first.

    `skill` is NaN where it is undefined, `position_um` where it is not known, a region is "" then.
    """

    headline: str
    baseline: str
    neurons: tuple[str, ...]
    regions: tuple[str, ...]
    position_um: Float[np.ndarray, "neuron 3"]
    activity_level: Float[np.ndarray, " neuron"]
    skill: Mapping[str, Float[np.ndarray, " neuron"]]
    traces: tuple[Trace, ...]
    windows: tuple[Trace, ...]
    dt_s: float | None
    unit: str


def forecast_exhibits(
    task: ForecastTask,
    contenders: Mapping[str, Contender],
    headline: str,
    shown: Sequence[str],
    neurons: Mapping[str, NeuronSkill],
) -> ForecastExhibits | None:
    """Examples of `headline` and the task's baseline; skill of every neuron for all `shown` too, as it was scored.

    None when the headline or the baseline is not among the contenders.
    """
    baseline = task.card.baseline
    if not {headline, baseline} <= set(contenders) & set(neurons):
        return None
    truth = open_window_truth(task)
    names = [name for name in dict.fromkeys([headline, *shown]) if name in neurons and name != baseline]
    skill = {name: neurons[name].skill for name in names}
    ranked = _ranked(skill.get(headline, -neurons[baseline].error))
    drawn = {name: contenders[name].forecasts[0] for name in dict.fromkeys((headline, baseline))}
    examples = _Examples(task, truth, drawn, ranked)
    place = placed(task)
    return ForecastExhibits(
        headline=headline,
        baseline=baseline,
        neurons=task.card.neurons,
        regions=place.regions,
        position_um=place.position_um,
        activity_level=np.asarray(truth.activity_level, dtype=np.float64),
        skill=skill,
        traces=tuple(examples.traces()),
        windows=tuple(examples.windows()),
        dt_s=task.card.dt_s,
        unit=task.card.unit,
    )


def _ranked(skill: Float[np.ndarray, " neuron"]) -> list[tuple[str, int, float]]:
    """(rank, column, skill) of the best, median and worst neuron; fewer where there are fewer neurons."""
    order = np.argsort(-skill, kind="stable")
    order = order[np.isfinite(skill[order])]
    if len(order) == 0:
        return []
    places = {"best": 0, "median": len(order) // 2, "worst": len(order) - 1}
    found: dict[int, str] = {}
    for rank in _RANKS:
        found.setdefault(int(order[places[rank]]), rank)
    return [(rank, column, float(skill[column])) for column, rank in found.items()]


class _Examples:
    """Cuts examples out of the truth and of forecasts, one neuron at a time."""

    def __init__(
        self,
        task: ForecastTask,
        truth: WindowTruth,
        forecasts: Mapping[str, Any],
        ranked: Sequence[tuple[str, int, float]],
    ) -> None:
        self.card, self.truth, self.forecasts, self.ranked = task.card, truth, forecasts, ranked
        cases = task.card.cases
        self.start = np.array([case.start for case in cases], dtype=np.int64)
        self.runs = _runs(task.card)

    def traces(self) -> list[Trace]:
        """Each ranked neuron in the longest run inside the distribution, and in the longest outside of it."""
        kinds = sorted({self._kind(run) for run in self.runs})
        longest = [max((run for run in self.runs if self._kind(run) == kind), key=len) for kind in kinds]
        return [self._trace(run, *neuron) for run in longest for neuron in self.ranked]

    def windows(self) -> list[Trace]:
        """Single windows of the median neuron, in the longest run inside the distribution where there is one."""
        middle = [neuron for neuron in self.ranked if neuron[0] == "median"] or list(self.ranked[:1])
        run = max(self.runs, key=lambda run: (self._kind(run) == "in", len(run)))
        chosen = dict.fromkeys(run[int(quarter * (len(run) - 1))] for quarter in _QUARTERS)
        return [self._window(row, *neuron) for neuron in middle for row in chosen]

    def _kind(self, run: range) -> str:
        return self.card.cases[run[0]].distribution

    def _trace(self, run: range, rank: str, column: int, skill: float) -> Trace:
        rows = np.array(run)
        horizon = len(self.card.leads)
        first = int(self.start[rows[0]])
        rows = rows[self.start[rows] + horizon <= first + MOST_FRAMES]
        cases = slice(int(rows[0]), int(rows[-1]) + 1)
        observed = self._of_neuron(self.truth.read, cases, column)
        n_frames = int(self.start[rows[-1]]) + horizon - first
        together = np.full(n_frames, np.nan)
        for start, values in zip(self.start[rows], observed, strict=True):
            together[start - first : start - first + horizon] = values
        courses = [
            course
            for name, forecast in self.forecasts.items()
            for course in self._courses(name, _values(forecast, cases, slice(column, column + 1)), self.start[rows])
        ]
        return self._made(run[0], (rank, column, skill), first, together, courses, 0)

    def _courses(self, name: str, values: np.ndarray, start: Int[np.ndarray, " case"]) -> list[Course]:
        """At the first and the last lead; where nothing comes before a window, all its frames one after the other."""
        horizon = len(self.card.leads)
        if self.card.context == 0:
            frames = (start[:, None] + np.arange(horizon)).ravel()
            return [_course(name, 0, frames, values.reshape(-1, *values.shape[2:]))]
        leads = dict.fromkeys((0, horizon - 1))
        return [_course(name, lead + 1, start + lead, values[:, lead]) for lead in leads]

    def _window(self, row: int, rank: str, column: int, skill: float) -> Trace:
        cases, neuron = slice(row, row + 1), slice(column, column + 1)
        context = self.truth.contexts(cases)[0, :, column]
        context = context[-MOST_FRAMES:]
        followed = self._of_neuron(self.truth.read, cases, column)[0]
        start = int(self.start[row])
        frames = start + np.arange(len(followed))
        courses = [
            _course(name, None, frames, _values(forecast, cases, neuron)[0])
            for name, forecast in self.forecasts.items()
        ]
        together = np.concatenate([context, followed]).astype(np.float64)
        return self._made(row, (rank, column, skill), start - len(context), together, courses, len(context))

    def _made(
        self,
        row: int,
        neuron: tuple[str, int, float],
        first: int,
        truth: np.ndarray,
        courses: Sequence[Course],
        context: int,
    ) -> Trace:
        case, (rank, column, skill) = self.card.cases[row], neuron
        return Trace(
            neuron=self.card.neurons[column],
            rank=rank,
            skill=skill,
            recording=self.card.recordings[case.recording].name,
            condition=case.condition,
            distribution=case.distribution,
            first=first,
            truth=truth,
            courses=tuple(courses),
            context=context,
        )

    @staticmethod
    def _of_neuron(read: Any, cases: slice, column: int) -> np.ndarray:
        return read(cases, slice(column, column + 1))[:, :, 0].astype(np.float64)


def _runs(card: ForecastCard) -> list[range]:
    """Rows of cases that follow each other without a gap, in one condition and distribution."""
    cases, first, runs = card.cases, 0, []
    for row in range(1, len(cases) + 1):
        if row == len(cases) or not _follows(cases[row - 1], cases[row], card.stride):
            runs.append(range(first, row))
            first = row
    return runs


def _follows(before: WindowCase, case: WindowCase, stride: int) -> bool:
    same = (before.recording, before.condition, before.distribution) == (
        case.recording,
        case.condition,
        case.distribution,
    )
    return same and case.start - before.start == stride


def _values(forecast: Any, cases: slice, neurons: slice) -> np.ndarray:
    """Part of a forecast [case, lead, neuron(, member)], whatever it is stored in."""
    part = forecast[cases, :, neurons]  # before its values, which may lie in a store
    return np.asarray(getattr(part, "values", part), dtype=np.float64)


def _course(model: str, lead: int | None, frame: np.ndarray, values: np.ndarray) -> Course:
    """From values [frame, 1] or [frame, 1, member] of one neuron."""
    own = values[:, 0]
    if own.ndim == 1:
        return Course(model, lead, frame, own, None, None)
    lower, upper = np.quantile(own, CENTRAL, axis=1, method="hazen")
    return Course(model, lead, frame, own.mean(axis=1), lower, upper)
