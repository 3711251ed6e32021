"""Distance: neurons near the stimulated one answer more often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.calibration import Score, calibrate, calibrated
from braincast.models.interface import ModelCard, Settings
from braincast.models.logistic import Logistic
from braincast.models.similarities import log_nearness
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedDistance:
    """The logistic curve from log distance to probability."""

    calibration: Logistic

    @property
    def n_parameters(self) -> int:
        return 2

    def forecast(self, cases: Cases, prepared: Score) -> Float[np.ndarray, "case lead neuron"]:
        return calibrated(cases, prepared, self.calibration)


class Distance:
    """Distance between the cell bodies of the stimulated and the responding neuron, calibrated."""

    card = ModelCard(
        name="distance",
        summary="Logarithm of the distance between the two cell bodies, through a fitted logistic curve.",
        kinds=("perturbation",),
        uses=("positions",),
        settings={},
        typical_fit_s=0.1,
    )
    fitted_type = FittedDistance
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Specimen) -> Score:
        return log_nearness(structure)

    def fit(self, training: Training, prepared: Score, settings: Settings, *, seed: int) -> FittedDistance:
        return FittedDistance(calibrate(training, prepared))
