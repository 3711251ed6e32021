"""Direct wiring: a neuron answers if the stimulated one reaches it by a synapse or a gap junction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.calibration import Score, calibrate, calibrated
from braincast.models.interface import ModelCard, Settings
from braincast.models.logistic import Logistic
from braincast.models.wiring import synaptic_weights
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedDirectWeights:
    """The logistic curve from weight to probability."""

    calibration: Logistic

    @property
    def n_parameters(self) -> int:
        return 2

    def forecast(self, cases: Cases, prepared: Score) -> Float[np.ndarray, "case lead neuron"]:
        return calibrated(cases, prepared, self.calibration)


class DirectWeights:
    """Chemical plus electrical weight from the stimulated to the responding neuron, calibrated."""

    card = ModelCard(
        name="direct-weights",
        summary="Synapses plus gap junctions from the stimulated neuron, through a fitted logistic curve.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={},
        typical_fit_s=0.1,
    )
    fitted_type = FittedDirectWeights
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Specimen) -> Score:
        # The logarithm changes no rank; it keeps the few largest of the synapse counts from ruling the fit.
        chemical, electrical = synaptic_weights(structure).values()
        return np.log1p(chemical + electrical)

    def fit(self, training: Training, prepared: Score, settings: Settings, *, seed: int) -> FittedDirectWeights:
        return FittedDirectWeights(calibrate(training, prepared))
