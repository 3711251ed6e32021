"""Communicability and diffusion: two ways in which activity could spread over a graph without direction or dynamics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.dynamics.linear import communicability, diffusion
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.calibration import Score, calibrate, calibrated
from braincast.models.learners.logistic import Logistic
from braincast.models.responses.wiring import synaptic_weights
from braincast.models.space import Range
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

_TIMES = (0.5, 1.0, 2.0, 4.0, 8.0)
_FLOOR = 1e-9  # the probability depends on the logarithm of what arrives


class _Spreads(dict[float, Score]):
    """Log of what arrives after a time, each computed when first asked for."""

    def __init__(self, spread: Callable[[Score, float], Score], weights: Score) -> None:
        super().__init__()
        self._spread, self._weights = spread, weights

    def __missing__(self, time: float) -> Score:
        self[time] = np.log(np.maximum(self._spread(self._weights, time), 0.0) + _FLOOR)
        return self[time]


@dataclass(frozen=True, eq=False)
class FittedSpread:
    """How long activity spreads, and the logistic curve from the log of what arrives to probability."""

    time: float
    calibration: Logistic

    @property
    def n_parameters(self) -> int:
        return 3

    def forecast(self, cases: Cases, prepared: _Spreads) -> Float[np.ndarray, "case lead neuron"]:
        return calibrated(cases, prepared[self.time], self.calibration)


class _Spread:
    """What both models share."""

    fitted_type = FittedSpread
    candidates: tuple[Settings, ...] = tuple({"time": time} for time in _TIMES)
    spread: Callable[[Score, float], Score]

    def prepare(self, structure: Specimen) -> _Spreads:
        chemical, electrical = synaptic_weights(structure).values()
        return _Spreads(self.spread, chemical + electrical)

    def fit(self, training: Training, prepared: _Spreads, settings: Settings, *, seed: int) -> FittedSpread:
        time = float(settings["time"])
        return FittedSpread(time, calibrate(training, prepared[time]))


class Communicability(_Spread):
    """Sum over all walks between two neurons, along and against synapses, long walks damped by a factorial."""

    card = ModelCard(
        name="communicability",
        summary="Matrix exponential of the normalised undirected wiring, calibrated; damping by inner folds.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={"time": Setting("Weight of longer walks", lower=1e-6, sweep=Range(0.25, 16.0, log=True))},
        citation="Estrada & Hatano 2008, Phys. Rev. E 77:036111; Crofts & Higham 2009, J. R. Soc. Interface 6:411",
        typical_fit_s=0.4,
    )
    spread = staticmethod(communicability)


class Diffusion(_Spread):
    """Where a random walker is after a while that starts at the stimulated neuron and follows its outputs."""

    card = ModelCard(
        name="diffusion",
        summary="Heat kernel of a random walk along synapses and gap junctions, calibrated; time by inner folds.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={
            "time": Setting("Mean number of steps that the walker takes", lower=1e-6, sweep=Range(0.25, 16.0, log=True))
        },
        citation="Kondor & Lafferty 2002, ICML; Abdelnour et al. 2014, NeuroImage 90:335",
        typical_fit_s=0.5,
    )
    spread = staticmethod(diffusion)
