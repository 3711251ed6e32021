"""Vector autoregression: every neuron from all neurons' last frames, one step at a time."""

from __future__ import annotations

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.population.population_forecast import PopulationForecast
from braincast.models.forecasters.population.population_moments import POPULATION_ORDER
from braincast.models.forecasters.population.population_ridge import fitted_to_population
from braincast.models.forecasters.population.towards import POPULATION_TOWARDS
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class VectorAutoregression(Forecaster):
    """A ridge regression of the next frame on the last frames of all neurons, iterated over the leads."""

    card = forecaster_card(
        "var",
        "Every neuron from the last frames of all neurons by ridge regression, one step at a time.",
        {"order": POPULATION_ORDER, "penalty": PENALTY, "towards": POPULATION_TOWARDS, "scope": SCOPE},
        citation="Sims 1980, Econometrica 48:1; Hoerl & Kennard 1970, Technometrics 12:55",
        caveat="Weighs all neurons against each other: at most about 4,096, and the more, the lower the order.",
        typical_fit_s=5.0,
    )
    fitted_type = PopulationForecast
    candidates: tuple[Settings, ...] = tuple(
        {"order": order, "penalty": penalty, "towards": "own-past", "scope": scope}
        for order, penalty in ((1, 1e-2), (1, 3.0), (2, 3e-1), (4, 3.0))
        for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> PopulationForecast:
        return fitted_to_population(training, settings, 1)
