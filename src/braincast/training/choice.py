"""Choosing among a model's candidate settings, by inner folds or validation windows of the training data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float
from scipy.special import xlogy

from braincast.errors import BraincastError
from braincast.models.forecasters.scope import unlike
from braincast.models.interface import AnyModel, Fitted, Learner, Model, Settings
from braincast.tasks.encoding.scene_training import SceneTraining
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.kinds import AnyTraining
from braincast.tasks.training import Training
from braincast.training.gradient.metrics import Row
from braincast.training.place import Place
from braincast.training.start import Beginning

N_INNER_FOLDS = 3
SeriesOrScenes: TypeAlias = ForecastTraining | SceneTraining
# What choices minimise, by what a task asks for.
LOSSES: Mapping[str, str] = {
    "probability": "log_loss",
    "course": "squared_error",
    "activity": "absolute_error",
    "response": "absolute_error",
}
# Where choices are made, unless by inner folds.
HELD_OUT: Mapping[str, str] = {"activity": "validation windows", "response": "validation scenes"}


@dataclass(frozen=True)
class Choice:
    """The chosen settings and their loss on data that the fit did not learn from.

    Log loss in nats per pair or squared error of courses on inner folds; absolute error on validation windows, or of
    the flow in validation scenes.
    `metrics` are the evaluations of a training by gradient, in order.
    """

    settings: Settings
    loss: float
    metrics: tuple[Row, ...] = ()


def learn(
    model: AnyModel,
    training: AnyTraining,
    prepared: Any,
    candidates: Sequence[Settings],
    *,
    seed: int,
    place: Place | None = None,
    beginning: Beginning | None = None,
) -> tuple[Choice, Fitted]:
    """The candidate with the smallest loss on what was held out for choosing (the earlier one on a tie), fitted.

    A fit to series or scenes never sees those of validation, also after the choice; inner folds are all learned from in
    the end. A training by gradient is kept in `place` while it runs, and begins from `beginning` if there is one.
    """
    if not isinstance(training, Training):
        return _best_on_validation(model, training, prepared, candidates, seed, place or Place(), beginning)
    closed = cast(Model, model)  # networks answer forecasts alone, so that the task's kind has refused them before
    choice = choose_settings(closed, training, prepared, candidates, seed=seed)
    return choice, closed.fit(training, prepared, choice.settings, seed=seed)


def choose_settings(
    model: Model, training: Training, prepared: Any, candidates: Sequence[Settings], *, seed: int
) -> Choice:
    """The candidate with the smallest loss on held-out inner folds; the earlier one on a tie.

    Log loss of probabilities, squared error of courses: both are proper and add over pairs, so that the choice needs
    no ranking across folds.
    """
    if training not in _inner:
        _inner[training] = tuple(training.inner_folds(N_INNER_FOLDS))
    inner = _inner[training]
    losses = [_held_out_loss(model, inner, prepared, settings, seed) for settings in candidates]
    best = int(np.argmin(losses))
    return Choice(candidates[best], losses[best])


# The same halves each time: what models work out of them is kept with them.
_inner: WeakKeyDictionary[Training, tuple[tuple[Training, Training], ...]] = WeakKeyDictionary()


def _best_on_validation(
    model: AnyModel,
    training: SeriesOrScenes,
    prepared: Any,
    candidates: Sequence[Settings],
    seed: int,
    place: Place,
    beginning: Beginning | None,
) -> tuple[Choice, Fitted]:
    best: tuple[Choice, Fitted] | None = None  # of a whole brain, more than one fit would be too many in memory
    tried = unlike(candidates, training) if isinstance(training, ForecastTraining) else candidates
    for number, settings in enumerate(tried):
        part = place.inside(f"candidate-{number}", model=model.card.name, settings=dict(settings), seed=seed)
        fitted, metrics = _fitted(model, training, prepared, settings, seed, part, beginning)
        choice = Choice(settings, _validation_loss(fitted, training, prepared), metrics)
        if best is None or choice.loss < best[0].loss:
            best = choice, fitted
    if best is None:
        raise BraincastError("E305", f"model {model.card.name}", "it has no candidate settings", "Declare at least one")
    return best


def _fitted(
    model: AnyModel,
    training: SeriesOrScenes,
    prepared: Any,
    settings: Settings,
    seed: int,
    place: Place,
    beginning: Beginning | None,
) -> tuple[Fitted, tuple[Row, ...]]:
    """A model that has a closed form is asked for it; one that describes itself is trained."""
    if isinstance(training, SceneTraining) or not isinstance(model, Learner):
        return cast(Model, model).fit(training, prepared, settings, seed=seed), ()
    from braincast.training.gradient.learn import learned

    return learned(model, training, prepared, settings, seed=seed, place=place, beginning=beginning)


def _validation_loss(fitted: Fitted, training: SeriesOrScenes, prepared: Any) -> float:
    """Mean absolute error over all observed values; of a distribution, of the mean of its members.

    Infinite for a fit that does not answer every one of them with a number.
    """
    total, count = 0.0, 0
    for part, truth in training.validation.batches():
        answer = fitted.forecast(part, prepared)
        point = answer if answer.ndim == 3 else answer.mean(axis=3)
        missing = ~np.isfinite(truth)
        error = np.subtract(point, truth, dtype=np.float64)
        np.abs(error, out=error)  # in place, as a batch of a whole brain takes much memory
        error[missing] = 0.0
        total += float(error.sum())
        count += error.size - int(missing.sum())
    return total / count if np.isfinite(total) else float("inf")


def _held_out_loss(
    model: Model, inner: Sequence[tuple[Training, Training]], prepared: Any, settings: Settings, seed: int
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
