"""What a model may learn from in a perturbation task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from braincast.tasks.cases import Cases
from braincast.tasks.folds import balanced_folds


@dataclass(frozen=True, eq=False)
class Training:
    """Training cases and what was seen in them.

    `responds` is 1, 0 or NaN (not measured); `mean_response` is in the recording's unit, NaN likewise. The number of
    trials is not here on purpose: whether a response counts as significant depends on it, so it would tell a model
    about the experiment and not about the brain. `cell_classes` has the class of each neuron. `course` is there in a
    task that asks for courses (None in others): NaN for pairs without one.
    """

    cases: Cases
    responds: Float[np.ndarray, "case neuron"]
    mean_response: Float[np.ndarray, "case neuron"]
    cell_classes: tuple[str, ...]
    course: Float[np.ndarray, "case lead neuron"] | None = None

    @property
    def measured(self) -> Bool[np.ndarray, "case neuron"]:
        """Where the training responses were measured."""
        return np.isfinite(self.responds)

    def where(self, keep: Bool[np.ndarray, " case"]) -> Training:
        """The training cases marked True."""
        course = None if self.course is None else self.course[keep]
        seen = self.responds[keep], self.mean_response[keep]
        return Training(self.cases.where(keep), *seen, self.cell_classes, course)

    def inner_folds(self, n_folds: int) -> Iterator[tuple[Training, Training]]:
        """(train, held-out) halves of this training set, related cases together: for choosing, never for scoring."""
        fold = balanced_folds(self.cases.group, n_folds)
        for held in range(n_folds):
            yield self.where(fold != held), self.where(fold == held)
