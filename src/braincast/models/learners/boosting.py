"""Gradient-boosted decision trees for yes-or-no outcomes, grown level by level on binned features (Friedman 2001).

Written here, and not taken from a library, because a fit must be plain arrays that can be saved, hashed and compared
to the bit, on any machine and number of cores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.special import expit, logit

_MAX_BINS = 64


@dataclass(frozen=True, eq=False)
class BoostedTrees:
    """Trees of one depth, each node with the feature and threshold that sends a row right; -1 for no split."""

    base: float
    feature: Int[np.ndarray, "tree node"]
    threshold: Float[np.ndarray, "tree node"]
    value: Float[np.ndarray, "tree leaf"]

    @property
    def n_parameters(self) -> int:
        return 1 + int((self.feature >= 0).sum()) * 2 + self.value.size

    def probability(self, features: Float[np.ndarray, "row feature"]) -> Float[np.ndarray, " row"]:
        """Probability of the outcome for each row."""
        from braincast.models.learners.tree_kernels import sum_of_trees  # numba is heavy and only needed here

        rows = np.ascontiguousarray(features, dtype=np.float64)
        return expit(self.base + sum_of_trees(rows, self.feature, self.threshold, self.value))


@dataclass(frozen=True)
class Growth:
    """How trees are grown; shares are drawn anew for each tree, without replacement."""

    n_trees: int = 150
    depth: int = 3
    rate: float = 0.05
    ridge: float = 10.0
    min_rows: int = 100
    row_share: float = 0.7
    feature_share: float = 0.3


def fit_trees(
    features: Float[np.ndarray, "row feature"], outcome: Float[np.ndarray, " row"], growth: Growth, *, seed: int
) -> BoostedTrees:
    """Newton boosting of the log likelihood; bins hold equal shares of the rows, or one value each if there are few."""
    from braincast.models.learners.tree_kernels import grow, leaf_values  # numba is heavy and only needed here

    rng = np.random.default_rng(seed)
    edges = [_edges(column) for column in features.T]
    columns = zip(features.T, edges, strict=True)
    binned = np.array([np.searchsorted(edge, column, side="left") for column, edge in columns], dtype=np.uint8)
    # Half a row keeps the start finite where all outcomes are alike.
    least = 0.5 / (len(outcome) + 1.0)
    base = float(logit(np.clip(outcome.mean(), least, 1 - least)))
    log_odds = np.full(len(outcome), base)
    n_nodes = 2**growth.depth - 1
    feature = np.full((growth.n_trees, n_nodes), -1, dtype=np.int64)
    threshold = np.zeros((growth.n_trees, n_nodes))
    value = np.zeros((growth.n_trees, n_nodes + 1))
    for tree in range(growth.n_trees):
        probability = expit(log_odds)
        gradient, curvature = probability - outcome, probability * (1 - probability)
        rows = _share_of(len(outcome), growth.row_share, rng)
        chosen = _share_of(len(binned), growth.feature_share, rng)
        grown = grow(
            binned, gradient, curvature, rows, chosen, growth.depth, growth.ridge, growth.min_rows, growth.rate
        )
        feature[tree], cut, value[tree] = grown
        log_odds += leaf_values(binned, feature[tree], cut, value[tree])
        threshold[tree] = [edges[f][c] if f >= 0 else 0.0 for f, c in zip(feature[tree], cut, strict=True)]
    return BoostedTrees(base, feature, threshold, value)


def _edges(column: Float[np.ndarray, " row"]) -> Float[np.ndarray, " edge"]:
    """Thresholds between bins: midpoints of distinct values, or quantiles where there are more than 64 of them."""
    distinct = np.unique(column)
    if len(distinct) <= _MAX_BINS:
        return (distinct[:-1] + distinct[1:]) / 2
    return np.unique(np.quantile(column, np.arange(1, _MAX_BINS) / _MAX_BINS))


def _share_of(n: int, share: float, rng: np.random.Generator) -> Int[np.ndarray, " chosen"]:
    return np.arange(n) if share >= 1 else np.sort(rng.permutation(n)[: max(1, round(share * n))])
