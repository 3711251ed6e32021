"""Class mean: hidden neurons do what visible ones of their kind do on average."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braincast.brain.brains import Brains
from braincast.brain.homologues import worm_cell_classes
from braincast.models.imputers.covariance import covariances
from braincast.models.imputers.imputer import FittedImputer, imputer_card, seen_with
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class ClassMean:
    """The plain mean of visible neurons of the same cell class, else of the same region, else of all."""

    card = imputer_card(
        "class-mean",
        "The mean of visible neurons of the same cell class, else of the same region, else of all that are visible.",
        typical_fit_s=0.1,
    )
    fitted_type = FittedImputer
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Brains) -> tuple[Sequence[str], ...]:
        """Labels by which neurons are of one kind, the narrower ones first; "" is no kind."""
        anatomy = structure.anatomy
        regions = () if anatomy is None else (list(anatomy["region"]),)
        return worm_cell_classes(structure.neurons), *regions

    def fit(
        self, training: ForecastTraining, prepared: tuple[Sequence[str], ...], settings: Settings, *, seed: int
    ) -> FittedImputer:
        seen, found = seen_with(training), covariances(training)
        pooled = sum(list(found.values())[1:], next(iter(found.values())))
        weights = seen.astype(float)
        for labels in reversed(prepared):
            kind = np.array(labels)
            peers = seen & (kind[:, None] == kind) & (kind != "")
            weights = np.where(peers.any(axis=0), peers, weights)
        weights = weights / weights.sum(axis=0)
        return FittedImputer(pooled.mean[None], weights[None], np.zeros(0, dtype=np.int64), 0)
