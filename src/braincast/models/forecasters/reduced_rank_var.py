"""Reduced-rank vector autoregression: all neurons drive each other through a few shared signals."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.population.population_forecast import PopulationForecast
from braincast.models.forecasters.population.population_moments import (
    POPULATION_ORDER,
    PopulationMoments,
    population_moments,
    within_limits,
)
from braincast.models.forecasters.population.population_ridge import population_base, with_intercepts
from braincast.models.forecasters.population.towards import POPULATION_TOWARDS
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, scoped
from braincast.models.forecasters.with_members import with_spread
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining


class ReducedRankVar(Forecaster):
    """A vector autoregression whose weights, beyond persistence or the mean, have a small rank."""

    card = forecaster_card(
        "reduced-rank-var",
        "Every neuron from all neurons' last frames through a few shared signals, one step at a time.",
        {
            "rank": Setting("How many shared signals", kind=int, lower=1.0, upper=1000.0, sweep=Range(1, 60, log=True)),
            "order": POPULATION_ORDER,
            "penalty": PENALTY,
            "towards": POPULATION_TOWARDS,
            "scope": SCOPE,
        },
        citation="Izenman 1975, J. Multivariate Analysis 5:248; Mukherjee & Zhu 2011, Stat. Anal. Data Min. 4:612",
        caveat="Weighs all neurons against each other: at most about 4,096, and the more, the lower the order.",
        typical_fit_s=5.0,
    )
    fitted_type = PopulationForecast
    candidates: tuple[Settings, ...] = tuple(
        {"rank": rank, "order": order, "penalty": 1.0, "towards": "own-past", "scope": scope}
        for rank, order in ((2, 1), (5, 4), (20, 4), (40, 2))
        for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> PopulationForecast:
        n_neurons, order = len(training.neurons), within_limits(settings["order"], 1, training)
        rank = min(settings["rank"], n_neurons)
        known, evidence = scoped(training, population_moments(training, order, 1), settings["scope"])
        bases = [population_base(settings["towards"], moments, n_neurons) for moments in evidence]
        penalty = settings["penalty"]
        weights = np.stack([reduced_rank(of, penalty, base, rank) for of, base in zip(evidence, bases, strict=True)])
        n_fitted = len(weights) * rank * (weights.shape[1] + n_neurons - rank)
        return with_spread(with_intercepts(evidence, weights, known, n_fitted), training)


def reduced_rank(
    moments: PopulationMoments, penalty: float, base: Float[np.ndarray, "feature output"], rank: int
) -> Float[np.ndarray, "feature output"]:
    """The weights of the given rank (beyond `base`) with the least penalised squared error, in closed form.

    They are the ridge weights, projected on the leading directions of what ridge predicts (Mukherjee & Zhu 2011).
    """
    full = moments.ridge(penalty, base) - base
    predicted = full.T @ (moments.covariance @ full + penalty * full)
    directions = np.linalg.eigh((predicted + predicted.T) / 2)[1][:, -rank:]
    return base + full @ directions @ directions.T
