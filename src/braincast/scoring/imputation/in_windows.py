"""Imputations as answers to windows: of each neuron, what was said where it was hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float32

from braincast.errors import BraincastError
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.imputation.imputation import Imputation


def asked_in_windows(task: ForecastTask) -> ForecastTask:
    """The windows of an imputation task, each once, with what all neurons did; E306 for a task of another kind.

    Every neuron is hidden once in each window, so that this is the truth of all answers.
    """
    imputation_of(task.card)
    return task.asking(card_in_windows(task.card))


def card_in_windows(card: ForecastCard) -> ForecastCard:
    """The declaration of a forecast of the same windows, nothing hidden."""
    return card.model_copy(update={"kind": "forecast", "imputation": None})


def answered_in_windows(card: ForecastCard, contender: Contender, name: str) -> Contender:
    """The same contender, of whom only answers about hidden neurons are left; E212 for another shape.

    E208 where a number is not finite, also about a neuron that was visible.
    """
    forecasts = tuple(_gathered(card, forecast, name) for forecast in contender.forecasts)
    return replace(contender, forecasts=forecasts)


def imputation_of(card: ForecastCard) -> Imputation:
    """What is hidden; E306 for a task that hides nothing."""
    if card.imputation is None:
        raise BraincastError("E306", f"task {card.name}", f"it is a {card.kind} task", "Choose an imputation task")
    return card.imputation


def _gathered(card: ForecastCard, forecast: Any, name: str) -> Float32[np.ndarray, "window lead neuron"]:
    expected = (len(card.cases), len(card.leads), len(card.neurons))
    if tuple(forecast.shape) != expected:
        what = f"its shape is {tuple(forecast.shape)}; expected {expected}"
        raise BraincastError("E212", name, what, "Answer every case at every lead for every neuron")
    values = forecast.values if isinstance(forecast, xr.DataArray) else np.asarray(forecast[:, :, :])
    if not np.isfinite(values).all():
        fix = "Answer every case for every neuron with a number, visible ones too"
        raise BraincastError("E208", name, "a prediction is not finite", fix)
    groups = np.array(imputation_of(card).groups)
    by_window = values.reshape(-1, groups.max() + 1, *expected[1:])
    return np.ascontiguousarray(by_window[:, groups, :, np.arange(len(groups))].transpose(1, 2, 0), dtype=np.float32)
