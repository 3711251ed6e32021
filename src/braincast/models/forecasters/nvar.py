"""Nonlinear vector autoregression: what neurons share goes on by products of its own last frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import combinations_with_replacement
from math import comb

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError
from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.autoregression import iterated_ridge
from braincast.models.forecasters.own_past.by_neuron import fitted_by_neuron
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.population.population_moments import lagged_rows
from braincast.models.forecasters.population.principal_factors import signals
from braincast.models.forecasters.population.shared_and_rest import shared_and_rest
from braincast.models.forecasters.scope import POOLED
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers, with_spread
from braincast.models.interface import Setting, Settings
from braincast.models.learners.ridge import Ridge, fit_ridge
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

_REST_PENALTY, _REST_ORDER = 1e-2, 8  # as in factor-embedding
MOST_PRODUCTS = 2000  # the normal equations of as many take 32 MB and a second


@dataclass(frozen=True, eq=False)
class FittedProducts(WithMembers):
    """Each neuron's embedding, the rule of the shared signals, and how each neuron's rest goes on.

    The rule gives a signal's next step from products of at most `degree` of the last `order` frames of all signals,
    each taken within the range that training frames have.
    """

    embedding: Float[np.ndarray, "neuron factor"]
    rule: Ridge
    lower: Float[np.ndarray, " input"]
    upper: Float[np.ndarray, " input"]
    degree: int
    rest: LinearForecast
    spread: Spread | None = None

    @property
    def n_fitted(self) -> int:
        return self.embedding.size + self.rule.coefficients.size + self.rule.intercept.size + self.rest.n_fitted

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        past = windows.contexts().astype(float)
        signal = signals(past, self.embedding)
        shared = self._continued(signal, windows.horizon) @ self.embedding.T
        return shared + self.rest.continued(past - signal @ self.embedding.T, windows.recording)

    def _continued(
        self, signal: Float[np.ndarray, "case context factor"], horizon: int
    ) -> Float[np.ndarray, "case lead factor"]:
        order = len(self.lower) // signal.shape[2]
        frames = list(signal[:, -order:].transpose(1, 0, 2))
        for _ in range(horizon):
            seen = np.clip(np.concatenate(frames[-order:], axis=1), self.lower, self.upper)
            frames.append(frames[-1] + self.rule.predict(products(seen, self.degree)))
        return np.stack(frames[order:], axis=1)


class NonlinearVectorAutoregression(Forecaster):
    """Ridge regression of the shared signals' next step on products of their last frames, iterated over the leads."""

    card = forecaster_card(
        "nvar",
        "A few signals that neurons share, going on by products of their last frames; an autoregression of the rest.",
        {
            "factors": Setting("How many shared signals", kind=int, lower=1.0, upper=30.0, sweep=Range(2, 12)),
            "order": Setting("How many last frames of the signals", kind=int, lower=1.0, upper=10.0),
            "degree": Setting("How many values are multiplied at most", kind=int, lower=1.0, upper=4.0),
            "penalty": PENALTY,
        },
        citation="Gauthier et al. 2021, Nature Communications 12:5564",
        caveat="Products see signals within their training range; one rule for the signals of all recordings.",
        typical_fit_s=3.0,
    )
    fitted_type = FittedProducts
    candidates: tuple[Settings, ...] = tuple(
        {"factors": factors, "order": order, "degree": degree, "penalty": penalty}
        for penalty, sizes in (
            (1e-6, ((3, 1, 2), (3, 2, 2), (3, 1, 3), (3, 2, 3), (8, 1, 3))),
            (1e-3, ((3, 2, 2), (8, 1, 2), (8, 2, 2))),
        )
        for factors, order, degree in sizes
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedProducts:
        order, degree = min(settings["order"], training.context_frames), settings["degree"]
        embedding, shared, rest = shared_and_rest(training, settings["factors"])
        _refuse_many(embedding.shape[1] * order, degree)
        inputs, steps = _examples(shared, order)
        rule = fit_ridge(products(inputs, degree), steps, settings["penalty"] * len(inputs))
        solve = partial(iterated_ridge, penalty=_REST_PENALTY, horizon=training.horizon)
        rest_order = min(_REST_ORDER, training.context_frames)
        rest_rule = fitted_by_neuron(rest, rest_order + 1, POOLED, solve)
        rest_rule = rest_rule.counting(rest_rule.intercept[..., 0].size * (rest_order + 1))
        ends = inputs.min(axis=0), inputs.max(axis=0)
        return with_spread(FittedProducts(embedding, rule, *ends, degree, rest_rule), training)


def products(inputs: Float[np.ndarray, "row input"], degree: int) -> Float[np.ndarray, "row product"]:
    """Every product of one to `degree` of a row's inputs, the same one as often as one likes."""
    found = [inputs]
    latest: dict[tuple[int, ...], np.ndarray] = {(k,): inputs[:, k] for k in range(inputs.shape[1])}
    for size in range(2, degree + 1):
        chosen = combinations_with_replacement(range(inputs.shape[1]), size)
        latest = {columns: latest[columns[:-1]] * inputs[:, columns[-1]] for columns in chosen}
        found.append(np.stack(list(latest.values()), axis=1))
    return np.concatenate(found, axis=1)


def _examples(
    training: ForecastTraining, order: int
) -> tuple[Float[np.ndarray, "row input"], Float[np.ndarray, "row factor"]]:
    """The last `order` frames of all signals, one after the other, and the step that followed."""
    n_signals = len(training.neurons)
    long_enough = [series for series in training.series if series.n_frames > order]
    rows = np.concatenate([lagged_rows(series.activity.astype(float), order + 1) for series in long_enough])
    inputs = rows[:, :-n_signals]
    return inputs, rows[:, -n_signals:] - inputs[:, -n_signals:]


def _refuse_many(n_inputs: int, degree: int) -> None:
    if (n := comb(n_inputs + degree, degree) - 1) > MOST_PRODUCTS:
        what = f"{n_inputs} inputs have {n:,} products of up to {degree}, more than {MOST_PRODUCTS:,}"
        raise BraincastError("E306", "model nvar", what, "Choose fewer factors, a lower order or a lower degree")
