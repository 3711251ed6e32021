"""How often each neuron responds to other stimuli: the floor that any use of the wiring must beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.responses.propensity import propensity
from braincast.models.space import Range
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedPropensity:
    """A response rate for each neuron."""

    rates: Float[np.ndarray, " neuron"]

    @property
    def n_parameters(self) -> int:
        return len(self.rates)

    def forecast(self, cases: Cases, prepared: None) -> Float[np.ndarray, "case lead neuron"]:
        return np.broadcast_to(self.rates, cases.shape).copy()


class ResponderPropensity:
    """Answers with the responding neuron's own rate over training stimuli, whichever neuron is stimulated."""

    card = ModelCard(
        name="responder-propensity",
        summary="Each neuron's response rate over the training stimuli, shrunk towards the overall rate.",
        kinds=("perturbation",),
        uses=(),
        settings={
            "pseudo_count": Setting(
                "Strength of the shrinkage, in stimuli", lower=1e-6, sweep=Range(0.3, 300.0, log=True)
            )
        },
        typical_fit_s=0.1,
    )
    fitted_type = FittedPropensity
    candidates: tuple[Settings, ...] = tuple({"pseudo_count": count} for count in (1.0, 3.0, 10.0, 30.0, 100.0))

    def prepare(self, structure: Specimen) -> None:
        return None

    def fit(self, training: Training, prepared: None, settings: Settings, *, seed: int) -> FittedPropensity:
        return FittedPropensity(propensity(training, settings["pseudo_count"]))
