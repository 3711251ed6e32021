"""A morphology as the graph that Jaxley cuts into compartments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from braincast.dynamics.cable.morphology import SOMA, Morphology

if TYPE_CHECKING:
    import networkx

_SHORTEST_UM = 1e-5  # two points at one place would make a compartment of no length


def swc_graph(morphology: Morphology) -> networkx.DiGraph:
    """Points and what joins them, numbered from 1 as Jaxley expects; a soma of one point comes first."""
    import networkx

    order = np.arange(len(morphology))
    if morphology.has_spherical_soma:
        soma = int(np.flatnonzero(morphology.kind == SOMA)[0])
        order = np.concatenate([[soma], np.delete(order, soma)])
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    graph = networkx.DiGraph()
    for row in order:
        x, y, z = morphology.position_um[row].tolist()
        above = morphology.parent[row]
        told = {"id": int(morphology.kind[row]), "x": x, "y": y, "z": z, "r": float(morphology.radius_um[row])}
        graph.add_node(int(number[row]), **told, p=int(number[above]) if above >= 0 else -1)
    for row, above in enumerate(morphology.parent[1:], start=1):
        length = np.linalg.norm(morphology.position_um[row] - morphology.position_um[above])
        graph.add_edge(int(number[above]), int(number[row]), l=float(max(length, _SHORTEST_UM)))
    return graph
