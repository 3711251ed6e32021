"""The noise ceiling: how well one half of the trials predicts the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.scoring.bootstrap import Resamples, interval
from braincast.scoring.evidence import Evidence, Units, gather
from braincast.scoring.metrics import METRICS
from braincast.scoring.ranking import Resampled
from braincast.tasks.truth import Truth

N_SPLITS = 20


@dataclass(frozen=True)
class Ceiling:
    """Repeatability of the mean response over pairs with at least `min_trials` trials.

    `split_half` is the correlation of two half means over pairs, `reliability` that of the full mean (Spearman–Brown),
    and `correlation` the highest correlation with the measured mean that a noise-free prediction could reach: the
    square root of the reliability. Intervals are two-way bootstrap intervals.
    """

    min_trials: int
    n_pairs: int
    split_half: float | None
    reliability: float | None
    reliability_ci: tuple[float, float] | None
    correlation: float | None
    correlation_ci: tuple[float, float] | None


# Of a task whose truth cannot be halved.
NO_CEILING = Ceiling(0, 0, None, None, None, None, None)


def repeatability(truth: Truth, units: Units, resamples: Resamples, min_trials: int) -> Ceiling:
    """The ceiling from random halves of each pair's trials, averaged over `N_SPLITS` splits."""
    enough = truth.measured[:, 0] & (truth.n_trials[:, 0] >= min_trials)
    rng = np.random.default_rng(resamples.seed)
    correlation = METRICS["correlation"]
    trials = {(case, neuron): truth.trials(case, neuron) for case, neuron in np.argwhere(enough).tolist()}
    splits = [_half_means(trials, enough.shape, units, rng) for _ in range(N_SPLITS)]
    samples = np.mean([correlation.values(split, resamples.rows, resamples.columns) for split in splits], axis=0)
    full = _spearman_brown(samples)
    root = np.sqrt(np.maximum(full, 0.0))
    return Ceiling(
        min_trials=min_trials,
        n_pairs=len(splits[0]),
        split_half=_defined(samples[0]),
        reliability=_defined(full[0]),
        reliability_ci=interval(full),
        correlation=_defined(root[0]),
        correlation_ci=interval(root),
    )


def _spearman_brown(split_half: Resampled) -> Resampled:
    """Reliability of the full mean (Spearman 1910, Brown 1910); NaN at a split-half correlation of -1."""
    return np.divide(2 * split_half, 1 + split_half, out=np.full_like(split_half, np.nan), where=split_half > -1)


def _half_means(
    trials: dict[tuple[int, int], Float[np.ndarray, " trial"]],
    shape: tuple[int, ...],
    units: Units,
    rng: np.random.Generator,
) -> Evidence:
    first, second = np.full(shape, np.nan), np.full(shape, np.nan)
    for pair, values in trials.items():
        first[pair], second[pair] = _split_mean(values, rng)
    return gather(first[:, None], second[:, None], np.isfinite(first[:, None]), units)


def _split_mean(trials: Float[np.ndarray, " trial"], rng: np.random.Generator) -> tuple[float, float]:
    """Means of two random halves of the trials that have a value; NaN with fewer than two."""
    shuffled = rng.permutation(trials[np.isfinite(trials)])
    half = len(shuffled) // 2
    return (float(shuffled[:half].mean()), float(shuffled[half:].mean())) if half else (np.nan, np.nan)


def _defined(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
