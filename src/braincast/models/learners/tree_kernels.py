"""Compiled loops of tree boosting: growing one tree, and walking down many."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from numba import njit


@njit(cache=True)
@no_type_check
def grow(binned, gradient, curvature, rows, chosen, depth, ridge, min_rows, rate):
    """One tree: feature and bin of each node (right is above the bin), value of each leaf."""
    n_nodes = 2**depth - 1
    feature = np.full(n_nodes, -1, np.int64)
    cut = np.zeros(n_nodes, np.int64)
    node_of = np.zeros(len(rows), np.int64)
    for level in range(depth):
        first, width = 2**level - 1, 2**level
        sums = _histograms(binned, gradient, curvature, rows, chosen, node_of, first, width)
        for node in range(width):
            best = 1e-9
            for place in range(len(chosen)):
                gain, bin_ = _best_cut(sums[node, place], ridge, min_rows)
                if gain > best:
                    best, feature[first + node], cut[first + node] = gain, chosen[place], bin_
        for index in range(len(rows)):
            node = node_of[index]
            right = feature[node] >= 0 and binned[feature[node], rows[index]] > cut[node]
            node_of[index] = 2 * node + (2 if right else 1)
    totals = np.zeros((n_nodes + 1, 2))
    for index in range(len(rows)):
        totals[node_of[index] - n_nodes, 0] += gradient[rows[index]]
        totals[node_of[index] - n_nodes, 1] += curvature[rows[index]]
    value = np.zeros(n_nodes + 1)
    for leaf in range(n_nodes + 1):
        if totals[leaf, 1] > 0:
            value[leaf] = -rate * totals[leaf, 0] / (totals[leaf, 1] + ridge)
    return feature, cut, value


@njit(cache=True)
@no_type_check
def _histograms(binned, gradient, curvature, rows, chosen, node_of, first, width):
    sums = np.zeros((width, len(chosen), 256, 3))
    for place in range(len(chosen)):
        bins = binned[chosen[place]]
        for index in range(len(rows)):
            row = rows[index]
            cell = sums[node_of[index] - first, place, bins[row]]
            cell[0] += gradient[row]
            cell[1] += curvature[row]
            cell[2] += 1.0
    return sums


@njit(cache=True)
@no_type_check
def _best_cut(sums, ridge, min_rows):
    """The gain of the best threshold of one feature in one node, and its bin; gain 0 where none is allowed."""
    total = sums.sum(axis=0)
    before = total[0] ** 2 / (total[1] + ridge)
    left = np.zeros(3)
    best, best_bin = 0.0, 0
    for bin_ in range(len(sums) - 1):
        left += sums[bin_]
        if left[2] < min_rows or total[2] - left[2] < min_rows:
            continue
        right_gradient, right_curvature = total[0] - left[0], total[1] - left[1]
        gain = left[0] ** 2 / (left[1] + ridge) + right_gradient**2 / (right_curvature + ridge) - before
        if gain > best:
            best, best_bin = gain, bin_
    return best, best_bin


@njit(cache=True)
@no_type_check
def leaf_values(binned, feature, cut, value):
    n_nodes = len(feature)
    out = np.empty(binned.shape[1])
    for row in range(binned.shape[1]):
        node = 0
        while node < n_nodes:
            right = feature[node] >= 0 and binned[feature[node], row] > cut[node]
            node = 2 * node + (2 if right else 1)
        out[row] = value[node - n_nodes]
    return out


@njit(cache=True)
@no_type_check
def sum_of_trees(rows, feature, threshold, value):
    n_nodes = feature.shape[1]
    out = np.zeros(len(rows))
    for row in range(len(rows)):
        for tree in range(len(feature)):
            node = 0
            while node < n_nodes:
                right = feature[tree, node] >= 0 and rows[row, feature[tree, node]] > threshold[tree, node]
                node = 2 * node + (2 if right else 1)
            out[row] += value[tree, node - n_nodes]
    return out
