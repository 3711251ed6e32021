"""Choosing among a model's candidate settings by inner folds of the training data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.special import xlogy

from braincast.models.interface import Model, Settings
from braincast.tasks.training import Training

N_INNER_FOLDS = 3
# What choices minimise, by what a task asks for.
LOSSES: Mapping[str, str] = {"probability": "log_loss", "course": "squared_error"}


@dataclass(frozen=True)
class Choice:
    """The chosen settings and their loss on inner folds: log loss in nats per pair, or squared error of courses."""

    settings: Settings
    loss: float


def choose_settings(
    model: Model, training: Training, prepared: Any, candidates: Sequence[Settings], *, seed: int
) -> Choice:
    """The candidate with the smallest loss on held-out inner folds; the earlier one on a tie.

    Log loss of probabilities, squared error of courses: both are proper and add over pairs, so that the choice needs
    no ranking across folds.
    """
    inner = list(training.inner_folds(N_INNER_FOLDS))
    losses = [_held_out_loss(model, inner, prepared, settings, seed) for settings in candidates]
    best = int(np.argmin(losses))
    return Choice(candidates[best], losses[best])


def _held_out_loss(
    model: Model, inner: list[tuple[Training, Training]], prepared: Any, settings: Settings, seed: int
) -> float:
    total, count = 0.0, 0
    for train, held in inner:
        answer = model.fit(train, prepared, settings, seed=seed).forecast(held.cases, prepared)
        if held.course is None:
            seen = held.measured
            total += _log_loss_sum(held.responds[seen], answer[:, 0, :][seen])
        else:
            seen = np.isfinite(held.course)
            total += float(((held.course[seen] - answer[seen]) ** 2).sum())
        count += int(seen.sum())
    return total / count


def _log_loss_sum(outcome: Float[np.ndarray, " pair"], probability: Float[np.ndarray, " pair"]) -> float:
    return float(-(xlogy(outcome, probability) + xlogy(1 - outcome, 1 - probability)).sum())
