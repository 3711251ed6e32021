"""A few steps of a training on noise of the right shape: how long it will take and what it will hold, beforehand."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np
from jaxtyping import Float32

from braincast.models.blackbox.fitted import FittedNetwork
from braincast.models.blackbox.networks.parameters import n_numbers, named_arrays
from braincast.models.interface import Learner, Settings
from braincast.tasks.forecasting.examples import Examples
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.training.gradient.evaluation import mean_absolute_error
from braincast.training.gradient.learn import lesson_of
from braincast.training.gradient.loop import Lesson, begun, stepped
from braincast.training.place import Place

_WARM, _TIMED = 2, 6  # steps; the first are compiled
_EVALUATED = 2  # batches


@dataclass(frozen=True, eq=False)
class Trial:
    """Seconds for each step and each batch of an evaluation; frames that stay in memory and how many are read for them.

    `fitted` is the network as it begins, to be asked for forecasts.
    """

    step_s: float
    evaluation_s: float
    n_steps: int
    n_evaluations: int
    kept_bytes: int
    n_frames: int
    n_parameters: int
    fitted: FittedNetwork

    @property
    def seconds(self) -> float:
        """Of the training with all its steps, once the frames are read."""
        return self.n_steps * self.step_s + self.n_evaluations * self.evaluation_s


def trial(model: Learner, training: ForecastTraining, prepared: Any, settings: Settings, *, seed: int) -> Trial:
    """What the training of a network with these settings would take."""
    with jax.enable_x64(False):
        lesson = lesson_of(model, training, prepared, settings, seed=seed)
        made = replace(lesson, learning=_noise(lesson.learning, lesson), validation=_noise(lesson.validation, lesson))
        standing = begun(made, Place())
        state, _, _ = stepped(made, standing, _WARM, _nowhere)
        began = time.perf_counter()
        state, _, _ = stepped(made, replace(standing, step=_WARM, state=state), _WARM + _TIMED, _nowhere)
        step_s = (time.perf_counter() - began) / _TIMED
        mean_absolute_error(state.network, made.validation, made.layout, lesson.rules.batch)
        began = time.perf_counter()
        mean_absolute_error(state.network, made.validation, made.layout, lesson.rules.batch)
        batch_s = (time.perf_counter() - began) / _EVALUATED
    rules, sets = lesson.rules, (lesson.learning, lesson.validation)
    return Trial(
        step_s=step_s,
        evaluation_s=batch_s * -(-len(lesson.validation) // rules.batch),
        n_steps=rules.steps,
        n_evaluations=-(-rules.steps // rules.every),
        kept_bytes=sum(one.kept_bytes for one in sets),
        n_frames=sum(one.n_frames for one in sets),
        n_parameters=n_numbers(standing.best),
        fitted=FittedNetwork(named_arrays(standing.best), dict(settings), lesson.sizes),
    )


def _noise(like: Examples, lesson: Lesson) -> Examples:
    """As many windows as the batches of an evaluation need, one frame apart."""
    n_windows = min(_EVALUATED * lesson.rules.batch, len(like))
    start = like.context + np.arange(n_windows)
    noise = _Noise(like.n_neurons, like.n_features)
    return replace(like, recording=np.zeros_like(start), start=start, _recordings=(noise,))


@dataclass(frozen=True)
class _Noise:
    """Stands for a recording."""

    n_neurons: int
    n_features: int

    def frames(self, start: int, stop: int) -> Float32[np.ndarray, "time neuron"]:
        return np.random.default_rng(start).random((stop - start, self.n_neurons), dtype=np.float32)

    def stimulus(self, start: int, stop: int) -> Float32[np.ndarray, "time feature"]:
        return np.random.default_rng(start).random((stop - start, self.n_features), dtype=np.float32)


def _nowhere(amount: float | int, note: str = "", /) -> None:
    """Progress that nobody is shown."""
