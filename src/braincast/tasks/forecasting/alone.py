"""The questions of a task with animals held out, put to fits that learn from the animal they are asked about alone."""

from __future__ import annotations

from braincast.tasks.forecasting.card import Fold
from braincast.tasks.forecasting.task import ForecastTask

RULE = "one fit for each animal, which learns from its own training frames and from no other animal"


def alone(task: ForecastTask) -> ForecastTask:
    """The same windows in the same folds; each fold learns from the recordings that it answers for."""
    card = task.card
    folds = tuple(Fold(learns_from=fold.answers, answers=fold.answers) for fold in card.folds)
    changed = {"name": f"{card.name}-alone", "folds": folds, "fold_rule": RULE}
    return task.asking(card.model_copy(update=changed))
