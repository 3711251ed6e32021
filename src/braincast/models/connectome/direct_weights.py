"""Direct wiring: a neuron answers if the stimulated one reaches it by a synapse or a gap junction."""

from __future__ import annotations

import numpy as np

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Settings
from braincast.models.learners.calibration import FittedCurve, Score, calibrate
from braincast.models.responses.wiring import synaptic_weights
from braincast.tasks.training import Training


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
    fitted_type = FittedCurve
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Specimen) -> Score:
        # The logarithm changes no rank; it keeps the few largest of the synapse counts from ruling the fit.
        chemical, electrical = synaptic_weights(structure).values()
        return np.log1p(chemical + electrical)

    def fit(self, training: Training, prepared: Score, settings: Settings, *, seed: int) -> FittedCurve:
        return FittedCurve(calibrate(training, prepared))
