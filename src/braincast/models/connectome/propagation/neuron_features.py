"""What is known of each neuron from structure alone: transmitter, degrees, and what it expresses."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from threadpoolctl import threadpool_limits

from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.models.responses.wiring import connectome_of, synaptic_weights

TRANSMITTERS = ("ACh", "Glu", "GABA")
N_COMPONENTS = 8


def neuron_features(structure: Specimen) -> Float[np.ndarray, "neuron feature"]:
    """Standardised features; those that the structure says nothing about are 0. E307 without a connectome."""
    connectome = connectome_of(structure)
    weights = synaptic_weights(structure)
    of_table = connectome.neurons.get("transmitter")
    named = [""] * connectome.n_neurons if of_table is None else of_table.tolist()
    columns = [np.array([name == transmitter for name in named], dtype=np.float64) for transmitter in TRANSMITTERS]
    columns += [np.log1p(weights["chemical"].sum(axis=axis)) for axis in (0, 1)]
    columns.append(np.log1p(weights["electrical"].sum(axis=0)))
    components = expression_components(structure.expression, connectome.neuron_ids)
    return _standardised(np.column_stack([*columns, components]))


def expression_components(expression: Expression | None, neurons: list[str]) -> Float[np.ndarray, "neuron component"]:
    """Principal components of log expression over the neurons that have any; 0 for the others.

    A component's sign is chosen so that its largest value is positive, whatever the order of neurons and genes.
    """
    components = np.zeros((len(neurons), N_COMPONENTS))
    column = {neuron: place for place, neuron in enumerate(expression.neurons if expression is not None else ())}
    rows = [row for row, neuron in enumerate(neurons) if neuron in column]
    if expression is None or not rows:
        return components
    levels = np.log1p(expression.values[:, [column[neurons[row]] for row in rows]].T.astype(np.float64))
    centred = levels - levels.mean(axis=0)
    with threadpool_limits(1):  # a linear algebra library's sums depend on its number of threads
        found = _principal(centred @ centred.T)
    components[rows, : found.shape[1]] = found
    return components


def _principal(products: Float[np.ndarray, "neuron neuron"]) -> Float[np.ndarray, "neuron component"]:
    """Scores on the largest components, from the products of rows (there are far more genes than neurons)."""
    values, vectors = np.linalg.eigh(products)
    largest = np.argsort(values)[::-1][:N_COMPONENTS]
    scores = vectors[:, largest] * np.sqrt(np.maximum(values[largest], 0.0))
    peak = scores[np.abs(scores).argmax(axis=0), np.arange(scores.shape[1])]
    return scores * np.sign(peak)


def _standardised(columns: Float[np.ndarray, "neuron feature"]) -> Float[np.ndarray, "neuron feature"]:
    spread = columns.std(axis=0)
    return (columns - columns.mean(axis=0)) / np.where(spread > 1e-9, spread, np.inf)
