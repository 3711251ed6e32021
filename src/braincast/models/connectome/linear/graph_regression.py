"""Regression of the next frame on a neuron's own past and on what it hears, with weights that neurons share.

The weights of neuron i are B [1, z_i] + what its class has beside that + what it has itself, where z_i are traits of
the neuron; each part is shrunk to the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.models.connectome.linear.channels import Channels, heard
from braincast.models.forecasters.memory import remembered
from braincast.tasks.forecasting.training import ForecastTraining

_RIDGE_FLOOR = 1e-9


@dataclass(frozen=True, eq=False)
class HeardMoments:
    """Sums over `n_rows` windows for each neuron: own last frames, channels at each lag, the next frame."""

    n_rows: int
    total: Float[np.ndarray, "neuron row"]
    gram: Float[np.ndarray, "neuron row row"]

    def __add__(self, other: HeardMoments) -> HeardMoments:
        return HeardMoments(self.n_rows + other.n_rows, self.total + other.total, self.gram + other.gram)

    @property
    def mean(self) -> Float[np.ndarray, "neuron row"]:
        return self.total / self.n_rows

    @property
    def covariance(self) -> Float[np.ndarray, "neuron row row"]:
        return self.gram / self.n_rows - self.mean[:, :, None] * self.mean[:, None, :]


@dataclass(frozen=True, eq=False)
class Sharing:
    """How weights are shared: traits [neuron, trait] and classes of the neurons, and the penalties on each part.

    `penalty` is on what all share, `trait_penalty` on what traits add, `class_penalty` on what a class has of its own,
    `neuron_penalty` on what a neuron has, for each feature; None is as good as infinite: no such part.
    """

    traits: Float[np.ndarray, "neuron trait"]
    classes: Int[np.ndarray, " neuron"]
    penalty: float
    trait_penalty: float = 0.0
    class_penalty: Float[np.ndarray, " feature"] | None = None
    neuron_penalty: Float[np.ndarray, " feature"] | None = None


def heard_moments(
    training: ForecastTraining, channels: Channels, order: int, partner_frames: int
) -> dict[int, HeardMoments]:
    """The moments of each recording in its own wiring; remembered for other candidates with the same channels."""

    def make() -> dict[int, HeardMoments]:
        found: dict[int, HeardMoments] = {}
        for series in training.series:
            back = max(order, partner_frames + channels.longest_delay)
            if series.n_frames > back:
                wiring = int(channels.links.which[series.recording])
                of = _moments(series.activity, channels, wiring, order, partner_frames, back)
                found[series.recording] = found[series.recording] + of if series.recording in found else of
        return found

    return remembered(training, ("heard moments", channels, order, partner_frames), make)


def _moments(
    activity: Float[np.ndarray, "time neuron"],
    channels: Channels,
    wiring: int,
    order: int,
    partner_frames: int,
    back: int,
) -> HeardMoments:
    x = np.ascontiguousarray(activity.T, dtype=float)
    n_rows, last = x.shape[1] - back, x.shape[1]
    rows = [x[:, last - n_rows - lag : last - lag] for lag in range(1, order + 1)]
    for channel in range(len(channels)):
        rows += [heard(channels, channel, wiring, x, lag, n_rows) for lag in range(1, partner_frames + 1)]
    every = np.stack([*rows, x[:, last - n_rows :]], axis=1)
    return HeardMoments(n_rows, every.sum(axis=2), every @ every.transpose(0, 2, 1))


def shared_weights(moments: HeardMoments, sharing: Sharing) -> Float[np.ndarray, "neuron feature"]:
    """Each neuron's weights of least mean squared error + the penalties."""
    covariance = moments.covariance
    gram, cross = covariance[:, :-1, :-1], covariance[:, :-1, -1]
    weights = _of_traits(gram, cross, sharing)
    for groups, penalty in ((sharing.classes, sharing.class_penalty), (None, sharing.neuron_penalty)):
        if penalty is not None:
            weights = weights + _of_groups(gram, cross, weights, groups, penalty)
    return weights


def intercepts(moments: HeardMoments, weights: Float[np.ndarray, "neuron feature"]) -> Float[np.ndarray, " neuron"]:
    """What makes each neuron's mean error 0."""
    return moments.mean[:, -1] - (moments.mean[:, :-1] * weights).sum(axis=1)


def _of_traits(gram: np.ndarray, cross: np.ndarray, sharing: Sharing) -> Float[np.ndarray, "neuron feature"]:
    """B [1, z_i]: one least squares over all neurons."""
    n_neurons, n_features = cross.shape
    z = np.concatenate([np.ones((n_neurons, 1)), sharing.traits], axis=1)
    size = z.shape[1] * n_features
    left = np.einsum("na,nb,nfg->afbg", z, z, gram, optimize=True).reshape(size, size) / n_neurons
    right = np.einsum("na,nf->af", z, cross).ravel() / n_neurons
    penalties = np.full((z.shape[1], n_features), sharing.trait_penalty)
    penalties[0] = sharing.penalty
    left[np.diag_indices(size)] += penalties.ravel() + _RIDGE_FLOOR
    return z @ np.linalg.solve(left, right).reshape(z.shape[1], n_features)


def _of_groups(
    gram: np.ndarray,
    cross: np.ndarray,
    weights: Float[np.ndarray, "neuron feature"],
    groups: Int[np.ndarray, " neuron"] | None,
    penalty: Float[np.ndarray, " feature"],
) -> Float[np.ndarray, "neuron feature"]:
    """What each group (None: each neuron) has beside its weights so far."""
    rest = cross - np.einsum("nfg,ng->nf", gram, weights)
    if groups is not None:
        members = np.equal.outer(np.unique(groups), groups).astype(float)
        members /= members.sum(axis=1, keepdims=True)
        gram, rest = np.tensordot(members, gram, axes=1), members @ rest
    left = gram + np.diag(penalty + _RIDGE_FLOOR)
    found = np.linalg.solve(left, rest[:, :, None])[:, :, 0]
    return found if groups is None else found[np.unique(groups, return_inverse=True)[1]]


def by_recording(evidence: Sequence[HeardMoments], sharing: Sharing) -> tuple[np.ndarray, np.ndarray]:
    """Weights [fit, neuron, feature] and intercepts [fit, neuron] of several fits."""
    weights = np.stack([shared_weights(moments, sharing) for moments in evidence])
    return weights, np.stack([intercepts(moments, w) for moments, w in zip(evidence, weights, strict=True)])
