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

from braincast.scoring.forecasting.averages import OVER_WINDOWS, Averaging, mean_of_parts
from braincast.scoring.forecasting.blocks import BlockResamples
from braincast.scoring.forecasting.groups import CaseMask
from braincast.scoring.weighting import case_weighted_sums

N_SURROGATES = 200
ENOUGH = 0.90  # nominal 95 % intervals that cover less often than this are flagged
_LARGEST_ORDER = 10
_WARM_UP = 200
_REFITS = 30
_LARGEST_ROOT = 0.995

Loss = Float[np.ndarray, " case"]
Run = Float[np.ndarray, " _"]  # runs differ in length


@dataclass(frozen=True)
class Autoregression:
    """x[t] = Σ coefficients[k] x[t - 1 - k] + noise, around a mean of 0; `gain` is var(x) / var(noise)."""

    coefficients: tuple[float, ...]
    gain: float

    def draw(self, rng: np.random.Generator, n: int, n_series: int) -> Float[np.ndarray, "series time"]:
        """Series of unit variance."""
        from scipy.signal import lfilter

        noise = rng.standard_normal((n_series, n + _WARM_UP)) / np.sqrt(self.gain)
        drawn = lfilter([1.0], [1.0, *(-c for c in self.coefficients)], noise, axis=1)
        return np.asarray(drawn)[:, _WARM_UP:]


def coverage(
    loss: Loss,
    resamples: BlockResamples,
    within: CaseMask,
    averaging: Averaging = OVER_WINDOWS,
    *,
    n_surrogates: int = N_SURROGATES,
) -> float:
    """Share of the 95 % intervals of surrogates of `loss` that hold the known mean; NaN where there is no interval."""
    surrogates, mean = surrogates_of(loss, resamples, within, n_surrogates, averaging)
    sums, present = [], []
    for cases in map(np.flatnonzero, averaging.parts(within)):
        counts = np.take(resamples.counts, cases, axis=1)
        n = counts.sum(axis=1)[:, None]
        with np.errstate(invalid="ignore"):
            sums.append(case_weighted_sums(surrogates.T[cases], counts) / n)
        present.append(np.broadcast_to(n > 0, sums[-1].shape))
    spread = averaging.spread(resamples, within)
    drawn = mean_of_parts(sums, present)
    lower, upper = spread.intervals(drawn).T
    found = np.isfinite(lower)
    return float(((lower <= mean) & (mean <= upper))[found].mean()) if found.any() else np.nan


def surrogates_of(
    loss: Loss, resamples: BlockResamples, within: CaseMask, n_surrogates: int, averaging: Averaging = OVER_WINDOWS
) -> tuple[Float[np.ndarray, "surrogate case"], float]:
    """(surrogates, their known mean); cases outside the mask are 0."""
    units = resamples.units
    rng = np.random.default_rng(resamples.seed + 2)
    runs = [np.flatnonzero((units.run == run) & within) for run in np.unique(units.run[within])]
    series = [loss[cases] - loss[cases].mean() for cases in runs]
    model = less_biased(fit_autoregression(series), [len(cases) for cases in runs], rng)
    out = np.zeros((n_surrogates, len(loss)))
    for cases, own in zip(runs, series, strict=True):
        out[:, cases] = loss[cases].mean() + own.std() * model.draw(rng, len(cases), n_surrogates)
    shift = _shift_of_animals(out, loss, resamples, within, rng)
    # Known is what a surrogate is on average: the loss, with the animals' own levels evened out.
    levelled = loss if shift is None else loss + shift.mean
    return out if shift is None else out + shift.drawn, averaging.mean(levelled, within)


def fit_autoregression(series: Sequence[Run], order: int | None = None) -> Autoregression:
    """Burg's method over several series, each scaled to unit variance; without an order, that with the smallest AIC."""
    scaled = [one / one.std() for one in series if len(one) > 1 and one.std() > 0]
    n, longest = sum(map(len, scaled)), max(map(len, scaled), default=0)
    best, smallest = Autoregression((), 1.0), 2.0  # AIC of order 0: n log 1 + 2
    coefficients, error = np.zeros(0), 1.0
    pairs = [(one[1:], one[:-1]) for one in scaled]  # forward and backward errors
    for number in range(1, (min(_LARGEST_ORDER, longest // 4) if order is None else order) + 1):
        energy = sum(float(f @ f + b @ b) for f, b in pairs)
        if energy <= 0:
            break
        reflection = 2 * sum(float(f @ b) for f, b in pairs) / energy
        error = max(error * (1 - reflection**2), 1e-12)
        coefficients = np.r_[coefficients - reflection * coefficients[::-1], reflection]
        pairs = [((f - reflection * b)[1:], (b - reflection * f)[:-1]) for f, b in pairs]
        criterion = n * np.log(error) + 2 * (number + 1)
        if criterion < smallest or order is not None:
            smallest, best = criterion, Autoregression(tuple(map(float, coefficients)), 1 / error)
    return best


def less_biased(model: Autoregression, lengths: Sequence[int], rng: np.random.Generator) -> Autoregression:
    """The model with its small-sample bias taken off, as far as it stays stationary (Kilian 1998).

    Short series around their own mean look less persistent than they are, and surrogates of them would be too easy.
    """
    fitted = np.array(model.coefficients)
    if len(fitted) == 0:
        return model
    drawn = [model.draw(rng, n, _REFITS) for n in lengths]
    again = [fit_autoregression([one[k] - one[k].mean() for one in drawn], len(fitted)) for k in range(_REFITS)]
    known = [one.coefficients for one in again if len(one.coefficients) == len(fitted)]
    bias = np.mean(known, axis=0) - fitted if known else np.zeros(len(fitted))
    for share in (1.0, 0.75, 0.5, 0.25):
        corrected = fitted - share * bias
        if np.abs(np.roots([1.0, *(-corrected)])).max() < _LARGEST_ROOT:
            return Autoregression(tuple(map(float, corrected)), _gain(corrected))
    return model


def _gain(coefficients: Float[np.ndarray, " order"]) -> float:
    """var(x) / var(noise), from the response to one unit of noise."""
    from scipy.signal import lfilter

    impulse = np.r_[1.0, np.zeros(_WARM_UP * 5)]
    return float((np.asarray(lfilter([1.0], [1.0, *(-coefficients)], impulse)) ** 2).sum())


@dataclass(frozen=True, eq=False)
class _Shift:
    """What is added to each case so that animals vary around one mean: in each surrogate, and on average."""

    drawn: Float[np.ndarray, "surrogate case"]
    mean: Float[np.ndarray, " case"]


def _shift_of_animals(
    surrogates: Float[np.ndarray, "surrogate case"],
    loss: Loss,
    resamples: BlockResamples,
    within: CaseMask,
    rng: np.random.Generator,
) -> _Shift | None:
    """Give every animal a mean of its own, drawn around the known one; with one animal its means are the known ones."""
    animal = resamples.units.animal
    animals = np.unique(animal[within])
    if len(animals) < 2:
        return None
    mean = float(loss[within].mean())
    members = [np.flatnonzero((animal == one) & within) for one in animals]
    own = np.array([loss[cases].mean() for cases in members])
    by_chance = np.mean([surrogates[:, cases].mean(axis=1).var() for cases in members])
    between = np.sqrt(max(own.var(ddof=1) - by_chance, 0.0))
    shift = _Shift(np.zeros(surrogates.shape), np.zeros(len(loss)))
    for cases, level in zip(members, own, strict=True):
        shift.mean[cases] = mean - level
        shift.drawn[:, cases] = (mean - level + between * rng.standard_normal(len(surrogates)))[:, None]
    return shift
