"""Do a network's cells in other columns answer as the central one does, only later?

`python benchmarks/fly_eye_carried.py`. Reports draw every column with the central column's answer, as much later as an
edge needs to get there. Here an untrained network on the real wiring is simulated over whole eyes, and both are
compared. `--write` keeps the figures and puts the table into the page; about a minute.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded

import braincast as bc
from braincast.datasets.fly.optic_lobe import columnar_circuit
from braincast.dynamics.lattice.circuit import ColumnarCircuit
from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.edges import moving_edge
from braincast.files import read_json, write_json
from braincast.reports.vision.courses import carried

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "fly_eye_carried.json"
PAGE = ROOT / "docs" / "concepts" / "fly-eye.md"
EXTENTS, SPEED, DT_S, SEED = (5, 8, 15), 4.8, 0.01, 0
ANGLES_DEG = (90.0, 180.0)  # along columns, and across them


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, print the table, and with `--write` keep the figures and put it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args(arguments)
    figures = read_json(RESULT) if asked.table else rounded(measured())
    if asked.write:
        write_json(RESULT, figures)
    if asked.write or asked.table:
        put_between_markers(PAGE, table(figures), "carried")
    else:
        print(table(figures))


def measured() -> list[dict[str, Any]]:
    """For each eye: how far off the carried course is, by how far a column lies from the rim."""
    circuit = columnar_circuit(bc.load_dataset("fly-optic-lobe")).filled(1.0)
    return [_eye(circuit, extent) for extent in EXTENTS]


def table(figures: list[dict[str, Any]]) -> str:
    """Medians over cell types, and the largest."""
    places = list(figures[0]["off"])
    head = f"| extent | {' | '.join(places)} |\n|---|{'---|' * len(places)}\n"
    rows = [[f"{median:.1%} ({largest:.0%})" for median, largest in row["off"].values()] for row in figures]
    lines = [f"| {row['extent']} | {' | '.join(cells)} |" for row, cells in zip(figures, rows, strict=True)]
    return head + "\n".join(lines)


def _eye(circuit: ColumnarCircuit, extent: int) -> dict[str, Any]:
    off = np.mean([_off(circuit, extent, angle) for angle in ANGLES_DEG], axis=0)
    u, v = columns(extent).T
    ring = np.maximum.reduce([np.abs(u), np.abs(v), np.abs(u + v)])
    parts = {
        "up to half of the extent": (ring > 0) & (ring <= extent // 2),
        "further out": (ring > extent // 2) & (ring < extent - 1),
        "next to the rim": ring == extent - 1,
        "at the rim": ring == extent,
    }
    means = {name: off[:, where].mean(axis=1) for name, where in parts.items()}
    return {"extent": extent, "off": {name: [float(np.median(m)), float(m.max())] for name, m in means.items()}}


def _off(circuit: ColumnarCircuit, extent: int, angle_deg: float) -> np.ndarray:
    """The mean difference over time for each type and column, in shares of the type's largest change at the centre."""
    import jax
    import jax.numpy as jnp

    from braincast.dynamics.lattice.network import published_initial, run, settled
    from braincast.dynamics.lattice.wiring import wiring

    edge = moving_edge(extent, angle_deg, SPEED, "on", DT_S)
    eye, parameters = wiring(circuit, extent), published_initial(circuit, key=jax.random.key(SEED))
    grey = settled(eye, parameters, jnp.full((1,), 0.5), DT_S, duration_s=2.0)
    light = jnp.asarray(edge.light, dtype=grey.dtype)[:, :, None]
    _, voltages = run(eye, parameters, grey, light, DT_S, lambda now: now[:, :, 0])
    change = np.asarray(voltages - grey[None, :, :, 0], dtype=np.float64)
    places = positions(columns(extent))
    angle, centre = np.radians(angle_deg), len(places) // 2
    delay = places @ np.array([np.cos(angle), np.sin(angle)]) / SPEED
    moving = [t for t in range(circuit.n_types) if (circuit.stride[t] == 1).all()]  # others stand in few columns
    ours = np.stack([carried(change[:, t, centre], delay, DT_S) for t in moving])
    size = np.abs(change[:, moving, centre]).max(axis=0)
    return np.abs(ours - change[:, moving].transpose(1, 0, 2)).mean(axis=1) / size[:, None]


if __name__ == "__main__":
    main()
