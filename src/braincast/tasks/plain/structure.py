"""How a brain is built, as tables: neurons, edges, expression; and the same with one thing removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from braincast.brain.connectome import Connectome
from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.brain.specimen_nulls import with_wiring


def write_structure(structure: Specimen, nulls: Sequence[str], n_draws: int, folder: Path) -> dict[str, str]:
    """What stands in each file. Of a null only what differs from the true structure is written."""
    _write(structure, None, folder / "structure")
    for null in nulls:
        for draw in range(n_draws):
            _write(with_wiring(structure, null, draw), structure, folder / "nulls" / f"{null}-{draw}")
    described = {
        "structure/neurons.csv": "a row for each neuron: id, class, side, position in µm, …",
        "structure/edges.csv": "pre, post (ids), kind, weight, sign (0: unknown)",
    }
    if structure.expression is not None:
        described["structure/expression.npy"] = f"[gene, neuron], {structure.expression.unit}"
        described["structure/genes.csv"] = "names of the genes, in order"
        described["structure/expressed.csv"] = "ids of the neurons of expression.npy, in order"
    if nulls:
        described["nulls/NULL-D/…"] = f"draws 0 to {n_draws - 1} of each null: the files that differ from structure/"
    return described


def _write(specimen: Specimen, unless: Specimen | None, folder: Path) -> None:
    folder.mkdir(parents=True)
    connectome, known = specimen.connectome, None if unless is None else unless.connectome
    if connectome is not None:
        if known is None or not connectome.neurons.equals(known.neurons):
            connectome.neurons.to_csv(folder / "neurons.csv", index=False)
        if known is None or not connectome.edges.equals(known.edges):
            _named_edges(connectome).to_csv(folder / "edges.csv", index=False)
    expression = specimen.expression
    if expression is not None and (unless is None or expression is not unless.expression):
        _write_expression(expression, folder)


def _named_edges(connectome: Connectome) -> pd.DataFrame:
    ids = np.array(connectome.neuron_ids, dtype=object)
    return connectome.edges.assign(pre=ids[connectome.edges["pre"]], post=ids[connectome.edges["post"]])


def _write_expression(expression: Expression, folder: Path) -> None:
    np.save(folder / "expression.npy", expression.values, allow_pickle=False)
    pd.DataFrame({"gene": expression.genes}).to_csv(folder / "genes.csv", index=False)
    pd.DataFrame({"neuron": expression.neurons}).to_csv(folder / "expressed.csv", index=False)
