"""Direct vector autoregression: every neuron from all neurons' last frames, each lead by weights of its own."""

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


class DirectVectorAutoregression(Forecaster):
    """A ridge regression for each lead on the last frames of all neurons."""

    card = forecaster_card(
        "var-direct",
        "Every neuron from the last frames of all neurons by ridge regression, one for each lead.",
        {"order": POPULATION_ORDER, "penalty": PENALTY, "towards": POPULATION_TOWARDS, "scope": SCOPE},
        citation="Marcellino, Stock & Watson 2006, J. Econometrics 135:499",
        caveat="Weighs all neurons against each other: 1,400 at most at eight leads; the more, the lower the order.",
        typical_fit_s=8.0,
    )
    fitted_type = PopulationForecast
    candidates: tuple[Settings, ...] = tuple(
        {"order": order, "penalty": penalty, "towards": "own-past", "scope": scope}
        for order, penalty in ((1, 1e-1), (1, 3.0), (2, 3e-1), (4, 3.0))
        for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> PopulationForecast:
        return fitted_to_population(training, settings, training.horizon)
