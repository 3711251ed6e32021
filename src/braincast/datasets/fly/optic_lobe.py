"""The dataset `fly-optic-lobe`: the columnar wiring of the fly's optic lobe, and an eye made of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from braincast.datasets.dataset import Dataset
from braincast.datasets.fly.optic_lobe_card import CARD as CARD

if TYPE_CHECKING:
    import pandas as pd

    from braincast.brain.specimen import Specimen
    from braincast.dynamics.lattice.circuit import ColumnarCircuit, Lattice

EXTENT = 5


def load(paths: Sequence[Path]) -> Dataset:
    """The eye of extent 5 as a specimen; its cell types, connections and offsets as tables (see `columnar_circuit`)."""
    from braincast.datasets.fly.columnar_file import read_circuit

    (wheel,) = paths
    circuit, references = read_circuit(wheel)
    eye = eye_specimen(circuit, EXTENT)
    return Dataset(CARD, {eye.name: eye}, _tables(circuit, references))


def columnar_circuit(dataset: Dataset) -> ColumnarCircuit:
    """The circuit that the tables of `fly-optic-lobe` describe, for any extent (`dynamics.lattice.expand`)."""
    import numpy as np

    from braincast.dynamics.lattice.circuit import ColumnarCircuit

    types, connections, offsets = (dataset.tables[name] for name in ("cell_types", "connections", "offsets"))
    names = types["cell_type"].tolist()
    row = {name: index for index, name in enumerate(names)}
    return ColumnarCircuit(
        cell_types=tuple(names),
        stride=types[["stride_u", "stride_v"]].to_numpy(),
        inputs=tuple(types["cell_type"][types["is_input"]]),
        outputs=tuple(types["cell_type"][types["is_output"]]),
        pre=np.array([row[name] for name in connections["pre"]]),
        post=np.array([row[name] for name in connections["post"]]),
        sign=connections["sign"].to_numpy(),
        connection=offsets["connection"].to_numpy(),
        offset=offsets[["du", "dv"]].to_numpy(),
        count=offsets["synapses"].to_numpy(),
    )


def eye_specimen(circuit: ColumnarCircuit, extent: int) -> Specimen:
    """A circuit over an eye as a specimen: a row for each cell (type, column, place in spacings) and for each edge.

    E913 for an extent that does not fit into memory.
    """
    import numpy as np
    import pandas as pd

    from braincast.brain.connectome import Connectome
    from braincast.brain.specimen import Specimen
    from braincast.dynamics.lattice.circuit import expand

    lattice = expand(circuit, extent)
    connection = circuit.connection[lattice.term]
    edges = pd.DataFrame(
        {
            "pre": lattice.pre.astype(np.int32),
            "post": lattice.post.astype(np.int32),
            "kind": "chemical",
            "weight": circuit.count[lattice.term],
            "sign": circuit.sign[connection].astype(np.int8),
            "delay_s": np.nan,
        }
    )
    name = f"eye-{extent}"
    return Specimen(name, CARD.species, connectome=Connectome(_cells(lattice), edges, name))


def counts_at(paths: Sequence[Path], extent: int) -> dict[str, int | str]:
    """How many columns, cells and edges an eye of this extent has: what `show dataset fly-optic-lobe --extent` prints.

    `edges_raw` are those of the reconstructed offsets, `edges` those of the published networks, with hulls filled.
    """
    from braincast.datasets.fly.columnar_file import read_circuit
    from braincast.dynamics.lattice.circuit import expand

    circuit, _ = read_circuit(paths[0])
    raw = expand(circuit, extent)
    return {
        "extent": extent,
        "columns": len(raw.columns),
        "cells": raw.n_cells,
        "cell_types": circuit.n_types,
        "connections": circuit.n_connections,
        "edges_raw": raw.n_edges,
        "edges": expand(circuit.filled(1.0), extent).n_edges,
        "edges_closed": expand(circuit.filled(1.0, "closed"), extent).n_edges,
        "edges_note": (
            "edges_raw: the reconstructed offsets; edges: 1 synapse more at every offset inside the convex hull of a "
            "connection's own, but for the boundary's row of the smallest v, as the published networks have it; "
            "edges_closed: with the whole boundary"
        ),
    }


def _tables(circuit: ColumnarCircuit, references: Sequence[str]) -> dict[str, pd.DataFrame]:
    import numpy as np
    import pandas as pd

    names = np.array(circuit.cell_types, dtype=object)
    types = {"cell_type": names, "stride_u": circuit.stride[:, 0], "stride_v": circuit.stride[:, 1]}
    roles = {"is_input": np.isin(names, circuit.inputs), "is_output": np.isin(names, circuit.outputs)}
    ends = {"pre": names[circuit.pre], "post": names[circuit.post]}
    steps = {"du": circuit.offset[:, 0], "dv": circuit.offset[:, 1]}
    return {
        "cell_types": pd.DataFrame(types | roles),
        "connections": pd.DataFrame(ends | {"sign": circuit.sign, "sign_references": list(references)}),
        "offsets": pd.DataFrame({"connection": circuit.connection, **steps, "synapses": circuit.count}),
    }


def _cells(lattice: Lattice) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    from braincast.dynamics.lattice.hexagon import positions

    circuit = lattice.circuit
    names = np.array(circuit.cell_types, dtype=object)[lattice.cell_type]
    places = zip(names.tolist(), lattice.u.tolist(), lattice.v.tolist(), strict=True)
    x, y = positions(np.stack([lattice.u, lattice.v], axis=1)).T
    columns = {"cell_class": names, "u": lattice.u, "v": lattice.v, "x_columns": x, "y_columns": y}
    roles = {"is_input": np.isin(names, circuit.inputs), "is_output": np.isin(names, circuit.outputs)}
    return pd.DataFrame({"id": [f"{name}[{u},{v}]" for name, u, v in places], **columns, **roles})
