"""Factors with neuron embeddings: what neurons share is forecast as a few signals, what is left for each alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.autoregression import iterated_ridge
from braincast.models.forecasters.own_past.by_neuron import fitted_by_neuron
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.shared_linear import ORDER
from braincast.models.forecasters.population.population_forecast import PopulationForecast
from braincast.models.forecasters.population.population_ridge import ridge_to_population
from braincast.models.forecasters.population.principal_factors import signals
from braincast.models.forecasters.population.shared_and_rest import shared_and_rest
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers, with_spread
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

_SIGNAL_PENALTY, _REST_PENALTY = 1e-1, 1e-2  # as in var and ar, where validation finds little between their neighbours


@dataclass(frozen=True, eq=False)
class FittedFactors(WithMembers):
    """Each neuron's embedding, how the shared signals go on, and how each neuron's rest goes on."""

    embedding: Float[np.ndarray, "neuron factor"]
    shared: PopulationForecast
    rest: LinearForecast
    spread: Spread | None = None

    @property
    def n_fitted(self) -> int:
        return self.embedding.size + self.shared.n_fitted + self.rest.n_fitted

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        past = windows.contexts().astype(float)
        signal = signals(past, self.embedding)
        shared = self.shared.continued(signal, windows.recording, windows.horizon)
        return shared @ self.embedding.T + self.rest.continued(past - signal @ self.embedding.T, windows.recording)


class FactorEmbedding(Forecaster):
    """Principal factors forecast by a vector autoregression, and each neuron's rest by an autoregression of its own."""

    card = forecaster_card(
        "factor-embedding",
        "A few signals that neurons share, each neuron with its embedding in them, and an autoregression of the rest.",
        {
            "factors": Setting(
                "How many shared signals", kind=int, lower=1.0, upper=1000.0, sweep=Range(1, 60, log=True)
            ),
            "order": ORDER,
            "scope": SCOPE,
        },
        citation="Stock & Watson 2002, J. Business & Economic Statistics 20:147",
        caveat="Embeddings are found over all recordings; scope says whether the signals' rules are.",
        typical_fit_s=5.0,
    )
    fitted_type = FittedFactors
    candidates: tuple[Settings, ...] = tuple(
        {"factors": factors, "order": order, "scope": scope}
        for factors, order in ((3, 8), (10, 8), (30, 8), (10, 4))
        for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedFactors:
        order, scope = min(settings["order"], training.context_frames), settings["scope"]
        embedding, shared, rest = shared_and_rest(training, settings["factors"])
        signal_rule = ridge_to_population(shared, order, 1, _SIGNAL_PENALTY, "own-past", scope)
        solve = partial(iterated_ridge, penalty=_REST_PENALTY, horizon=training.horizon)
        rest_rule = fitted_by_neuron(rest, order + 1, scope, solve)
        n_fitted = rest_rule.intercept[..., 0].size * (order + 1)
        fitted = FittedFactors(embedding, signal_rule, rest_rule.counting(n_fitted))
        return with_spread(fitted, training)
