"""Stimulus average: what neurons did on average after the same stimuli, whatever they did just before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.errors import BraincastError
from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.population.population_moments import PopulationMoments, lagged_rows
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, fit_of, scoped
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers, with_spread
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

_NEURONS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class FittedStimulusAverage(WithMembers):
    """Each neuron as an intercept and weights on the stimulus up to the frame asked for, frame after frame."""

    intercept: Float[np.ndarray, "fit neuron"]
    weights: Float[np.ndarray, "fit feature neuron"]
    known: Int[np.ndarray, " known"]
    spread: Spread | None = None

    @property
    def n_fitted(self) -> int:
        return self.intercept.size + self.weights.size

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        shown, which = _shown(windows.stimulus()), fit_of(self.known, windows.recording)
        history = self.weights.shape[1] // shown.shape[2]
        leads = np.arange(windows.horizon)
        # Windows overlap, and the answer to a frame does not depend on the window that asks: each is made once.
        frames = np.stack(np.broadcast_arrays(windows.recording[:, None], windows.start[:, None] + leads), axis=-1)
        _, first, again = np.unique(frames.reshape(-1, 2), axis=0, return_index=True, return_inverse=True)
        case, lead = np.divmod(first, windows.horizon)
        last = windows.context_frames + lead + 1
        features = shown[case[:, None], last[:, None] + np.arange(-history, 0)].reshape(len(case), -1).astype(float)
        answer = np.empty((len(case), windows.shape[2]))
        for fit in np.unique(which):
            rows = which[case] == fit
            answer[rows] = self.intercept[fit] + features[rows] @ self.weights[fit]
        return answer[again.reshape(windows.shape[:2])]


class StimulusAverage(Forecaster):
    """Ridge regression of each neuron on the stimulus up to the frame asked for; past activity is not looked at."""

    card = forecaster_card(
        "stimulus-average",
        "Each neuron's average response to what was shown until then, by ridge regression on the stimulus.",
        {
            "history": Setting(
                "How many frames of the stimulus count, at most the context",
                kind=int,
                lower=1.0,
                upper=1e3,
                sweep=Range(1, 16),
            ),
            "penalty": PENALTY,
            "scope": SCOPE,
        },
        caveat="Answers only tasks that show a stimulus.",
        uses=("stimulus",),
    )
    fitted_type = FittedStimulusAverage
    candidates: tuple[Settings, ...] = tuple(
        {"history": history, "penalty": penalty, "scope": scope}
        for history in (1, 8)
        for penalty in (1e-3, 1e-1)
        for scope in (POOLED, OWN)
    )

    def fit(
        self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int
    ) -> FittedStimulusAverage:
        history = min(settings["history"], training.context_frames + 1)
        scale = _scale(training)
        moments: dict[int, PopulationMoments] = {}
        for series in training.series:
            if len(series.activity) >= history:
                of = _moments(_shown(series.stimulus) / scale, series.activity, history)
                moments[series.recording] = moments[series.recording] + of if series.recording in moments else of
        known, evidence = scoped(training, moments, settings["scope"])
        scaled = [of.ridge(settings["penalty"], np.zeros_like(of.cross)) for of in evidence]
        intercept = np.stack([of.intercept(weights) for of, weights in zip(evidence, scaled, strict=True)])
        weights = np.stack(scaled) / np.tile(scale, history)[:, None]
        fitted = FittedStimulusAverage(intercept, weights, known)
        return with_spread(fitted, training)


def _shown(stimulus: np.ndarray | None) -> np.ndarray:
    """The stimulus, which has to be there: else E306."""
    if stimulus is None:
        fix = 'Choose a task whose card says inputs = "stimulus", or another model'
        raise BraincastError("E306", "model stimulus-average", "this task shows no stimulus", fix)
    return stimulus


def _scale(training: ForecastTraining) -> Float[np.ndarray, " feature"]:
    """Each feature's standard deviation over the training frames, 1 for one that never changes."""
    spread = np.concatenate([_shown(series.stimulus) for series in training.series]).astype(float).std(axis=0)
    return np.where(spread > 0, spread, 1.0)


def _moments(
    shown: Float[np.ndarray, "time feature"], activity: Float[np.ndarray, "time neuron"], history: int
) -> PopulationMoments:
    """Products of each frame's stimulus, and the frames before it, with the activity then."""
    before, after = lagged_rows(shown.astype(float), history), activity[history - 1 :]
    total, cross = np.empty(after.shape[1]), np.empty((before.shape[1], after.shape[1]))
    for first in range(0, after.shape[1], _NEURONS_AT_ONCE):  # in float64, but never all of a whole brain
        some = slice(first, first + _NEURONS_AT_ONCE)
        values = after[:, some].astype(float)
        total[some], cross[:, some] = values.sum(axis=0), before.T @ values
    return PopulationMoments(len(after), before.sum(axis=0), total, before.T @ before, cross)
