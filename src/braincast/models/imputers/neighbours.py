"""Neighbours: hidden neurons follow those that they are wired with, by coefficients that all neurons share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from jaxtyping import Float, Int
from scipy import linalg

from braincast.brain.brains import Brains
from braincast.brain.connectome import Connectome, EdgeKind
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, scoped
from braincast.models.imputers.covariance import Covariance, covariances
from braincast.models.imputers.imputer import FittedImputer, groups_of, imputer_card
from braincast.models.interface import Setting, Settings
from braincast.tasks.forecasting.training import ForecastTraining

Sums = Float[np.ndarray, "sum source target"]


@dataclass(frozen=True, eq=False)
class Wiring:
    """Of each different wiring, the weights with which partners are summed: by kind of edge, inputs then outputs."""

    sums: tuple[Sums, ...]
    which: Int[np.ndarray, " recording"]


class Neighbours:
    """A ridge regression on sums over wired partners: inputs and outputs by kind of edge, the same for every neuron.

    What a neuron did in training teaches nothing about itself: coefficients for the neurons of a group come from all
    other groups, with that group hidden. So it answers for neurons that were never seen.
    """

    card = imputer_card(
        "neighbours",
        "A few coefficients on sums over wired partners that are visible, learned from other neurons.",
        {
            "penalty": PENALTY,
            "power": Setting("Weights of edges count by this power: 0 counts partners", upper=2.0),
            "scope": SCOPE,
        },
        caveat="Says nothing of a neuron that is wired with no visible one: its training mean is answered.",
        uses=("activity", "connectome"),
        typical_fit_s=1.0,
    )
    fitted_type = FittedImputer
    candidates: tuple[Settings, ...] = tuple(
        {"penalty": penalty, "power": power, "scope": scope}
        for penalty in (1e-3, 1e-1)
        for power in (0.0, 0.5, 1.0)
        for scope in (POOLED, OWN)
    )

    def prepare(self, structure: Brains) -> Wiring:
        """Weights of partners by kind and direction; E307 where a recording has no wiring."""
        found = structure.connectomes
        kinds = [kind for kind in get_args(EdgeKind) if any(kind in one.kinds for one in found)]
        return Wiring(tuple(_partners(one, kinds) for one in found), structure.which)

    def fit(self, training: ForecastTraining, prepared: Wiring, settings: Settings, *, seed: int) -> FittedImputer:
        groups, found = groups_of(training), covariances(training)
        sums = [weights ** settings["power"] * (weights > 0) for weights in prepared.sums]
        evidence = {
            number: Evidence(of, learned_sums(sums[prepared.which[number]], of.matrix, groups) * of.n_frames)
            for number, of in found.items()
        }
        known, each = scoped(training, evidence, settings["scope"])
        own = dict(zip(known.tolist(), each, strict=False))
        answered = sorted({*training.recordings, *training.answers})
        fits = [own.get(number, each[-1]) for number in answered]
        weights = [
            _weights(of, sums[prepared.which[number]], groups, settings["penalty"])
            for number, of in zip(answered, fits, strict=True)
        ]
        n_fitted = len(each) * len(sums[0]) * (1 + int(groups.max()))
        level = np.stack([of.activity.mean for of in [*fits, each[-1]]])
        return FittedImputer(level, np.stack([*weights, weights[-1]]), np.array(answered), n_fitted)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What coefficients are learned from, which can be added over recordings of different wiring.

    `products[group]` are those of sums with each other and, last, with the target, over all targets outside the group.
    """

    activity: Covariance
    products: Float[np.ndarray, "group sum column"]

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.activity + other.activity, self.products + other.products)


def learned_sums(
    sums: Sums, covariance: Float[np.ndarray, "neuron neuron"], groups: Int[np.ndarray, " neuron"]
) -> Float[np.ndarray, "group sum column"]:
    """Products for the coefficients of each group, per neuron: its neurons are neither targets nor partners."""
    return np.stack([_products(sums, covariance, groups, group) for group in range(1 + int(groups.max()))])


def _products(sums: Sums, covariance: np.ndarray, groups: np.ndarray, group: int) -> Float[np.ndarray, "sum column"]:
    target = groups != group
    seen = (groups[:, None] != groups[target]) & target[:, None]
    means = _means(sums[:, :, target], seen)
    flat = means.reshape(len(means), seen.size)
    products = flat @ (covariance @ means).reshape(len(means), seen.size).T
    return np.concatenate([products, flat @ covariance[:, target].reshape(-1, 1)], axis=1) / target.sum()


def _weights(of: Evidence, sums: Sums, groups: np.ndarray, penalty: float) -> Float[np.ndarray, "source target"]:
    """Weights of visible partners, by the coefficients of each target's group."""
    means = _means(sums, groups[:, None] != groups)
    coefficients = np.stack([_coefficients(own / of.activity.n_frames, penalty) for own in of.products])
    return np.einsum("kst,tk->st", means, coefficients[groups])


def _coefficients(products: Float[np.ndarray, "sum column"], penalty: float) -> Float[np.ndarray, " sum"]:
    if not len(products):
        return np.zeros(0)
    return linalg.solve(products[:, :-1] + (penalty + 1e-9) * np.eye(len(products)), products[:, -1], assume_a="pos")


def _means(sums: Sums, seen: np.ndarray) -> Sums:
    """Weights that make means of sums over partners that are seen; 0 where there are none."""
    own = sums * seen
    total = own.sum(axis=1, keepdims=True)
    return np.divide(own, total, out=np.zeros_like(own), where=total > 0)


def _partners(connectome: Connectome, kinds: Sequence[EdgeKind]) -> Sums:
    """[source, target]: what comes in from the source, then what goes out to it; of edges both ways each counts."""
    n = connectome.n_neurons
    matrices = [connectome.adjacency(kind).toarray() for kind in kinds]
    both = [matrix for inputs in matrices for matrix in (inputs, inputs.T)]
    return np.stack(both) if both else np.zeros((0, n, n))
