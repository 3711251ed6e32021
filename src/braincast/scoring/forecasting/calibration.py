"""How often the intervals hold the truth, on made-up loss series like the real ones but with a known mean.

The loss of each case is a series in time. An autoregressive model of it is fitted (Burg's method, order by AIC, over
all runs together; mean and variance of each run apart; animals' means vary as much as they do beyond what chance within
them explains), many series of the same lengths are drawn from it, and the very interval procedure of the scores is
applied to each: the same resamples, the same widening. What is stated is the share of intervals that hold the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.signal import lfilter

from braincast.scoring.forecasting.blocks import BlockResamples
from braincast.scoring.forecasting.groups import CaseMask
from braincast.scoring.weighting import case_weighted_sums

N_SURROGATES = 200
ENOUGH = 0.90  # nominal 95 % intervals that cover less often than this are flagged
_LARGEST_ORDER = 10
_WARM_UP = 200

Loss = Float[np.ndarray, " case"]


@dataclass(frozen=True)
class Autoregression:
    """x[t] = Σ coefficients[k] x[t - 1 - k] + noise, around a mean of 0; `gain` is var(x) / var(noise)."""

    coefficients: tuple[float, ...]
    gain: float

    def draw(self, rng: np.random.Generator, n: int, n_series: int) -> Float[np.ndarray, "series time"]:
        """Series of unit variance."""
        noise = rng.standard_normal((n_series, n + _WARM_UP)) / np.sqrt(self.gain)
        return lfilter([1.0], [1.0, *(-c for c in self.coefficients)], noise, axis=1)[:, _WARM_UP:]


def coverage(loss: Loss, resamples: BlockResamples, within: CaseMask, *, n_surrogates: int = N_SURROGATES) -> float:
    """Share of the 95 % intervals of surrogates of `loss` that hold the known mean; NaN where there is no interval."""
    surrogates, mean = surrogates_of(loss, resamples, within, n_surrogates)
    counts = resamples.counts * within
    sums = case_weighted_sums(surrogates.T, counts) / counts.sum(axis=1)[:, None]
    spread = resamples.spread(within)
    found = [spread.interval(column) for column in sums.T]
    if any(interval is None for interval in found):
        return np.nan
    return float(np.mean([low <= mean <= high for low, high in found if low <= high]))


def surrogates_of(
    loss: Loss, resamples: BlockResamples, within: CaseMask, n_surrogates: int
) -> tuple[Float[np.ndarray, "surrogate case"], float]:
    """(surrogates, their known mean); cases outside the mask are 0."""
    units = resamples.units
    rng = np.random.default_rng(resamples.seed + 2)
    runs = [np.flatnonzero((units.run == run) & within) for run in np.unique(units.run[within])]
    series = [loss[cases] - loss[cases].mean() for cases in runs]
    model = fit_autoregression(series)
    out = np.zeros((n_surrogates, len(loss)))
    for cases, own in zip(runs, series, strict=True):
        out[:, cases] = loss[cases].mean() + own.std() * model.draw(rng, len(cases), n_surrogates)
    return _with_animals(out, loss, resamples, within, rng)


def fit_autoregression(series: Sequence[Loss]) -> Autoregression:
    """Burg's method over several series, each scaled to unit variance; the order with the smallest AIC."""
    scaled = [one / one.std() for one in series if len(one) > 1 and one.std() > 0]
    n = sum(map(len, scaled))
    longest = max(map(len, scaled), default=0)
    best, coefficients, error = Autoregression((), 1.0), np.zeros(0), 1.0
    smallest = 2.0  # AIC of order 0: n log 1 + 2
    pairs = [(one[1:], one[:-1]) for one in scaled]  # forward and backward errors
    for order in range(1, min(_LARGEST_ORDER, longest // 4) + 1):
        forward_backward = sum(float(f @ b) for f, b in pairs)
        energy = sum(float(f @ f + b @ b) for f, b in pairs)
        if energy <= 0:
            break
        reflection = 2 * forward_backward / energy
        error *= 1 - reflection**2
        coefficients = np.r_[coefficients - reflection * coefficients[::-1], reflection]
        pairs = [((f - reflection * b)[1:], (b - reflection * f)[:-1]) for f, b in pairs]
        criterion = n * np.log(max(error, 1e-12)) + 2 * (order + 1)
        if criterion < smallest:
            smallest, best = criterion, Autoregression(tuple(map(float, coefficients)), 1 / max(error, 1e-12))
    return best


def _with_animals(
    surrogates: Float[np.ndarray, "surrogate case"],
    loss: Loss,
    resamples: BlockResamples,
    within: CaseMask,
    rng: np.random.Generator,
) -> tuple[Float[np.ndarray, "surrogate case"], float]:
    """Give every animal a mean of its own, drawn around the known one; with one animal its means are the known ones."""
    animal = resamples.units.animal
    animals = np.unique(animal[within])
    if len(animals) < 2:
        return surrogates, float(loss[within].mean())
    mean = float(loss[within].mean())
    members = [np.flatnonzero((animal == one) & within) for one in animals]
    own = np.array([loss[cases].mean() for cases in members])
    by_chance = np.mean([surrogates[:, cases].mean(axis=1).var() for cases in members])
    between = np.sqrt(max(own.var(ddof=1) - by_chance, 0.0))
    for cases, level in zip(members, own, strict=True):
        shift = mean - level + between * rng.standard_normal(len(surrogates))
        surrogates[:, cases] += shift[:, None]
    return surrogates, mean
