"""A forecaster run on its own output: what it forecast becomes its context, until a long horizon is full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float, Float32

from braincast.models.interface import Fitted
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows
from braincast.tasks.rollouts.rollout import Rollout

if TYPE_CHECKING:
    from braincast.training.fit import FittedFolds

Path = Float32[np.ndarray, "case frame neuron"]


@dataclass(frozen=True, eq=False)
class ClosedLoop:
    """A fit that answers windows of any horizon, however few frames it learned to forecast.

    `errors` are frames of its own errors, of which one, drawn by chance, is added at each frame; None for a path
    without chance. Draws depend on the seed and the window alone. A path that has blown up is held at the limit.
    """

    fit: Fitted
    rollout: Rollout
    errors: Float[np.ndarray, "error neuron"] | None
    seed: int

    @property
    def n_parameters(self) -> int:
        return self.fit.n_parameters

    def forecast(self, cases: Windows, prepared: Any) -> Path:
        """One path for each window."""
        path = np.empty(cases.shape, dtype=np.float32)
        noise = self._noise(cases)
        context, blown = cases.contexts(), np.zeros(len(cases), dtype=bool)
        for first in range(0, cases.horizon, self.rollout.step):
            ahead = self._ahead(cases.going_on(first, context), prepared)[:, : cases.horizon - first]
            last = first + ahead.shape[1]
            if noise is not None:
                ahead = ahead + noise[:, first:last]
            path[:, first:last], blown = held(ahead, context[:, -1], blown, self.rollout.limit)
            context = np.concatenate([context, path[:, first:last]], axis=1)[:, -cases.context_frames :]
        return path

    def _ahead(self, windows: Windows, prepared: Any) -> Float[np.ndarray, "case step neuron"]:
        """The next step as a single number; nothing is said of overflow, which is looked for in the answer."""
        with np.errstate(all="ignore"):
            answer = self.fit.forecast(windows.first(self.rollout.step), prepared)
            return answer if answer.ndim == 3 else answer.mean(axis=3)

    def _noise(self, cases: Windows) -> Float[np.ndarray, "case frame neuron"] | None:
        if self.errors is None:
            return None
        places = zip(cases.recording, cases.start, strict=True)
        drawn = [
            np.random.default_rng([self.seed, int(recording), int(start)]).integers(
                len(self.errors), size=cases.horizon
            )
            for recording, start in places
        ]
        return self.errors[np.array(drawn)]


def held(
    ahead: Float[np.ndarray, "case step neuron"],
    before: Float[np.ndarray, "case neuron"],
    blown: Bool[np.ndarray, " case"],
    limit: float,
) -> tuple[Path, Bool[np.ndarray, " case"]]:
    """Finite frames, and which paths have blown up: those are cut at the limit once, and stay where they are.

    A number that is not finite is where the neuron was, at the limit of that side (0 counts as above).
    """
    out = np.empty(ahead.shape, dtype=np.float32)
    for frame in range(ahead.shape[1]):
        raw = ahead[:, frame]
        lost = ~np.isfinite(raw)
        edge = np.copysign(limit, np.where(np.isnan(raw), before, raw))
        cut = np.clip(np.where(lost, edge, raw), -limit, limit)
        out[:, frame] = np.where(blown[:, None], before, cut)
        blown = blown | (np.abs(out[:, frame]) >= limit).any(axis=1)
        before = out[:, frame]
    return out, blown


def closed_loops(fitted: FittedFolds, task: ForecastTask, rollout: Rollout) -> tuple[ClosedLoop, ...]:
    """The folds of a fit to a rollout task, each run on its own output as the task declares."""
    is_driven = rollout.noise == "errors" and fitted.model not in rollout.undriven
    loops = []
    for number, fold in enumerate(fitted.folds):
        errors = _errors(fold, task.training(number), fitted.prepared) if is_driven else None
        loops.append(ClosedLoop(fold, rollout, errors, fitted.seed))
    return tuple(loops)


def _errors(fit: Fitted, training: ForecastTraining, prepared: Any) -> Float[np.ndarray, "error neuron"]:
    """Errors of the first frame on validation windows, less their mean; those of frames not seen whole are left out."""
    held_out = training.validation
    answer = [fit.forecast(part, prepared) for part in held_out.windows.batches()]
    point = np.concatenate([part if part.ndim == 3 else part.mean(axis=3) for part in answer])
    errors = held_out.truth[:, 0] - point[:, 0]
    errors = errors[np.isfinite(errors).all(axis=1)]
    return errors - errors.mean(axis=0) if len(errors) else np.zeros((1, len(training.neurons)))
