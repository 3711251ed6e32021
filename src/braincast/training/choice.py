"""Choosing among a model's candidate settings by inner folds of the training data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.special import xlogy

from braincast.models.interface import Model, Settings
from braincast.tasks.training import Training

N_INNER_FOLDS = 3


@dataclass(frozen=True)
class Choice:
    """The chosen settings and their log loss (nats per pair) on inner folds."""

    settings: Settings
    log_loss: float


def choose_settings(
    model: Model, training: Training, prepared: Any, candidates: Sequence[Settings], *, seed: int
) -> Choice:
    """The candidate with the smallest log loss on held-out inner folds; the earlier one on a tie.

    Log loss, because it is proper and adds over pairs: the choice needs no ranking across folds.
    """
    inner = list(training.inner_folds(N_INNER_FOLDS))
    losses = [_held_out_log_loss(model, inner, prepared, settings, seed) for settings in candidates]
    best = int(np.argmin(losses))
    return Choice(candidates[best], losses[best])


def _held_out_log_loss(
    model: Model, inner: list[tuple[Training, Training]], prepared: Any, settings: Settings, seed: int
) -> float:
    total, count = 0.0, 0
    for train, held in inner:
        probability = model.fit(train, prepared, settings, seed=seed).forecast(held.cases, prepared)[:, 0, :]
        total += _log_loss_sum(held.responds[held.measured], probability[held.measured])
        count += int(held.measured.sum())
    return total / count


def _log_loss_sum(outcome: Float[np.ndarray, " pair"], probability: Float[np.ndarray, " pair"]) -> float:
    return float(-(xlogy(outcome, probability) + xlogy(1 - outcome, 1 - probability)).sum())
