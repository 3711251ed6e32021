"""Traces that a board may show: three neurons in consecutive windows, what they did and what was forecast.

Which ones follows from a rule that knows no forecast: the neurons that are most, middling and least often active in
training frames; the first windows of the longest run of them; the last lead.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth
from braincast.tasks.kinds import MEMBER, AnyTask

MOST_WINDOWS = 200


def true_traces(task: AnyTask) -> dict[str, Any] | None:
    """Names of the neurons, times of the frames (s; numbers of frames where seconds are not known), what was recorded.

    None for tasks of other kinds than forecasts of recordings.
    """
    if not isinstance(task, ForecastTask) or task.card.kind != "forecast":
        return None
    card, truth = task.card, open_window_truth(task)
    cases, neurons = _windows(card), _neurons(truth.activity_level)
    activity = truth.read(slice(int(cases[0]), int(cases[-1]) + 1), slice(None))[cases - cases[0], -1][:, neurons]
    frames = np.array([card.cases[case].start + card.horizon - 1 for case in cases])
    time = np.round(frames * card.dt_s, 4) if card.dt_s is not None else frames
    return {
        "neurons": [card.neurons[neuron] for neuron in neurons],
        "time_s": time.tolist(),
        "truth": _plain(activity.T),
    }


def forecast_traces(task: AnyTask, forecast: xr.DataArray) -> list[list[float | None]] | None:
    """The same of a forecast [neuron][window], the mean over members; None for tasks of other kinds."""
    if not isinstance(task, ForecastTask) or task.card.kind != "forecast":
        return None
    neurons = _neurons(open_window_truth(task).activity_level)
    shown = forecast.isel(case=_windows(task.card), lead=-1, neuron=neurons).astype(np.float64)
    values = shown.mean(MEMBER) if MEMBER in shown.dims else shown
    return _plain(values.transpose("neuron", "case").values)


def _neurons(activity_level: Float[np.ndarray, " neuron"]) -> Int[np.ndarray, " shown"]:
    order = np.argsort(-activity_level, kind="stable")
    return np.array(list(dict.fromkeys(int(order[place]) for place in (0, len(order) // 2, -1))))


def _windows(card: ForecastCard) -> Int[np.ndarray, " window"]:
    runs = [(case.recording, case.condition) for case in card.cases]
    longest = Counter(runs).most_common(1)[0][0]
    return np.array([case for case, run in enumerate(runs) if run == longest][:MOST_WINDOWS])


def _plain(values: np.ndarray) -> list[list[float | None]]:
    return [[round(float(x), 3) if np.isfinite(x) else None for x in row] for row in values]
