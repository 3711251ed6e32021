"""Many-hop propagation: the wiring as a linear network at its fixed point, one gain for each edge kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.dynamics.linear import propagation
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.calibration import Score, calibrate, calibrated
from braincast.models.learners.logistic import Logistic
from braincast.models.responses.wiring import SYNAPTIC_KINDS, synaptic_weights
from braincast.models.space import Range
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

_GAINS = (0.0, 0.3, 0.6, 0.9)
# Below this, a path is too weak to count; the probability depends on the logarithm of the response.
_FLOOR = 1e-6

Gains = Mapping[str, float]


class LogResponses(dict[tuple[float, ...], Score]):
    """Log magnitudes of steady-state responses by gains, each computed when first asked for."""

    def __init__(self, weights: Mapping[str, Score], respond: Callable[[Mapping[str, Score], Gains], Score]) -> None:
        super().__init__()
        self.kinds = tuple(weights)
        self._weights, self._respond = weights, respond

    def __missing__(self, gains: tuple[float, ...]) -> Score:
        response = self._respond(self._weights, dict(zip(self.kinds, gains, strict=True)))
        self[gains] = np.log(np.abs(response) + _FLOOR)
        return self[gains]


@dataclass(frozen=True, eq=False)
class FittedPropagator:
    """A gain for each edge kind and the logistic curve from log response to probability."""

    gains: Float[np.ndarray, " kind"]
    calibration: Logistic

    @property
    def n_parameters(self) -> int:
        return len(self.gains) + 2

    def forecast(self, cases: Cases, prepared: LogResponses) -> Float[np.ndarray, "case lead neuron"]:
        return calibrated(cases, prepared[tuple(self.gains.tolist())], self.calibration)


def fit_propagator(training: Training, prepared: LogResponses, settings: Settings) -> FittedPropagator:
    """The propagator with the gains of `settings`, named after the prepared edge kinds, calibrated on training."""
    gains = tuple(float(settings[f"{kind}_gain"]) for kind in prepared.kinds)
    return FittedPropagator(np.array(gains), calibrate(training, prepared[gains]))


class ConnectomePropagator:
    """Steady-state response of a linear network whose inputs sum to 1, then a fitted logistic curve."""

    card = ModelCard(
        name="connectome-propagator",
        summary="(I - Σ gain·weights)⁻¹ over chemical and electrical edges, inputs normalised; gains by inner folds.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={
            f"{kind}_gain": Setting(f"Gain of {kind} edges", upper=0.99, sweep=Range(0.0, 0.95))
            for kind in SYNAPTIC_KINDS
        },
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
        return LogResponses(synaptic_weights(structure), lambda weights, gains: propagation(weights, gains, "input"))

    def fit(self, training: Training, prepared: LogResponses, settings: Settings, *, seed: int) -> FittedPropagator:
        return fit_propagator(training, prepared, settings)
