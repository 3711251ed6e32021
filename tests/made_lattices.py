"""A small columnar circuit with everything that the real one has: strides, both signs, hulls with holes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

from braincast.dynamics.lattice.circuit import ColumnarCircuit

TRIANGLE = ((0, 0), (4, 0), (0, 4))


def small_circuit() -> ColumnarCircuit:
    """R excites A over a triangle with holes and inhibits the wide W, which reaches back over single columns."""
    offset = np.array([*TRIANGLE, (0, 0), (1, -1), (2, -1), (-3, 2)])
    return ColumnarCircuit(
        cell_types=("R", "A", "W"),
        stride=np.array([[1, 1], [1, 1], [3, 2]]),
        inputs=("R",),
        outputs=("A",),
        pre=np.array([0, 0, 2]),
        post=np.array([1, 2, 1]),
        sign=np.array([1, -1, 1]),
        connection=np.array([0, 0, 0, 1, 1, 2, 2]),
        offset=offset,
        count=np.arange(1.0, 1.0 + len(offset)),
    )


def columnar_document() -> dict:
    """The same circuit as the file in the wheel writes one."""
    circuit = small_circuit()
    names = circuit.cell_types
    return {
        "nodes": [
            {"name": name, "pattern": ["stride", circuit.stride[row].tolist()]} for row, name in enumerate(names)
        ],
        "edges": [
            {
                "src": names[circuit.pre[row]],
                "tar": names[circuit.post[row]],
                "alpha": int(circuit.sign[row]),
                "alpha_references": ["Hardie1989"],
                "offsets": [
                    [circuit.offset[term].tolist(), float(circuit.count[term])]
                    for term in np.flatnonzero(circuit.connection == row)
                ],
            }
            for row in range(circuit.n_connections)
        ],
        "input_units": list(circuit.inputs),
        "output_units": list(circuit.outputs),
    }


def columnar_wheel(path: Path, document: object) -> Path:
    """An archive with a document (or a text) where the wheel has its circuit."""
    from braincast.datasets.fly.columnar_file import MEMBER

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, document if isinstance(document, str) else json.dumps(document))
    return path
