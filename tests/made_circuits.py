"""Linear brains of which every effect is known: a hub, pairs of partners, a neuron by itself; for tests of probes."""

from __future__ import annotations

import numpy as np
from made_recordings import made_recording
from scipy import sparse

from braincast.brain.specimen import Specimen
from braincast.datasets.synthetic.linear import wiring
from braincast.dynamics.autoregression import Autoregression
from braincast.experiments.known_brains import recorded
from braincast.tasks.forecasting.task import ForecastTask

N_NEURONS, HUB, ALONE = 24, 0, 23


def circuit_matrix() -> np.ndarray:
    """A as [post, pre]: memory 0.5; the hub drives ten neurons, each of the first 23 is driven by another one too.

    Couplings are 0.3 in size, every third one negative; the last neuron has no partner.
    """
    matrix = 0.5 * np.eye(N_NEURONS)
    for post in range(1, ALONE):
        partner = (7 * post + 3) % ALONE
        matrix[post, partner if partner != post else (post + 1) % ALONE] = 0.3 if post % 3 else -0.3
    matrix[1:11, HUB] = 0.3
    return matrix


def linear_activity(matrix: np.ndarray, n_frames: int, *, seed: int) -> np.ndarray:
    """x' = A x + noise of unit variance, [time, neuron]."""
    noise = np.random.default_rng(seed).normal(size=(n_frames + 100, len(matrix)))
    x = np.zeros_like(noise)
    for frame in range(1, len(x)):
        x[frame] = matrix @ x[frame - 1] + noise[frame]
    return x[100:]


def circuit_task(matrix: np.ndarray, n_frames: int, *, seed: int, wires: np.ndarray | None = None) -> ForecastTask:
    """A forecast task (4 frames of context, 2 ahead) on such a brain, beside the wiring of `wires` or its own."""
    network = Autoregression(sparse.csr_array(matrix if wires is None else wires), np.ones(len(matrix)))
    recording = made_recording(linear_activity(matrix, n_frames, seed=seed))
    specimen = Specimen(
        "one", "none", connectome=wiring(network), recordings={"rest": recording}, wiring="same animal", n_animals=1
    )
    return recorded(specimen)


def standardised_truth(matrix: np.ndarray, task: ForecastTask) -> np.ndarray:
    """effect[pre, post] of one frame on the next, in standard deviations."""
    deviation = task.recordings[0].scale.deviation
    return matrix.T * deviation[:, None] / deviation
