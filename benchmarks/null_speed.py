"""How long null wirings take: `python benchmarks/null_speed.py [--write]`.

A made-up wiring of 10,000 neurons in space with 600,000 edges, every arm after compilation; in the same run networkx
swaps edges of a small directed graph. With `--large` instead one of 138,639 neurons and 15 million edges, the size of
the adult fly's brain. Results in results/null_speed.json; `--write` puts the table into docs/concepts/wiring-test.md.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from pages import put_between_markers

from braincast.brain.connectome import Connectome
from braincast.brain.nulls import CONTROLS, NULLS, applicable, degree_preserving

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "null_speed.json", HERE.parent / "docs" / "concepts" / "wiring-test.md"
MIDDLE, LARGE, SMALL = (10_000, 600_000), (138_639, 15_000_000), (500, 2_000)
SWAPS_PER_EDGE = 5


def main() -> None:
    """Measure, record, and print the table."""
    figures = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    if "--table" not in sys.argv:
        figures |= {"large": _large()} if "--large" in sys.argv else _measured()
        RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if {"--write", "--table"} & set(sys.argv):
        put_between_markers(PAGE, table(figures), "speed")
    print(table(figures))


def table(figures: dict[str, Any]) -> str:
    """Seconds of each arm, and of degree-preserving swaps against networkx."""
    neurons, edges = figures["neurons"], figures["edges"]
    rows = [f"| {arm} | {seconds:.2f} |" for arm, seconds in figures["arms_s"].items()]
    peer, five = figures["peer"], figures["five_swaps_s"]
    told = [
        f"Five swaps tried for each of {edges:,} edges take {five:.2f} s.\nOn {peer['edges']:,} edges networkx "
        f"{peer['networkx']} takes {1e6 * peer['networkx_s_per_swap']:.0f} µs for a swap, this "
        f"{1e6 * peer['own_s_per_swap']:.2f} µs.",
    ]
    if large := figures.get("large"):
        told.append(
            f"With {large['neurons']:,} neurons and {large['edges']:,} edges the same five swaps take "
            f"{large['five_swaps_s']:.0f} s and {large['peak_gib']:.1f} GiB."
        )
    head = [f"| arm, {neurons:,} neurons and {edges:,} edges | seconds of one core |", "|---|---|"]
    return "\n".join([*head, *rows, "", *told])


def wired(n_neurons: int, n_edges: int, *, seed: int = 0) -> Connectome:
    """Neurons in a box in pairs of classes, near ones connected more often, with signs by neuron."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 100, (n_neurons, 3))
    order = np.lexsort(np.floor(places / 20).T)  # neighbours in the table are neighbours in space, about
    places, codes = places[order], np.empty(0, np.int64)
    while len(codes) < n_edges:
        pre = rng.integers(0, n_neurons, n_edges)
        post = (pre + np.rint(rng.standard_t(2, n_edges) * n_neurons / 100).astype(np.int64)) % n_neurons
        codes = np.unique(np.concatenate([codes, (pre * n_neurons + post)[pre != post]]))
    codes = np.sort(rng.permutation(codes)[:n_edges])
    pre, post = np.divmod(codes, n_neurons)
    signs, names = rng.choice([-1, 1], n_neurons), np.arange(n_neurons) // 2
    edges = {"pre": pre, "post": post, "kind": "chemical", "weight": rng.integers(1, 30, n_edges)}
    neurons = {"id": np.arange(n_neurons), "cell_class": [f"c{name}" for name in names]}
    table = pd.DataFrame({**neurons, **dict(zip(("x_um", "y_um", "z_um"), places.T, strict=True))})
    return Connectome(table, pd.DataFrame({**edges, "sign": signs[pre], "delay_s": np.nan}))


def _measured() -> dict[str, Any]:
    small, middle = wired(*SMALL), wired(*MIDDLE)
    arms = {}
    for arm, null in {**NULLS, **CONTROLS}.items():
        if applicable(middle, arm):
            null(small, seed=0)  # compiles
            arms[arm] = round(_seconds(lambda null=null: null(middle, seed=1)), 3)
    five = _seconds(lambda: degree_preserving(middle, seed=1, swaps_per_edge=SWAPS_PER_EDGE))
    own = {"neurons": middle.n_neurons, "edges": middle.n_edges, "arms_s": arms, "five_swaps_s": round(five, 3)}
    return {**own, "peer": _peer(small)}


def _peer(connectome: Connectome) -> dict[str, Any]:
    """Seconds for a swap: networkx makes as many as it is told, ours tries as many."""
    n_swaps = 10 * connectome.n_edges
    graph = nx.DiGraph(list(zip(connectome.edges["pre"], connectome.edges["post"], strict=True)))
    theirs = _seconds(lambda: nx.directed_edge_swap(graph, nswap=n_swaps, max_tries=100 * n_swaps, seed=1), 1)
    own = _seconds(lambda: degree_preserving(connectome, seed=1, swaps_per_edge=10))
    told = {"networkx_s_per_swap": theirs / n_swaps, "own_s_per_swap": own / n_swaps}
    return {"networkx": nx.__version__, "edges": connectome.n_edges, **told}


def _large() -> dict[str, Any]:
    connectome = wired(*LARGE)
    five = _seconds(lambda: degree_preserving(connectome, seed=1, swaps_per_edge=SWAPS_PER_EDGE), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    told = {"five_swaps_s": round(five, 1), "peak_gib": round(peak, 1)}
    return {"neurons": connectome.n_neurons, "edges": connectome.n_edges, **told}


def _seconds(work: Callable[[], object], n_times: int = 2) -> float:
    """The least processor time of a few runs, all on one core: what others do on the machine counts little."""
    taken = []
    for _ in range(n_times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


if __name__ == "__main__":
    main()
