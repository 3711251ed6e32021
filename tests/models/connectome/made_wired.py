"""Small brains whose wiring is known, and forecast tasks on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from made_recordings import made_dataset, made_recording

from braincast.brain.brains import Brains
from braincast.brain.connectome import Connectome
from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.datasets.dataset import Dataset
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.task import ForecastTask


def wired_matrix(n_neurons: int, *, seed: int, density: float = 0.25) -> np.ndarray:
    """A stable transition [post, pre]: 0.5 on the diagonal and a few strong edges."""
    rng = np.random.default_rng(seed)
    edges = (rng.random((n_neurons, n_neurons)) < density) & ~np.eye(n_neurons, dtype=bool)
    matrix = np.where(edges, rng.choice([-1.0, 1.0], edges.shape) * rng.uniform(0.2, 0.5, edges.shape), 0.0)
    matrix += 0.5 * np.eye(n_neurons)
    return 0.95 * matrix / max(0.95, np.abs(np.linalg.eigvals(matrix)).max())


def activity_of(matrix: np.ndarray, n_frames: int, *, seed: int, noise: float = 0.0) -> np.ndarray:
    """x[t+1] = A x[t] + q with q of variance 1, seen with noise of that standard deviation: [time, neuron]."""
    rng = np.random.default_rng(seed)
    x = np.zeros((n_frames + 100, len(matrix)))
    for t in range(1, len(x)):
        x[t] = matrix @ x[t - 1] + rng.normal(size=len(matrix))
    return x[100:] + noise * rng.normal(size=(n_frames, len(matrix)))


def names(n_neurons: int) -> list[str]:
    return [f"n{number}" for number in range(n_neurons)]


def connectome_of(weights: np.ndarray, kind: str | np.ndarray = "chemical", **columns) -> Connectome:
    """Edges [post, pre] of these weights; a negative one is an edge of sign -1."""
    post, pre = np.nonzero(weights)
    values = weights[post, pre]
    kinds = kind if isinstance(kind, str) else kind[post, pre]
    edges = pd.DataFrame({"pre": pre, "post": post, "kind": kinds, "weight": np.abs(values)})
    edges = edges.assign(sign=np.sign(values).astype(np.int8), delay_s=np.nan, **columns)
    return Connectome(pd.DataFrame({"id": names(len(weights))}), edges)


def brains_of(
    *weights: np.ndarray, kind: str | np.ndarray = "chemical", expression: Expression | None = None
) -> Brains:
    """One recording for each matrix of weights [post, pre]."""
    made = [
        Specimen(f"r{n}", "none", connectome=connectome_of(w, kind), expression=expression)
        for n, w in enumerate(weights)
    ]
    return Brains(names(len(weights[0])), lambda: made)


def every_pair(n_neurons: int) -> np.ndarray:
    """All pairs with weight 1."""
    return np.ones((n_neurons, n_neurons)) - np.eye(n_neurons)


def wired_task(
    matrices: Sequence[np.ndarray], n_frames: int, *, context: int = 8, horizon: int = 3, gaps: float = 0.0, **design
) -> ForecastTask:
    """A task with one animal for each matrix, its wiring the off-diagonal entries; that share of values is missing."""
    recordings = {}
    for n, matrix in enumerate(matrices):
        activity = activity_of(matrix, n_frames, seed=n)
        activity[np.random.default_rng(n).random(activity.shape) < gaps] = np.nan
        recordings[f"r{n}"] = made_recording(activity)
    made = made_dataset(recordings)
    wirings = [connectome_of(m - np.diag(np.diag(m))) for m in matrices]
    specimens = {
        key: replace(specimen, connectome=wiring, wiring="same animal")
        for (key, specimen), wiring in zip(made.specimens.items(), wirings, strict=True)
    }
    dataset = Dataset(made.card, specimens)
    return ForecastTask(build(dataset, "made", Design(context=context, horizon=horizon, **design)), lambda: specimens)
