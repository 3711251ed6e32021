"""The homologue bound: what left and right neurons share is taken for what can be told of either at all.

Nothing was repeated, so that noise cannot be told from what is predictable. Of homologues that carry the same signal
with independent noise, the correlation is the reliability of each (Spearman 1904), and so the largest R² of what has
no part in their noise. It is no strict bound: a neuron may share more with others than with its homologue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from braincast.brain.homologues import homologue_pairs
from braincast.scoring.imputation.assessor import ImputationAssessor
from braincast.scoring.imputation.measures import correlation_of_neurons, mean_of_neurons
from braincast.scoring.scores import defined
from braincast.scoring.weighting import case_weighted_sums

RELIABLE = 0.2


@dataclass(frozen=True, eq=False)
class HomologueBound:
    """Reliability of each neuron in each recording on the sample (NaN without a homologue), and its mean resampled."""

    n_pairs: int
    reliability: Float[np.ndarray, "recording neuron"]
    mean: Float[np.ndarray, " resample"]

    @property
    def is_reliable(self) -> Bool[np.ndarray, "recording neuron"]:
        """Where scores may be divided by it."""
        with np.errstate(invalid="ignore"):
            return self.reliability > RELIABLE

    def to_dict(self, ci: tuple[float, float] | None) -> dict[str, Any]:
        """Plain data for a scorecard."""
        return {
            "n_pairs": self.n_pairs,
            "reliability": defined(float(self.mean[0])),
            "reliability_ci": ci,
            "least": RELIABLE,
            "share_reliable": float(self.is_reliable.mean()) if self.n_pairs else None,
        }


def homologue_bound(assessor: ImputationAssessor) -> HomologueBound:
    """Correlation of homologues in the windows of the headline; NaN throughout where there are none."""
    neurons = assessor.card.neurons
    pairs = _places(neurons)
    recordings = np.unique(assessor.recording[assessor.headline])
    reliability = np.full((len(recordings), len(neurons)), np.nan)
    total, weight = np.zeros((2, assessor.resamples.n_resamples + 1))
    for row, recording in enumerate(recordings if len(pairs) else ()):
        rows = np.flatnonzero(assessor.headline & (assessor.recording == recording))
        counts = assessor.resamples.counts[:, rows]
        found = _correlations(assessor.truth[rows], pairs, counts)
        reliability[row, pairs] = found[0][:, None]
        drawn = counts.sum(axis=1)
        with np.errstate(invalid="ignore"):
            total += np.where(drawn > 0, drawn * mean_of_neurons(found), 0.0)
        weight += drawn
    with np.errstate(divide="ignore", invalid="ignore"):
        return HomologueBound(len(pairs), reliability, total / weight)


def share_of(bound: HomologueBound, r2: Float[np.ndarray, "recording neuron"]) -> float | None:
    """Mean over reliable neurons of R² / reliability, whatever its size; None where there are none."""
    shares = r2[bound.is_reliable] / bound.reliability[bound.is_reliable]
    return defined(float(shares.mean())) if len(shares) else None


def _places(neurons: Sequence[str]) -> np.ndarray:
    place = {neuron: index for index, neuron in enumerate(neurons)}
    return np.array([(place[a], place[b]) for a, b in homologue_pairs(neurons)], dtype=np.int64).reshape(-1, 2)


def _correlations(
    truth: Float[np.ndarray, "window lead neuron"], pairs: np.ndarray, counts: np.ndarray
) -> Float[np.ndarray, "resample pair"]:
    left, right = truth[..., pairs[:, 0]], truth[..., pairs[:, 1]]
    seen = np.isfinite(left) & np.isfinite(right)
    a, b = np.where(seen, left, 0.0), np.where(seen, right, 0.0)
    values = {
        "count": seen.astype(float),
        "truth": a,
        "prediction": b,
        "truth_squared": a * a,
        "prediction_squared": b * b,
        "product": a * b,
    }
    return correlation_of_neurons({k: case_weighted_sums(v.sum(axis=1), counts) for k, v in values.items()})
