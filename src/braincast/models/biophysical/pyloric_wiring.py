"""The pyloric circuit as the literature has it: the wiring is known, the animal's own conductances are not."""

from __future__ import annotations

from braincast.models.biophysical.pyloric_forecaster import (
    Anatomy,
    FittedCircuits,
    PyloricForecaster,
    pyloric_card,
)
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class PyloricWiring(PyloricForecaster):
    """Who inhibits whom, with typical conductances."""

    card = pyloric_card(
        "pyloric-wiring",
        "The pyloric circuit with the animal's wiring and the literature's conductances, told nothing of modulators.",
        caveat="Its conductances are those of one circuit of the literature; nothing is fitted.",
    )

    def fit(self, training: ForecastTraining, prepared: Anatomy, settings: Settings, *, seed: int) -> FittedCircuits:
        own = prepared.typical
        return FittedCircuits(own.maximal, own.synapse, training.frame_s or 0.0, settings["memory_s"], False, 0)
