"""What is computed of each path and can be added over paths: every measure is a function of such sums."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Int

from braincast.scoring.rollouts.divergence import log_distances
from braincast.scoring.rollouts.ruler import DENSITY_COMPONENTS, Ruler

Paths = Float[np.ndarray, "case lead neuron"]
Sums = Mapping[str, Float[np.ndarray, "case *shape"]]
_SMOOTHING = 1.0  # of spectra: a standard deviation of one frequency bin
_LAG_SHARE = 4  # autocorrelations up to a quarter of the horizon


def path_sums(
    paths: Paths, start: Int[np.ndarray, " case"], ruler: Ruler, stable: Float[np.ndarray, " case"] | None = None
) -> Sums:
    """All sums of each path; `start` is the frame of the recording that its first lead stands for.

    `stable` is the share of the horizon before it blew up; brains never do.
    """
    from scipy.ndimage import gaussian_filter1d

    stable = np.ones(len(paths)) if stable is None else stable
    scores, quarter = ruler.scores(paths), max(1, paths.shape[1] // 4)
    early, late = paths[:, :quarter], paths[:, -quarter:]
    growth, pairs = log_distances(scores, start, ruler)
    return {
        "cases": np.ones(len(paths)),
        "visits": visits(scores, ruler),
        "spectrum": gaussian_filter1d(power(paths), _SMOOTHING, axis=1, mode="nearest"),
        "products": lagged_products(paths, paths.shape[1] // _LAG_SHARE),
        "scores": scores.sum(axis=1),
        "score_products": scores.transpose(0, 2, 1) @ scores,
        "frames": np.full(len(paths), float(paths.shape[1])),
        "growth": growth,
        "pairs": pairs,
        "early": early.mean(axis=1),
        "late": late.mean(axis=1),
        "early_squares": (early**2).mean(axis=1),
        "late_squares": (late**2).mean(axis=1),
        "stable": stable,
        "blown": (stable < 1).astype(np.float64),
    }


def visits(scores: Float[np.ndarray, "case lead component"], ruler: Ruler) -> Float[np.ndarray, "case bin"]:
    """How many frames each bin of the first components holds."""
    n_bins, place = ruler.n_bins, np.zeros(scores.shape[:2], dtype=np.int64)
    for axis, edges in enumerate(ruler.edges):
        place = place * n_bins + np.searchsorted(edges, scores[..., axis])
    n_all = n_bins ** min(DENSITY_COMPONENTS, len(ruler.edges))
    return np.stack([np.bincount(of, minlength=n_all).astype(np.float64) for of in place])


def power(paths: Paths) -> Float[np.ndarray, "case frequency neuron"]:
    """Periodograms of each path less its mean under a Hann taper, from one cycle in the horizon up (Welch 1967).

    Scaled so that over many paths of white noise of unit variance the mean is 1 at every frequency.
    """
    from scipy.signal import get_window

    taper = np.asarray(get_window("hann", paths.shape[1]), dtype=np.float64)
    moved = paths - paths.mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(moved * taper[:, None], axis=1)) ** 2 / (taper**2).sum()
    return spectrum[:, 1:]


def lagged_products(paths: Paths, most: int) -> Float[np.ndarray, "case lag neuron"]:
    """Σ x(t) x(t + lag) of each path less its mean, for lags from 0 to `most`."""
    n_leads = paths.shape[1]
    moved = paths - paths.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(moved, n=2 * n_leads, axis=1)
    return np.fft.irfft(np.abs(spectrum) ** 2, n=2 * n_leads, axis=1)[:, : most + 1]


def stable_share(paths: Paths, limit: float) -> Float[np.ndarray, " case"]:
    """Share of the horizon before a path reached the limit; 1 for one that never did."""
    out = np.any(np.abs(paths) >= np.float32(limit), axis=2)
    return np.where(out.any(axis=1), out.argmax(axis=1) / paths.shape[1], 1.0)
