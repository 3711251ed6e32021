"""Training sets, windows and truth made of plain arrays, for tests of forecasters."""

from __future__ import annotations

import numpy as np
from made_recordings import made_dataset, made_recording, made_task

from braincast.models.interface import Fitted, Model, Settings
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.truth import open_window_truth


def task_on(*activities: np.ndarray, context: int, horizon: int, stimuli=None, **design) -> ForecastTask:
    """A task on recordings [time, neuron]: 70 % train, 10 % validation, 20 % test; one animal each."""
    extra = [{}] * len(activities) if stimuli is None else [{"stimulus": stimulus} for stimulus in stimuli]
    recordings = {f"r{n}": made_recording(x, **e) for n, (x, e) in enumerate(zip(activities, extra, strict=True))}
    return made_task(made_dataset(recordings), context=context, horizon=horizon, **design)


def truth_of(task: ForecastTask) -> np.ndarray:
    """What followed the test windows, as they are scored."""
    return open_window_truth(task).read(slice(None), slice(None))


def error_by_lead(answer: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Mean absolute error of each lead, of the mean over members."""
    point = answer.mean(axis=-1) if answer.ndim == 4 else answer
    return np.abs(point - truth).mean(axis=(0, 2))


def chosen(model: Model, training: ForecastTraining) -> tuple[Settings, Fitted]:
    """The candidate with the smallest error on validation windows, and its fit."""
    held = training.validation
    fits = [(settings, model.fit(training, None, settings, seed=0)) for settings in model.candidates]
    errors = [error_by_lead(fit.forecast(held.windows, None), held.truth).mean() for _, fit in fits]
    return fits[int(np.argmin(errors))]


def vector_process(n_frames: int, n_neurons: int, *, seed: int, coupling: float = 0.5) -> np.ndarray:
    """A stable VAR(1) [time, neuron] in which neurons drive each other, with noise of unit variance."""
    rng = np.random.default_rng(seed)
    matrix = process_matrix(n_neurons, seed=seed, coupling=coupling)
    x = np.zeros((n_frames + 100, n_neurons))
    for t in range(1, len(x)):
        x[t] = matrix @ x[t - 1] + rng.normal(size=n_neurons)
    return x[100:]


def process_matrix(n_neurons: int, *, seed: int, coupling: float = 0.5) -> np.ndarray:
    """The matrix of `vector_process`: 0.5 on the diagonal, a random rotation beside it, spectral radius 0.95."""
    rng = np.random.default_rng(seed + 1000)
    matrix = 0.5 * np.eye(n_neurons) + coupling * np.linalg.qr(rng.normal(size=(n_neurons, n_neurons)))[0]
    return 0.95 * matrix / np.abs(np.linalg.eigvals(matrix)).max()
