"""The measures of rollouts: one function each, of the sums of a model's paths and of those that the brain took.

All are 0 for the same paths. `own` and `truth` hold sums over the paths that a resample drew, [resample, …].
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from braincast.scoring.ranking import Resampled
from braincast.scoring.rollouts.divergence import slope

Pooled = Mapping[str, Float[np.ndarray, "resample *shape"]]
_STILL = 1e-8  # a neuron with less than this share of the truth's variance does not move
_SOME_VARIANCE = 1e-3  # of training frames; keeps the logarithm of no variance finite


def spectral_hellinger(own: Pooled, truth: Pooled) -> Resampled:
    """Hellinger distance between normalised power spectra, mean over neurons; 0 to 1 (Mikhaeil et al. 2022, NeurIPS).

    Spectra are smoothed by a Gaussian of one frequency bin. A neuron that does not move has none: its distance is 1.
    """
    p, q = own["spectrum"], truth["spectrum"]
    total = p.sum(axis=1, keepdims=True), q.sum(axis=1, keepdims=True)
    moves = total[0] > _STILL * total[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        overlap = np.where(moves, np.sqrt(p / total[0] * q / total[1]), 0.0).sum(axis=1)
    return np.sqrt(np.maximum(1 - overlap, 0.0)).mean(axis=1)


def invariant_kl(own: Pooled, truth: Pooled) -> Resampled:
    """Kullback-Leibler divergence KL(truth ‖ own) of visits to bins of the first three components, in nats.

    The state-space divergence of Koppe et al. 2019, PLoS Comput Biol 15:e1007263. Half a visit is added to each bin of
    both (Krichevsky & Trofimov 1981), so that a bin which nobody entered is no infinity.
    """
    p, q = (sums["visits"] + 0.5 for sums in (truth, own))
    p, q = p / p.sum(axis=1, keepdims=True), q / q.sum(axis=1, keepdims=True)
    return (p * np.log(p / q)).sum(axis=1)


def autocorrelation_error(own: Pooled, truth: Pooled) -> Resampled:
    """Mean over neurons and lags of |autocorrelation - the truth's|, up to a quarter of the horizon.

    A neuron that does not move agrees with itself at every lag: its autocorrelation is 1.
    """
    first, second = _autocorrelations(own, truth)
    return np.abs(first - second)[:, 1:].mean(axis=(1, 2))


def autocorrelation_time_error(own: Pooled, truth: Pooled) -> Resampled:
    """Mean over neurons of |log of the ratio of autocorrelation times|: 0.69 is a factor of two.

    The time is where the autocorrelation falls below 1/e, a quarter of the horizon at most.
    """
    first, second = (_falling_time(found) for found in _autocorrelations(own, truth))
    return np.abs(np.log(first / second)).mean(axis=1)


def covariance_error(own: Pooled, truth: Pooled) -> Resampled:
    """√(Σ(√λ - √μ)² / Σμ) of the covariances' eigenvalues λ and the truth's μ, in up to 32 components.

    The Bures-Wasserstein distance between Gaussians that share their axes, over the truth's total standard deviation:
    1 for a model that does not move.
    """
    values, expected = (np.sqrt(np.maximum(np.linalg.eigvalsh(_covariance(sums)), 0.0)) for sums in (own, truth))
    return np.sqrt(((values - expected) ** 2).sum(axis=1) / (expected**2).sum(axis=1))


def lyapunov_error(own: Pooled, truth: Pooled) -> Resampled:
    """|largest Lyapunov exponent - the truth's|, both from data (Rosenstein et al. 1993), per second or frame.

    NaN for paths that do not move.
    """
    return np.abs(slope(own["growth"], own["pairs"]) - slope(truth["growth"], truth["pairs"]))


def drift(own: Pooled, truth: Pooled) -> Resampled:
    """Mean over neurons of |mean in the last quarter - mean in the first|, in standard deviations."""
    return np.abs(own["late"] - own["early"]).mean(axis=1) / own["cases"]


def variance_drift(own: Pooled, truth: Pooled) -> Resampled:
    """Mean over neurons of |log(variance in the last quarter / variance in the first)|."""
    late, early = (_variance(own, part) + _SOME_VARIANCE for part in ("late", "early"))
    return np.abs(np.log(late / early)).mean(axis=1)


def blown_up(own: Pooled, truth: Pooled) -> Resampled:
    """Share of the paths that left the task's limit, or were no numbers any more."""
    return own["blown"] / own["cases"]


def stable_share(own: Pooled, truth: Pooled) -> Resampled:
    """Mean share of the horizon before a path blew up; 1 where none did."""
    return own["stable"] / own["cases"]


def _autocorrelations(own: Pooled, truth: Pooled) -> tuple[np.ndarray, np.ndarray]:
    products, reference = own["products"], truth["products"]
    moves = products[:, :1] > _STILL * reference[:, :1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(moves, products / products[:, :1], 1.0), reference / reference[:, :1]


def _falling_time(correlation: Float[np.ndarray, "resample lag neuron"]) -> Float[np.ndarray, "resample neuron"]:
    """The first lag at 1/e, between frames by a straight line; the last lag where it is not reached."""
    level = np.exp(-1.0)
    is_below = correlation <= level
    last = correlation.shape[1] - 1
    at = np.where(is_below.any(axis=1), is_below.argmax(axis=1), last)
    high, low = (np.take_along_axis(correlation, lag[:, None], axis=1)[:, 0] for lag in (at - 1, at))
    return np.where(is_below.any(axis=1), at - 1 + (high - level) / np.maximum(high - low, 1e-12), last)


def _covariance(sums: Pooled) -> Float[np.ndarray, "resample component component"]:
    n = sums["frames"][:, None]
    mean = sums["scores"] / n
    return sums["score_products"] / n[..., None] - mean[:, :, None] * mean[:, None, :]


def _variance(sums: Pooled, part: str) -> Float[np.ndarray, "resample neuron"]:
    n = sums["cases"][:, None]
    return np.maximum(sums[f"{part}_squares"] / n - (sums[part] / n) ** 2, 0.0)
