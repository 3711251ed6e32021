"""Networks from scenes: as they begin, and as they are after training."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from braincast.dynamics.lattice.hexagon import n_columns
from braincast.dynamics.lattice.network import Parameters, published_initial
from braincast.dynamics.lattice.size import require_bytes
from braincast.models.interface import Settings
from braincast.models.vision.optic.answers import FittedOpticNetwork
from braincast.models.vision.optic.eye import Eye
from braincast.models.vision.optic.learning import features_of, learn, unseen_frames
from braincast.models.vision.optic.readout import REACH, fitted_sum, with_one
from braincast.models.vision.optic.start import balanced, n_rounds
from braincast.progress import step
from braincast.tasks.encoding.scene_training import SceneTraining

DT_S = 0.02  # as published networks are trained (Lappalainen et al. 2024)
_SCENE_S = 0.8
_START_MOVIES, _READOUT_SCENES, _AT_ONCE = 16, 256, 32
_STEPS_AT_ONCE = 20
# Each seed draws its scenes from seeds of its own: first for the start and the read-out, then for learning.
_SEEDS, _FOR_READOUT, _FOR_LEARNING = 1_000_000, 1, 2


def trained(eye: Eye, training: SceneTraining, settings: Settings, seed: int) -> FittedOpticNetwork:
    """A network after `settings["steps"]` steps on scenes that nobody saw twice; E913 without room for one step."""
    n_steps, n_movies = int(settings["steps"]), int(settings["movies"])
    _require_room(eye, n_movies)
    start = started(eye, training, settings, seed)
    with step("Learning optic flow", n_steps) as advance:

        def watch(_: int, errors: np.ndarray, __: Parameters) -> None:
            advance(len(errors), f"error {errors.mean():.3f}")

        batches = drawn(eye, training, n_steps, n_movies, seed)
        told: dict[str, Any] = {name: float(settings[name]) for name in ("learning_rate", "left_out")}
        key = jax.random.key(_SEEDS * (seed + 1) + _FOR_LEARNING)
        told |= {"n_steps": n_steps, "learned": str(settings["learned"])}
        found, errors = learn(eye, start, batches, DT_S, key=key, watch=watch, **told)
    return FittedOpticNetwork.of(found, _readout(eye, training, found, seed), errors)


def untrained(eye: Eye, training: SceneTraining, settings: Settings, seed: int) -> FittedOpticNetwork:
    """A network as it begins, with the best sum for flow."""
    start = started(eye, training, settings, seed)
    return FittedOpticNetwork.of(start, _readout(eye, training, start, seed), np.zeros(0))


def as_published(eye: Eye, training: SceneTraining, seed: int) -> FittedOpticNetwork:
    """A network as published ones begin, with the best sum for flow."""
    start = published_initial(eye.circuit, key=jax.random.key(seed))
    return FittedOpticNetwork.of(start, _readout(eye, training, start, seed), np.zeros(0))


def _require_room(eye: Eye, n_movies: int) -> None:
    """Of all frames, potentials, their changes and what is sent are kept."""
    n_values = eye.circuit.n_types * n_columns(eye.extent) * n_movies * round(_SCENE_S / DT_S)
    require_bytes(eye.extent, 3 * 4 * n_values, "Train with fewer movies, or a smaller eye")


def started(eye: Eye, training: SceneTraining, settings: Settings, seed: int) -> Parameters:
    scenes = training.movies(n_rounds() * _START_MOVIES, seed=_SEEDS * seed, dt_s=DT_S)
    light = scenes.light.reshape(n_rounds(), _START_MOVIES, *scenes.light.shape[1:]).transpose(0, 2, 3, 1)
    told = {name: float(settings[name]) for name in ("spread", "height", "scatter")}
    return balanced(eye, light, DT_S, key=jax.random.key(_SEEDS * (seed + 1)), **told)


def drawn(
    eye: Eye, training: SceneTraining, n_steps: int, n_movies: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Light and the mean flow around the centre, for a few steps at a time; the next ones are drawn meanwhile."""
    starts = range(0, n_steps, _STEPS_AT_ONCE)
    with ThreadPoolExecutor(1) as drawer:
        coming = drawer.submit(_drawn, eye, training, min(_STEPS_AT_ONCE, n_steps), n_movies, seed, 0)
        for following in [*starts[1:], None]:
            now = coming.result()
            if following is not None:
                n = min(_STEPS_AT_ONCE, n_steps - following)
                coming = drawer.submit(_drawn, eye, training, n, n_movies, seed, following)
            yield now


def _drawn(
    eye: Eye, training: SceneTraining, n: int, n_movies: int, seed: int, first: int
) -> tuple[np.ndarray, np.ndarray]:
    own = _SEEDS * seed + _FOR_LEARNING + first
    scenes = training.movies(n * n_movies, seed=own, dt_s=DT_S, duration_s=_SCENE_S)
    light = scenes.light.reshape(n, n_movies, *scenes.light.shape[1:]).transpose(0, 2, 3, 1)
    flow = scenes.flow[:, :, eye.within(REACH)].mean(axis=2).reshape(n, n_movies, -1, 2).transpose(0, 2, 1, 3)
    return light, flow


def _readout(eye: Eye, training: SceneTraining, parameters: Parameters, seed: int) -> np.ndarray:
    """The sum that tells the flow at the central column best."""
    scenes = training.movies(_READOUT_SCENES, seed=_SEEDS * seed + _FOR_READOUT, dt_s=DT_S)
    features = jax.jit(lambda light: features_of(eye, parameters, light, DT_S)[0])
    x, y = [], []
    for first in range(0, len(scenes), _AT_ONCE):
        light = jnp.asarray(scenes.light[first : first + _AT_ONCE].transpose(1, 2, 0))
        x.append(np.asarray(with_one(features(light)[unseen_frames(DT_S) :])))
        flow = scenes.flow[first : first + _AT_ONCE, unseen_frames(DT_S) :, eye.centre]
        y.append(flow.transpose(1, 0, 2).reshape(-1, 2))
    return fitted_sum(np.concatenate(x), np.concatenate(y))
