"""Sums of products between a neuron's own last frames and those of its partners: normal equations that stay sparse.

Each neuron has equations over its own past and its own links alone, so that the cost goes with the edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int
from scipy import linalg

from braincast.models.connectome.linear.links import Links
from braincast.models.forecasters.memory import remembered
from braincast.tasks.forecasting.training import ForecastTraining

_RIDGE_FLOOR = 1e-9  # keeps a constant neuron's equations solvable


@dataclass(frozen=True, eq=False)
class PartnerMoments:
    """Sums over `n_rows` windows in one wiring; one array for each neuron.

    Rows and columns are the neuron's own last frames (the last one first), then for each partner frame (the last one
    first) its links in order, then the neuron's next frame.
    """

    wiring: int
    n_rows: int
    totals: tuple[Float[np.ndarray, " _"], ...]
    grams: tuple[Float[np.ndarray, "_ _"], ...]

    def __add__(self, other: PartnerMoments) -> PartnerMoments:
        totals = tuple(a + b for a, b in zip(self.totals, other.totals, strict=True))
        grams = tuple(a + b for a, b in zip(self.grams, other.grams, strict=True))
        return PartnerMoments(self.wiring, self.n_rows + other.n_rows, totals, grams)


@dataclass(frozen=True, eq=False)
class Inputs:
    """How far each neuron looks back at itself and at its partners, and which links are its own."""

    links: Links
    order: int
    partner_frames: int

    @property
    def n_frames(self) -> int:
        """Frames of a window, the next one included."""
        return max(self.order, self.partner_frames) + 1

    @property
    def is_dense(self) -> bool:
        """Whether products of all pairs cost less than those of each neuron's inputs."""
        n_inputs = [self.order + self.partner_frames * len(own) for own in self.of_each_neuron]
        all_pairs = self.n_frames * self.partner_frames * self.links.n_neurons**2
        return not self.links.is_diffusive.any() and sum(n**2 for n in n_inputs) > all_pairs

    @cached_property
    def of_each_neuron(self) -> list[Int[np.ndarray, " _"]]:
        """The links that end at each neuron."""
        order = np.argsort(self.links.post, kind="stable")
        bounds = np.searchsorted(self.links.post[order], np.arange(self.links.n_neurons + 1))
        return [order[first:last] for first, last in pairwise(bounds.tolist())]


Evidence = tuple[PartnerMoments, ...]  # one for each wiring, or for each recording


def partner_moments(training: ForecastTraining, inputs: Inputs) -> dict[int, Evidence]:
    """The moments of each recording; remembered for other candidates of the same wiring."""

    def make() -> dict[int, Evidence]:
        found: dict[int, PartnerMoments] = {}
        for series in training.series:
            if series.n_frames >= inputs.n_frames:
                of = _moments(series.activity, inputs, int(inputs.links.which[series.recording]))
                found[series.recording] = found[series.recording] + of if series.recording in found else of
        return {recording: (moments,) for recording, moments in found.items()}

    return remembered(training, ("partner moments", inputs.links, inputs.order, inputs.partner_frames), make)


def _moments(activity: Float[np.ndarray, "time neuron"], inputs: Inputs, wiring: int) -> PartnerMoments:
    n_rows = len(activity) - inputs.n_frames + 1
    x = np.ascontiguousarray(activity.T, dtype=float)
    first = inputs.n_frames - 1
    ago = np.stack([x[:, first - lag : first - lag + n_rows] for lag in range(inputs.n_frames)])
    totals, grams = _through_all_pairs(ago, inputs) if inputs.is_dense else _neuron_by_neuron(ago, inputs)
    return PartnerMoments(wiring, n_rows, tuple(totals), tuple(grams))


def _neuron_by_neuron(ago: Float[np.ndarray, "lag neuron row"], inputs: Inputs) -> tuple[list, list]:
    """Sums and products of each neuron's inputs and next frame, from these rows alone."""
    links, totals, grams = inputs.links, [], []
    for neuron, own in enumerate(inputs.of_each_neuron):
        rows = [ago[1 : inputs.order + 1, neuron]]
        for lag in range(1, inputs.partner_frames + 1):
            of_partners = ago[lag][links.pre[own]]
            of_partners[links.is_diffusive[own]] -= ago[lag][neuron]
            rows.append(of_partners)
        every = np.concatenate([*rows, ago[:1, neuron]])
        totals.append(every.sum(axis=1))
        grams.append(every @ every.T)
    return totals, grams


def _through_all_pairs(ago: Float[np.ndarray, "lag neuron row"], inputs: Inputs) -> tuple[list, list]:
    """The same where nearly all pairs are linked: products of all pairs once, of which each neuron takes its own."""
    n_neurons, flat = ago.shape[1], ago.reshape(-1, ago.shape[2])
    sums, totals, grams = flat.sum(axis=1), [], []
    products = flat @ flat[n_neurons : (inputs.partner_frames + 1) * n_neurons].T  # columns begin at lag 1
    itself = np.einsum("anr,bnr->nab", ago, ago, optimize=True)
    for neuron, own in enumerate(inputs.of_each_neuron):
        column = (np.arange(inputs.partner_frames)[:, None] * n_neurons + inputs.links.pre[own]).ravel()
        lags = np.r_[1 : inputs.order + 1, 0]
        rows = np.concatenate([lags[:-1] * n_neurons + neuron, column + n_neurons, [neuron]])
        gram = np.empty((len(rows), len(rows)))
        gram[:, inputs.order : -1] = products[np.ix_(rows, column)]
        gram[inputs.order : -1] = gram[:, inputs.order : -1].T.copy()
        outer = np.r_[: inputs.order, len(rows) - 1]
        gram[np.ix_(outer, outer)] = itself[neuron][np.ix_(lags, lags)]
        totals.append(sums[rows])
        grams.append(gram)
    return totals, grams


def ridge_on_partners(
    evidence: Sequence[PartnerMoments],
    neuron: int,
    scales: Float[np.ndarray, "wiring feature"],
    penalties: Float[np.ndarray, " feature"],
) -> tuple[float, Float[np.ndarray, " feature"]]:
    """Intercept and weights of least mean squared error + Σ penalty · weight².

    In each wiring features are multiplied by that wiring's `scales`: weights are shared, what they act on is not.
    """
    n_rows = sum(moments.n_rows for moments in evidence)
    total, gram = np.zeros(len(penalties) + 1), np.zeros((len(penalties) + 1, len(penalties) + 1))
    for moments in evidence:
        scale = np.append(scales[moments.wiring], 1.0)
        total += scale * moments.totals[neuron]
        gram += scale[:, None] * moments.grams[neuron] * scale
    mean = total / n_rows
    covariance = gram / n_rows - np.outer(mean, mean)
    left = covariance[:-1, :-1]
    left[np.diag_indices_from(left)] += penalties + _RIDGE_FLOOR
    factor = linalg.cho_factor(left, lower=True, check_finite=False)
    weights = linalg.cho_solve(factor, covariance[:-1, -1], check_finite=False)
    return float(mean[-1] - mean[:-1] @ weights), weights
