"""The model under a probe: a fit of a forecast task, asked about validation windows whose contexts were changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float, Float32

from braincast.errors import BraincastError
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.windows import Windows
from braincast.tasks.rollouts.rollout import Rollout
from braincast.training.closed_loop import ClosedLoop
from braincast.training.fit import FittedFolds

Contexts = Float32[np.ndarray, "case context neuron"]
Answer = Float[np.ndarray, "case lead neuron"]
# A path that leaves so many standard deviations has blown up and stays there.
_LIMIT = 1e3


@dataclass(frozen=True, eq=False)
class States:
    """Validation windows that one fold is asked about, with what followed (NaN where nothing was observed)."""

    fold: int
    windows: Windows
    contexts: Contexts
    truth: Float32[np.ndarray, "case lead neuron"]


class Subject:
    """A fit that is asked what follows contexts which never were; an answer with members counts as their mean.

    States are at most `n_states` validation windows of each fold, evenly spread; test windows stay closed. E711 for a
    fit of another kind of task.
    """

    fitted: FittedFolds
    task: ForecastTask
    n_states: int | None

    def __init__(self, fitted: FittedFolds, *, n_states: int | None = None) -> None:
        task = fitted.task
        if not isinstance(task, ForecastTask) or task.card.imputation is not None:
            what = f"it was made on {task.name}, a {task.card.kind} task"
            raise BraincastError("E711", "RUN", what, "Probes are put to fits of forecast and rollout tasks")
        self.fitted, self.task, self.n_states = fitted, task, n_states

    @property
    def neurons(self) -> tuple[str, ...]:
        return self.task.card.neurons

    @property
    def horizon(self) -> int:
        """How many frames the fit answers at once; it runs on its own output after them."""
        return self.task.card.learned_horizon

    @cached_property
    def states(self) -> tuple[States, ...]:
        """Of each fold; E711 where no fold has a validation window."""
        found = [self._of_fold(fold) for fold in range(self.task.card.n_folds)]
        if not any(len(states.windows) for states in found):
            raise BraincastError("E711", "RUN", "its task has no validation windows", "Choose a task that has some")
        return tuple(states for states in found if len(states.windows))

    @property
    def n_cases(self) -> int:
        """Number of states over all folds."""
        return sum(len(states.windows) for states in self.states)

    @cached_property
    def middle(self) -> Float[np.ndarray, " neuron"]:
        """Each neuron's mean over training frames, in the task's unit; 0 where that is standardised."""
        return np.mean([recording.mean for recording in self.task.recordings], axis=0)

    @cached_property
    def deviation(self) -> Float[np.ndarray, " neuron"]:
        """A standard deviation of each neuron over training frames, in the task's unit."""
        if self.task.card.scaled:
            return np.ones(len(self.neurons))
        return np.mean([recording.scale.deviation for recording in self.task.recordings], axis=0)

    def ask(self, states: States, contexts: Contexts, n_leads: int) -> Answer:
        """What the fit says follows these contexts; past its horizon on its own output, without noise."""
        windows = states.windows.going_on(0, contexts.astype(np.float32))
        fit = self.fitted.folds[states.fold]
        if n_leads <= self.horizon:
            # All leads are asked for, as a fit with members answers no fewer.
            parts = [self._point(fit, part) for part in windows.batches()]
            return np.concatenate(parts)[:, :n_leads]
        if self.task.inputs == "stimulus":
            what = f"{n_leads} frames ahead are more than the {self.horizon} for which the stimulus is told"
            raise BraincastError("E711", "--leads", what, f"Ask for at most {self.horizon}")
        rule = Rollout(step=self.horizon, noise="none", settle=0, limit=_LIMIT, divergence=(1, 2))
        longer = replace(windows, leads=tuple(str(lead) for lead in range(1, n_leads + 1)))
        loop = ClosedLoop(fit, rule, None, self.fitted.seed)
        return loop.forecast(longer, self.fitted.prepared).astype(np.float64)

    def mean_over_states(self, of: Callable[[States], Float[np.ndarray, "case ..."]]) -> np.ndarray:
        """The mean over all states of what `of` gives for each of a fold's."""
        total: Any = 0.0
        for states in self.states:
            total = total + of(states).sum(axis=0)
        return np.asarray(total) / self.n_cases

    def _point(self, fit: Any, windows: Windows) -> Answer:
        answer = fit.forecast(windows, self.fitted.prepared)
        point = answer if answer.ndim == 3 else answer.mean(axis=3)
        return point.astype(np.float64)

    def _of_fold(self, fold: int) -> States:
        held = self.task.training(fold).validation
        n = len(held.windows)
        keep = np.zeros(n, dtype=bool)
        keep[_spread(n, self.n_states)] = True
        windows = held.windows.where(keep)
        return States(fold, windows, windows.contexts(), held.truth[keep])


def _spread(n: int, n_wanted: int | None) -> Sequence[int] | np.ndarray:
    """Evenly spread rows of `n`, all where no fewer are wanted."""
    if n_wanted is None or n_wanted >= n:
        return np.arange(n)
    return np.unique(np.linspace(0, n - 1, n_wanted).round().astype(int))
