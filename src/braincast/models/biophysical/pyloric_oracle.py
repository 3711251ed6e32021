"""The true circuit of each simulated animal, and what modulators truly do to it: what only the simulation knows."""

from __future__ import annotations

from braincast.datasets.synthetic.pyloric.animals import animals
from braincast.models.biophysical.circuit_space import of_circuits
from braincast.models.biophysical.pyloric_forecaster import (
    Anatomy,
    FittedCircuits,
    PyloricForecaster,
    pyloric_card,
)
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class PyloricOracle(PyloricForecaster):
    """A ceiling, no contestant: all that it has to find is where in the cycle an animal is."""

    card = pyloric_card(
        "pyloric-oracle",
        "The animal's own circuit and the true action of each modulator, as the simulation has them.",
        uses=("activity",),
        takes=("stimulus",),
        datasets=("pyloric-circuits",),
        is_control=True,
        caveat="It was told the truth: a ceiling, no contestant. What it cannot know is the noise.",
    )

    def fit(self, training: ForecastTraining, prepared: Anatomy, settings: Settings, *, seed: int) -> FittedCircuits:
        own = of_circuits([animals()[name] for name in prepared.names])
        return FittedCircuits(own.maximal, own.synapse, training.frame_s or 0.0, settings["memory_s"], True, 0)
