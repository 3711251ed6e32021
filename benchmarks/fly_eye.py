"""Do two reconstructions of the fly's optic lobe agree? `python benchmarks/fly_eye.py --data PATH --write`; seconds.

The columnar circuit of `fly-optic-lobe` against the table of types of another fly, `fly-optic-types`, whose file is at
PATH; and how large eyes are. `--table` only writes the page again, from the figures recorded last.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded

import braincast as bc
from braincast.datasets.fly.optic_agreement import PERIPHERY, agreement, common_wiring, overlaps
from braincast.datasets.fly.optic_lobe import columnar_circuit
from braincast.dynamics.lattice.circuit import expand
from braincast.files import read_json, write_json

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "fly_eye.json"
PAGE = ROOT / "docs" / "concepts" / "fly-eye.md"
EXTENTS = (5, 6, 15)
LEAST_SHARES = (0.0, 0.01, 0.05)
_N_ENDS = 6  # targets that are least and most alike
_N_ABSENT = 8  # connections of one reconstruction that the other lacks, the strongest


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, print the figures, and with `--write` keep them and put the tables into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args(arguments)
    figures = read_json(RESULT) if asked.table else rounded(measured(asked.data))
    if asked.write:
        write_json(RESULT, figures)
    for part, text in tables(figures).items():
        if asked.write or asked.table:
            put_between_markers(PAGE, text, part)
        else:
            print(f"{text}\n")


def measured(data: Path | None) -> dict[str, Any]:
    """Sizes of eyes, and how alike the reconstructions are on all targets and without those at the periphery."""
    circuit = columnar_circuit(bc.load_dataset("fly-optic-lobe"))
    types = bc.load_dataset("fly-optic-types", from_path=data).specimens["FAFB"].connectome
    wiring = common_wiring(circuit, types)  # pyright: ignore[reportArgumentType]
    inner = tuple(name for name in wiring.types if name not in PERIPHERY)
    return {
        "eyes": [_eye(circuit, extent) for extent in EXTENTS],
        "n_types": len(wiring.types),
        "unmatched": list(wiring.unmatched),
        "agreement": [
            {"targets": label, "least_share": least, **asdict(agreement(wiring.onto(targets), least))}
            for label, targets in (("all", wiring.types), ("medulla and deeper", inner))
            for least in LEAST_SHARES
        ],
        "overlaps": dict(sorted(overlaps(wiring).items(), key=lambda pair: pair[1])),
        "absent": _absent(wiring.onto(inner)),
    }


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The parts of the page."""
    return {
        "eyes": _eyes_table(figures),
        "agreement": _agreement_table(figures),
        "least-alike": _least_alike(figures),
        "absent": _absent_table(figures),
    }


def _eye(circuit: Any, extent: int) -> dict[str, int]:
    raw = expand(circuit, extent)
    sizes = {"extent": extent, "columns": len(raw.columns), "cells": raw.n_cells, "edges_raw": raw.n_edges}
    published, closed = (expand(circuit.filled(1.0, boundary), extent).n_edges for boundary in ("half-open", "closed"))
    return sizes | {"edges": published, "edges_closed": closed}


def _absent(wiring: Any) -> list[list[Any]]:
    """The strongest inputs that the table has and the columnar circuit lacks, as shares of the target's input."""
    shares = wiring.table / np.maximum(wiring.table.sum(axis=0), 1)
    missing = np.where(wiring.columnar > 0, 0, shares)
    strongest = np.argsort(-missing, axis=None)[:_N_ABSENT]
    ends = zip(*np.unravel_index(strongest, missing.shape), strict=True)
    return [[wiring.types[pre], wiring.types[post], float(missing[pre, post])] for pre, post in ends]


def _eyes_table(figures: dict[str, Any]) -> str:
    head = "| extent | columns | cells | edges of the reconstruction | of the published networks | closed hulls |\n"
    rows = [" | ".join(f"{value:,}" for value in eye.values()) for eye in figures["eyes"]]
    return head + "|---|---|---|---|---|---|\n" + "\n".join(f"| {row} |" for row in rows)


def _agreement_table(figures: dict[str, Any]) -> str:
    head = (
        "| targets | sources with at least | pairs in both | only columnar | only FlyWire | rank correlation | "
        "within a target | overlap of inputs | with other targets' |\n|---|---|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(_agreement_row(row) for row in figures["agreement"])


def _agreement_row(row: dict[str, Any]) -> str:
    measures = ("rank_correlation", "rank_correlation_in_target", "overlap", "overlap_with_others")
    cells = [
        f"{row['targets']} ({row['n_targets']})",
        f"{row['least_share']:.0%}" if row["least_share"] else "one synapse",
        *(f"{row[name]:,}" for name in ("n_both", "n_only_columnar", "n_only_table")),
        *(f"{row[name]:.2f}" for name in measures),
    ]
    return f"| {' | '.join(cells)} |"


def _least_alike(figures: dict[str, Any]) -> str:
    found = list(figures["overlaps"].items())
    least, most = found[:_N_ENDS], found[: -_N_ENDS - 1 : -1]
    rows = [f"| {a} | {low:.0%} | {b} | {high:.0%} |" for (a, low), (b, high) in zip(least, most, strict=True)]
    return "| least alike | overlap of inputs | most alike | overlap of inputs |\n|---|---|---|---|\n" + "\n".join(rows)


def _absent_table(figures: dict[str, Any]) -> str:
    rows = [f"| {pre} → {post} | {share:.0%} |" for pre, post, share in figures["absent"]]
    return "| connection | share of the target's input in FlyWire |\n|---|---|\n" + "\n".join(rows)


if __name__ == "__main__":
    main()
