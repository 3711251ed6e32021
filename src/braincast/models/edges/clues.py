"""Clues about a circuit that are not its wiring: what neurons did, how they responded, express, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.brain.specimen import Specimen
from braincast.models.connectome.chemistry import INNEXINS

AXES_UM = ("x_um", "y_um", "z_um")
_SHRINKAGE = 0.1  # of a correlation matrix towards none, so that it can be inverted
_LEAST_Q = 1e-12


@dataclass(frozen=True, eq=False)
class Clues:
    """Of each neuron, in a question's order; NaN where it was not measured.

    `activity` are frames of one recording in standard deviations; `response[pre, post]` is -log10 of the q of a
    response to stimulation; `genes` and `innexins` are log(1 + TPM).
    """

    activity: Float[np.ndarray, "time neuron"]
    response: Float[np.ndarray, "pre post"]
    genes: Float[np.ndarray, "gene neuron"]
    innexins: Float[np.ndarray, "innexin neuron"]
    place_um: Float[np.ndarray, "neuron axis"]

    def permuted(self, *, seed: int) -> Clues:
        """Neurons exchange activity, responses and genes at random; places stay.

        Only neurons of which the same is known exchange it: which pairs have a clue says something of wiring, too.
        """
        rng = np.random.default_rng(seed)
        order = _within(~np.isnan(self.response).all(axis=1), rng)
        genes = _within(~np.isnan(self.genes).any(axis=0), rng)
        return replace(
            self,
            activity=self.activity[:, _within(~np.isnan(self.activity).any(axis=0), rng)],
            response=self.response[np.ix_(order, order)],
            genes=self.genes[:, genes],
            innexins=self.innexins[:, genes],
        )


def clues_of(specimen: Specimen, recorded: Specimen, neurons: tuple[str, ...]) -> Clues:
    """From an atlas with responses, expression and places, and the first recording of another animal."""
    connectome, expression, responses = specimen.connectome, specimen.expression, specimen.responses
    if connectome is None or expression is None or responses is None:
        raise ValueError("an atlas with places, expression and responses is needed")
    recording = next(iter(recorded.recordings.values()))
    table = connectome.neurons.set_index("id").reindex(list(neurons))
    known = set(expression.genes)
    return Clues(
        activity=_standardised(_columns(np.asarray(recording.read(0, recording.n_frames)), recording.neurons, neurons)),
        response=_pairs(-np.log10(np.maximum(responses.q, _LEAST_Q)), responses.neurons, neurons),
        genes=_columns(np.log1p(expression.values), expression.neurons, neurons),
        innexins=_columns(
            np.log1p(expression.subset(genes=[gene for gene in INNEXINS if gene in known]).values),
            expression.neurons,
            neurons,
        ),
        place_um=table[list(AXES_UM)].to_numpy(np.float64),
    )


def correlation(values: Float[np.ndarray, "row neuron"]) -> Float[np.ndarray, "neuron neuron"]:
    """Pearson's r between neurons that were measured; NaN for others and for neurons that never vary."""
    found = np.full((values.shape[1], values.shape[1]), np.nan)
    own = np.flatnonzero(np.isfinite(values).all(axis=0) & (values.std(axis=0) > 0))
    if len(own) > 1:
        found[np.ix_(own, own)] = np.corrcoef(values[:, own].T)
    return found


def partial_correlation(values: Float[np.ndarray, "row neuron"]) -> Float[np.ndarray, "neuron neuron"]:
    """Correlation of what all other measured neurons do not tell, from a correlation matrix that is shrunk a little."""
    found = correlation(values)
    own = np.flatnonzero(np.isfinite(np.diag(found)))
    if len(own) < 2:
        return found
    shrunk = (1 - _SHRINKAGE) * found[np.ix_(own, own)] + _SHRINKAGE * np.eye(len(own))
    precision = np.linalg.inv(shrunk)
    scale = np.sqrt(np.diag(precision))
    found[np.ix_(own, own)] = -precision / np.outer(scale, scale)
    return found


def _within(group: Any, rng: np.random.Generator) -> Int[np.ndarray, " neuron"]:
    """A permutation among the neurons marked True [neuron], and another among the rest."""
    order = np.arange(len(group))
    for own in (np.flatnonzero(group), np.flatnonzero(~group)):
        order[own] = rng.permutation(own)
    return order


def _columns(
    values: Float[np.ndarray, "row known"], known: tuple[str, ...], neurons: tuple[str, ...]
) -> Float[np.ndarray, "row neuron"]:
    found = np.full((len(values), len(neurons)), np.nan)
    place = {name: column for column, name in enumerate(known)}
    for column, name in enumerate(neurons):
        if name in place:
            found[:, column] = values[:, place[name]]
    return found


def _pairs(values: np.ndarray, known: tuple[str, ...], neurons: tuple[str, ...]) -> Float[np.ndarray, "pre post"]:
    return _columns(_columns(values, known, neurons).T, known, neurons).T


def _standardised(activity: Float[np.ndarray, "time neuron"]) -> Float[np.ndarray, "time neuron"]:
    """Missing frames of a neuron that was recorded are its mean."""
    out = np.full_like(activity, np.nan)
    recorded = np.isfinite(activity).any(axis=0)
    own = activity[:, recorded]
    filled = np.where(np.isfinite(own), own, np.nanmean(own, axis=0))
    out[:, recorded] = (filled - filled.mean(axis=0)) / filled.std(axis=0)
    return out
