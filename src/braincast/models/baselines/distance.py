"""Distance: neurons near the stimulated one answer more often."""

from __future__ import annotations

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Settings
from braincast.models.learners.calibration import FittedCurve, Score, calibrate
from braincast.models.responses.similarities import log_nearness
from braincast.tasks.training import Training


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
    fitted_type = FittedCurve
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Specimen) -> Score:
        return log_nearness(structure)

    def fit(self, training: Training, prepared: Score, settings: Settings, *, seed: int) -> FittedCurve:
        return FittedCurve(calibrate(training, prepared))
