"""Propagation with signs: inhibitory synapses subtract."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from braincast.brain.specimen import Specimen
from braincast.dynamics.linear import propagation
from braincast.models.connectome.propagator import FittedPropagator, LogResponses, fit_propagator
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.calibration import Score
from braincast.models.responses.wiring import connectome_of, synaptic_weights
from braincast.models.space import Range
from braincast.tasks.training import Training

_KINDS = ("excitatory", "inhibitory", "electrical")


class SignedPropagator:
    """The propagator with excitation and inhibition apart; the size of the response counts, whichever its sign."""

    card = ModelCard(
        name="signed-propagator",
        summary="Linear network at rest with excitatory, inhibitory and electrical gains; signs as predicted from "
        "transmitters and receptors, excitatory where there is no prediction.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={
            f"{kind}_gain": Setting(f"Gain of {kind} edges", upper=0.99, sweep=Range(0.0, 0.95)) for kind in _KINDS
        },
        citation="Signs: Fenyves et al. 2020, doi:10.1371/journal.pcbi.1007974",
        typical_fit_s=0.8,
    )
    fitted_type = FittedPropagator
    candidates: tuple[Settings, ...] = tuple(
        {"excitatory_gain": excitatory, "inhibitory_gain": inhibitory, "electrical_gain": electrical}
        for excitatory in (0.1, 0.3, 0.6)
        for inhibitory in (0.0, 0.3, 0.6)
        for electrical in (0.3, 0.6, 0.9)
    )

    def prepare(self, structure: Specimen) -> LogResponses:
        return LogResponses(_signed_weights(structure), _respond)

    def fit(self, training: Training, prepared: LogResponses, settings: Settings, *, seed: int) -> FittedPropagator:
        return fit_propagator(training, prepared, settings)


def _signed_weights(structure: Specimen) -> dict[str, Score]:
    weights = synaptic_weights(structure)
    signed = connectome_of(structure).adjacency("chemical", signed=True).toarray()
    inhibitory = np.maximum(-signed, 0.0)
    excitatory = weights["chemical"] - inhibitory
    return {"excitatory": excitatory, "inhibitory": inhibitory, "electrical": weights["electrical"]}


def _respond(weights: Mapping[str, Score], gains: Mapping[str, float]) -> Score:
    return propagation(weights, {**gains, "inhibitory": -gains["inhibitory"]}, "input")
