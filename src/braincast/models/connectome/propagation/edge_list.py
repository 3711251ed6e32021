"""Edges as a list with features: which kind, how strong, which sign, and what expression says about both ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from braincast.brain.connectome import Connectome
from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.models.connectome.chemistry import Levels, matches_by_kind
from braincast.models.responses.wiring import SYNAPTIC_KINDS, connectome_of

EXTRASYNAPTIC_KINDS = ("monoaminergic", "peptidergic")
# The list is filled up to a multiple of this, so that what is compiled for one wiring serves its nulls.
_EDGES = 2048


class EdgeList(NamedTuple):
    """Edges between different neurons; the number of synapses counts in proportion unless `features` say otherwise.

    Rows that fill up have weight 0.
    """

    pre: Int[np.ndarray, " edge"]
    post: Int[np.ndarray, " edge"]
    weight: Float[np.ndarray, " edge"]
    features: Float[np.ndarray, "edge feature"]


def edge_list(structure: Specimen, *, extrasynaptic: bool = False, expression: bool = False) -> EdgeList:
    """Chemical and electrical edges, with `extrasynaptic` also those of monoamines and peptides.

    Features are the kind, the logarithm of the weight, and whether the sign is known to be -1 or +1; with `expression`
    also how well both ends' genes fit. What is not asked for, or not in the specimen, is 0, so that there is always the
    same number of features. E307 without a connectome.
    """
    connectome = connectome_of(structure)
    kinds = SYNAPTIC_KINDS + (EXTRASYNAPTIC_KINDS if extrasynaptic else ())
    table = _merged(connectome, kinds)
    genes = structure.expression if expression else None
    features = _of_the_edge(table) | _of_both_ends(table, genes, connectome.neuron_ids)
    ends = (table[end].to_numpy(np.int64) for end in ("pre", "post"))
    columns = np.stack(list(features.values()), axis=1)
    return EdgeList(*(_filled(values) for values in (*ends, table["weight"].to_numpy(np.float64), columns)))


def _merged(connectome: Connectome, kinds: tuple[str, ...]) -> pd.DataFrame:
    """One row for each kind and ordered pair, weights summed; no edge to the neuron itself, none of weight 0."""
    edges = connectome.edges
    used = edges[edges["kind"].isin(kinds) & (edges["pre"] != edges["post"]) & (edges["weight"] > 0)]
    merged = used.groupby(["kind", "pre", "post"], observed=True, sort=True).agg({"weight": "sum", "sign": "max"})
    return merged.reset_index()


def _of_the_edge(table: pd.DataFrame) -> dict[str, Float[np.ndarray, " edge"]]:
    sign = table["sign"].to_numpy()
    return {
        **{kind: (table["kind"] == kind).to_numpy(np.float64) for kind in SYNAPTIC_KINDS + EXTRASYNAPTIC_KINDS},
        "log weight": np.log(table["weight"].to_numpy(np.float64)),
        "inhibitory": (sign < 0).astype(np.float64),
        "excitatory": (sign > 0).astype(np.float64),
    }


def _of_both_ends(
    table: pd.DataFrame, expression: Expression | None, neurons: list[str]
) -> dict[str, Float[np.ndarray, " edge"]]:
    matches = matches_by_kind(Levels(expression, neurons))
    pre, post = table["pre"].to_numpy(), table["post"].to_numpy()
    features = {}
    for kind, of_kind in matches.items():
        here = (table["kind"] == kind).to_numpy()
        features |= {name: np.where(here, match[pre, post], 0.0) for name, match in of_kind.items()}
    return features


def _filled(values: np.ndarray) -> np.ndarray:
    missing = _EDGES if not len(values) else -len(values) % _EDGES
    return np.pad(values, [(0, missing)] + [(0, 0)] * (values.ndim - 1))
