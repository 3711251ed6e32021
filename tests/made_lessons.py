"""Small trainings for tests."""

from __future__ import annotations

from pathlib import Path

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from made_recordings import made_dataset, made_recording, made_task

from braincast.models.blackbox.learning import SHARED, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Settings
from braincast.models.registry import load_model
from braincast.tasks.forecasting.task import ForecastTask
from braincast.training.gradient.learn import lesson_of
from braincast.training.gradient.loop import Lesson
from braincast.training.place import Place

QUICK = {"steps": 40, "every": 10, "batch": 8}
SMALL = {"blocks": 1, "hidden": 4}  # of tsmixer


def coupled(n_frames: int = 300, n_neurons: int = 4, *, seed: int = 0) -> np.ndarray:
    """A stable process [time, neuron] in which each neuron follows the next."""
    rng = np.random.default_rng(seed)
    x = np.zeros((n_frames, n_neurons), dtype=np.float32)
    for t in range(1, n_frames):
        x[t] = 0.6 * x[t - 1] + 0.3 * np.roll(x[t - 1], 1) + rng.normal(size=n_neurons)
    return x


def small_task(*activities: np.ndarray, context: int = 4, horizon: int = 2, **design) -> ForecastTask:
    """A task on recordings [time, neuron]; on one of 4 neurons without any."""
    recordings = {f"r{n}": made_recording(x) for n, x in enumerate(activities or [coupled()])}
    return made_task(made_dataset(recordings), context=context, horizon=horizon, **design)


def made_lesson(model: str | NetworkForecaster = "linear", task=None, *, seed=0, layout=None, **settings) -> Lesson:
    """What a model is to learn of a task, few steps unless asked otherwise."""
    loaded = load_model(model) if isinstance(model, str) else model
    chosen = {**loaded.candidates[0], **QUICK, **settings}
    training = (task or small_task()).training(0)
    return lesson_of(loaded, training, loaded.prepare(None), chosen, seed=seed, layout=layout)


def place_in(folder: Path, **identity) -> Place:
    return Place(folder, {"task_hash": "abc", **identity})


def arrays_of(tree) -> list[np.ndarray]:
    """All arrays of a pytree."""
    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree) if hasattr(leaf, "shape")]


def assert_equal_bits(a, b) -> None:
    """The same arrays, bit for bit."""
    pairs = list(zip(arrays_of(a), arrays_of(b), strict=True))
    assert pairs
    for one, other in pairs:
        np.testing.assert_array_equal(one, other)


class Scaled(Network):
    """The last frame times a number, at every lead; not finite from the start if that is asked for."""

    factor: Float[Array, ""]
    horizon: int = eqx.field(static=True)

    def __call__(self, seen, *, key: PRNGKeyArray | None = None):
        last = seen.context[-1]
        return jax.numpy.broadcast_to(self.factor * last, (self.horizon, len(last)))


class Scaling(NetworkForecaster):
    """A learner with one number to learn, which begins at `start`."""

    card = network_card("scaling", "The last frame times a number.", {}, citation="")
    candidates: tuple[Settings, ...] = (learned(),)

    def __init__(self, start: float = 0.0) -> None:
        self.start = start

    def begun(self, sizes: Sizes, settings: Settings, *, key) -> Scaled:
        assert set(settings) == set(SHARED)
        return Scaled(jax.numpy.asarray(self.start, jax.numpy.float32), sizes.horizon)
