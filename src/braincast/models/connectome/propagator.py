"""Many-hop propagation: the wiring as a linear network at its fixed point, one gain for each edge kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.dynamics.linear import propagation
from braincast.models.connectome.calibration import Score, calibrate, calibrated
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.logistic import Logistic
from braincast.models.wiring import SYNAPTIC_KINDS, synaptic_weights
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

_GAINS = (0.0, 0.3, 0.6, 0.9)
# Below this, a path is too weak to count; the probability depends on the logarithm of the response.
_FLOOR = 1e-6


class LogResponses(dict[tuple[float, float], Score]):
    """Log steady-state responses by (chemical, electrical) gain, each computed when first asked for."""

    def __init__(self, weights: Mapping[str, Score]) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, gains: tuple[float, float]) -> Score:
        response = propagation(self._weights, dict(zip(SYNAPTIC_KINDS, gains, strict=True)), "input")
        self[gains] = np.log(response + _FLOOR)
        return self[gains]


@dataclass(frozen=True, eq=False)
class FittedPropagator:
    """A gain for each edge kind and the logistic curve from log response to probability."""

    chemical_gain: float
    electrical_gain: float
    calibration: Logistic

    @property
    def n_parameters(self) -> int:
        return 4

    def forecast(self, cases: Cases, prepared: LogResponses) -> Float[np.ndarray, "case lead neuron"]:
        return calibrated(cases, prepared[self.chemical_gain, self.electrical_gain], self.calibration)


class ConnectomePropagator:
    """Steady-state response of a linear network whose inputs sum to 1, then a fitted logistic curve."""

    card = ModelCard(
        name="connectome-propagator",
        summary="(I - Σ gain·weights)⁻¹ over chemical and electrical edges, inputs normalised; gains by inner folds.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={f"{kind}_gain": Setting(f"Gain of {kind} edges", upper=0.99) for kind in SYNAPTIC_KINDS},
        citation="Katz 1953, Psychometrika 18:39 (the sum over paths of every length)",
        typical_fit_s=0.6,
    )
    fitted_type = FittedPropagator
    candidates: tuple[Settings, ...] = tuple(
        {"chemical_gain": chemical, "electrical_gain": electrical}
        for chemical, electrical in product(_GAINS, _GAINS)
        if chemical + electrical > 0
    )

    def prepare(self, structure: Specimen) -> LogResponses:
        return LogResponses(synaptic_weights(structure))

    def fit(self, training: Training, prepared: LogResponses, settings: Settings, *, seed: int) -> FittedPropagator:
        gains = float(settings["chemical_gain"]), float(settings["electrical_gain"])
        return FittedPropagator(*gains, calibrate(training, prepared[gains]))
