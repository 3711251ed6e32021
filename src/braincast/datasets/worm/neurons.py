"""The table of the 300 neurons: class, side, transmitter, ganglion, position."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from braincast.brain.homologues import worm_cell_classes
from braincast.datasets.worm.archive import member, read_names
from braincast.datasets.worm.names import canonical, sides

# The file gives no unit. Its numbers are those of the cell bodies in OpenWorm's NeuroML model worm (µm) divided by 100.
_POSITION_UNIT_UM = 100.0
# Groups of ganglia in the file, not ganglia.
_BODY_PARTS = ("head", "pharynx")


def neuron_ids(wheel: Path) -> list[str]:
    """The ids of all 300 neurons in the order of the atlas (302 of the animal without CANL and CANR)."""
    return [canonical(name) for name in read_names(wheel, "funatlas.h5", "neuron_ids")]


def neuron_table(wheel: Path, transmitters: dict[str, str]) -> pd.DataFrame:
    """One row per neuron; what a source does not say is an empty string or NaN.

    x runs from right (-) to left (+), y from head (-) to tail (+), z from ventral (-) to dorsal (+), in µm of a model
    worm whose neurons span 0.72 mm and whose body is bent; no recorded animal had its neurons there.
    """
    ids = neuron_ids(wheel)
    ganglia, positions = _ganglia(wheel), _positions_um(wheel)
    xyz = np.array([positions.get(n, (np.nan,) * 3) for n in ids])
    return pd.DataFrame(
        {
            "id": ids,
            "cell_class": worm_cell_classes(ids),
            "region": [ganglia.get(n, "") for n in ids],
            "side": sides(ids),
            "transmitter": [transmitters.get(n, "") for n in ids],
            **{f"{axis}_um": xyz[:, i] for i, axis in enumerate("xyz")},
        }
    )


def _ganglia(wheel: Path) -> dict[str, str]:
    groups = json.loads(member(wheel, "aconnectome_ids_ganglia.json"))
    return {canonical(n): name for name, members in groups.items() if name not in _BODY_PARTS for n in members}


def _positions_um(wheel: Path) -> dict[str, tuple[float, ...]]:
    """Names stand in the first line, coordinates in the lines below, in the same order."""
    header, *lines = member(wheel, "anatlas_neuron_positions.txt").decode().splitlines()
    names = [canonical(n) for n in header.lstrip("#").split()]
    rows = [tuple(float(v) * _POSITION_UNIT_UM for v in line.split()) for line in lines if line.strip()]
    return dict(zip(names, rows, strict=True))
