"""Nulls that give neurons the wiring of others: the graph stays the same up to names."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.brain.connectome import Connectome
from braincast.brain.null_wirings.edge_rows import named
from braincast.errors import BraincastError

TYPE_COLUMNS = ("cell_type", "cell_class", "region")


def identity_permuted(connectome: Connectome, *, seed: int) -> Connectome:
    """Every neuron takes the wiring of another drawn at random; all edge kinds move together.

    The graph stays the same up to names. Left and right homologues are torn apart too: see `class_permuted`.
    """
    new_row = np.random.default_rng(seed).permutation(connectome.n_neurons)
    return _relabelled(connectome, new_row, f"identity-permuted, seed {seed}")


def class_permuted(connectome: Connectome, *, seed: int) -> Connectome:
    """Whole cell classes exchange their wiring with classes of the same size; homologues stay homologues.

    Members follow the order of `side`, then of the table, so that left takes the place of left and right of right.
    Needs the columns `cell_class` (E108) and, to keep sides, `side`; a neuron without a class is a class of its own.
    A class that is alone in its size cannot move, and any class may by chance keep its place.
    """
    rng = np.random.default_rng(seed)
    new_row = np.arange(connectome.n_neurons)
    for classes in classes_by_size(connectome.neurons):
        for source, place in enumerate(rng.permutation(len(classes))):
            new_row[classes[source]] = classes[place]
    return _relabelled(connectome, new_row, f"class-permuted, seed {seed}")


def within_type_permuted(connectome: Connectome, *, seed: int) -> Connectome:
    """Neurons exchange their wiring with neurons of the same type only; what is left of the wiring is that of types.

    Types are `cell_type`, else `cell_class`, else `region`: the first column that puts two neurons together (E108
    without any). A neuron that is alone in its type, or has none, stays.
    """
    members = type_members(connectome.neurons)
    if not members:
        columns = ", ".join(TYPE_COLUMNS)
        fix = "Add one of these columns, or use the identity-permuted null"
        raise BraincastError("E108", "neurons", f"none of {columns} puts two neurons together", fix)
    rng = np.random.default_rng(seed)
    new_row = np.arange(connectome.n_neurons)
    for rows in members:
        new_row[rows] = rows[rng.permutation(len(rows))]
    return _relabelled(connectome, new_row, f"within-type-permuted, seed {seed}")


def classes_by_size(neurons: pd.DataFrame) -> list[list[Int[np.ndarray, " member"]]]:
    """Members of each cell class by side and then by row; classes of one size together, the smallest first.

    Without the column `cell_class` E108.
    """
    if "cell_class" not in neurons.columns:
        fix = "Add it, or use the identity-permuted null"
        raise BraincastError("E108", "neurons", "column 'cell_class' is missing", fix)
    by_size: dict[int, list[np.ndarray]] = {}
    for members in _members(neurons, "cell_class"):
        by_size.setdefault(len(members), []).append(members)
    return [by_size[size] for size in sorted(by_size)]


def type_members(neurons: pd.DataFrame) -> list[Int[np.ndarray, " member"]]:
    """Rows of the types that hold two neurons or more, by the first column of `TYPE_COLUMNS` where there are any."""
    for column in TYPE_COLUMNS:
        if column in neurons.columns:
            shared = [members for members in _members(neurons, column) if len(members) > 1]
            if shared:
                return shared
    return []


def _relabelled(connectome: Connectome, new_row: Int[np.ndarray, " neuron"], what: str) -> Connectome:
    """The edges of neuron i given to neuron `new_row[i]`."""
    edges = connectome.edges
    moved = edges.assign(pre=new_row[edges["pre"].to_numpy()], post=new_row[edges["post"].to_numpy()])
    return connectome.with_edges(moved, named(connectome, what))


def _members(neurons: pd.DataFrame, column: str) -> list[Int[np.ndarray, " member"]]:
    """Row numbers of each class's members, by side and then by row; classes in the order of the table."""
    alone = "\0" + neurons["id"]  # cannot be the name of a class
    text = neurons[column].astype(object).where(neurons[column].notna(), "").astype(str)
    classes = text.where(text.str.strip() != "", alone)
    order = np.argsort(_sides(neurons), kind="stable")
    groups = pd.Series(order).groupby(classes.to_numpy()[order], sort=False)
    return sorted((members.to_numpy() for _, members in groups), key=lambda members: int(members.min()))


def _sides(neurons: pd.DataFrame) -> Int[np.ndarray, " neuron"]:
    if "side" not in neurons.columns:
        return np.zeros(len(neurons), np.int64)
    return np.array([{"L": 0, "R": 1}.get(side, 2) for side in neurons["side"]], np.int64)
