"""Many-hop propagation: the wiring as a linear network at its fixed point, one gain for each edge kind."""

from __future__ import annotations

from itertools import product

import numpy as np

from braincast.brain.specimen import Specimen
from braincast.dynamics.linear import propagation
from braincast.models.connectome.direct_weights import FittedScore, calibrate
from braincast.models.interface import ModelCard, Settings
from braincast.models.wiring import SYNAPTIC_KINDS, synaptic_weights
from braincast.tasks.training import Training

_GAINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.95)
# Below this, a path is too weak to count; the logarithm of the response is what the probability depends on.
_FLOOR = 1e-6


class ConnectomePropagator:
    """Steady-state response of a linear network whose inputs sum to 1, then a fitted logistic curve."""

    card = ModelCard(
        name="connectome-propagator",
        summary="(I - Σ gain·weights)⁻¹ over chemical and electrical edges, inputs normalised; gains by inner folds.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={f"{kind}_gain": f"gain of {kind} edges, 0 to below 1" for kind in SYNAPTIC_KINDS},
        citation="Katz 1953, Psychometrika 18:39 (the sum over paths of every length)",
    )
    candidates: tuple[Settings, ...] = tuple(
        {"chemical_gain": chemical, "electrical_gain": electrical}
        for chemical, electrical in product(_GAINS, _GAINS)
        if chemical + electrical > 0
    )

    def prepare(self, structure: Specimen) -> dict[tuple[float, float], np.ndarray]:
        weights = synaptic_weights(structure)
        return _Responses(weights)

    def fit(self, training: Training, prepared: _Responses, settings: Settings, *, seed: int) -> FittedScore:
        score = prepared[settings["chemical_gain"], settings["electrical_gain"]]
        return calibrate(training, score, parameters=4)


class _Responses(dict):
    """Log responses by (chemical, electrical) gain, each computed when first asked for."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, gains: tuple[float, float]) -> np.ndarray:
        response = propagation(self._weights, dict(zip(SYNAPTIC_KINDS, gains, strict=True)), "input")
        self[gains] = np.log(response + _FLOOR)
        return self[gains]
