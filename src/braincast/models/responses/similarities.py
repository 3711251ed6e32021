"""Ways in which two neurons are alike: near each other, expressing the same genes, receiving the same inputs."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float

from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.dynamics.paths import profile_similarity
from braincast.models.responses.wiring import connectome_of, synaptic_weights

Similarity = Float[np.ndarray, "neuron neuron"]

_CELL_BODY_UM = 5.0
_REACH_UM = 60.0  # a twelfth of the length that the worm's neurons span
_INFORMATIVE_SPREAD = 0.3  # of log transcripts per million: genes that tell neurons apart


def similarities(structure: Specimen) -> dict[str, Similarity]:
    """Similarity ≥ 0 by `near`, `expression` and `inputs`; 0 where a neuron lacks what is compared."""
    weights = synaptic_weights(structure)
    inputs = profile_similarity((weights["chemical"] + weights["electrical"]).T)
    distance = distances_um(structure)
    near = np.where(np.isfinite(distance), np.exp(-np.nan_to_num(distance) / _REACH_UM), 0.0)
    return {"near": near, "expression": _expression_similarity(structure), "inputs": inputs**2}


def distances_um(structure: Specimen) -> Similarity:
    """Straight distance between cell bodies in µm; NaN where a position is unknown, everywhere if all are."""
    neurons = connectome_of(structure).neurons
    columns = ["x_um", "y_um", "z_um"]
    if any(column not in neurons.columns for column in columns):
        return np.full((len(neurons), len(neurons)), np.nan)
    position = neurons[columns].to_numpy(np.float64)
    return np.linalg.norm(position[:, None] - position[None], axis=-1)


def log_nearness(structure: Specimen) -> Similarity:
    """-log(distance + 5 µm), as cell bodies are not closer than about their diameter.

    A neuron without a position is put at the typical distance from all others, and so says nothing.
    """
    distance = distances_um(structure)
    known = np.isfinite(distance)
    typical = np.median(distance[known]) if known.any() else 0.0
    return -np.log(np.where(known, distance, typical) + _CELL_BODY_UM)


def expression_profiles(structure: Specimen) -> Float[np.ndarray, "neuron gene"]:
    """Log expression of the genes that differ between neurons, centred; NaN rows for neurons without data."""
    ids = connectome_of(structure).neuron_ids
    expression = structure.expression
    if expression is None:
        return np.full((len(ids), 1), np.nan)
    row = {neuron: index for index, neuron in enumerate(ids)}
    known = [(row[neuron], column) for column, neuron in enumerate(expression.neurons) if neuron in row]
    values = np.full((len(ids), len(expression.genes)), np.nan)
    for place, column in known:
        values[place] = np.log1p(expression.values[:, column])
    informative = np.nanstd(values, axis=0) > _INFORMATIVE_SPREAD
    profiles = values[:, informative]
    return profiles - np.nanmean(profiles, axis=0)


def _expression_similarity(structure: Specimen) -> Similarity:
    """The cube of the correlation of two neurons' profiles, which leaves little of weak likeness.

    It is kept, since most null wirings leave gene expression as it is.
    """
    expression, ids = structure.expression, tuple(connectome_of(structure).neuron_ids)
    if expression is None:
        return _alike(expression_profiles(structure))
    known = _by_expression.setdefault(expression, {})
    if ids not in known:
        known[ids] = _alike(expression_profiles(structure))
    return known[ids]


_by_expression: WeakKeyDictionary[Expression, dict[tuple[str, ...], Similarity]] = WeakKeyDictionary()


def _alike(profiles: Float[np.ndarray, "neuron gene"]) -> Similarity:
    known = np.isfinite(profiles).all(axis=1)
    similarity = np.zeros((len(profiles), len(profiles)))
    if known.sum() > 1 and profiles.shape[1] > 1:
        similarity[np.ix_(known, known)] = np.maximum(np.corrcoef(profiles[known]), 0.0) ** 3
    return similarity
