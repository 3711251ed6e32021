"""A network in the proportions of the hippocampal area CA1: pyramidal cells and four kinds of interneurons.

Numbers of cells and numbers of connections onto a cell are those of the full-scale model of Bezaire et al. (2016,
eLife 5:e18566) and its published data; pyramidal cells and PV+ basket cells are those that Ecker et al. (2022, eLife
11:e71850) fitted to slices of CA3. What no paper gives is chosen here and said so in docs/findings/adaptive-network.md:
the other interneurons' parameters, the weights, and a drive by chance in place of CA3 and the entorhinal cortex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.spiking.adaptive.cells import AdaptiveExponential
from braincast.dynamics.spiking.adaptive.network import UNIT_NS, AdaptiveNetwork
from braincast.dynamics.spiking.network import Network
from braincast.errors import BraincastError


@dataclass(frozen=True)
class Population:
    """Cells of one kind.

    `n_full` of them are in a whole CA1, `n_inputs[other]` cells of each other kind connect to one of them, and its
    input by chance are `kick_hz` kicks a second of `kick_ns`.
    """

    cell: AdaptiveExponential
    n_full: int
    n_inputs: Mapping[str, int]
    kick_hz: float
    kick_ns: float


# Ecker et al. 2022, "AdExpIF" fits; peak = threshold + 5 slopes as there.
_PYRAMIDAL = AdaptiveExponential(
    capacitance_pf=180.13, leak_ns=4.31, rest_mv=-75.19, threshold_mv=-24.42, slope_mv=4.23, peak_mv=-3.27,
    reset_mv=-29.74, refractory_ms=5.96, adaptation_time_ms=84.93, adaptation_ns=-0.27, jump_pa=206.84,
)  # fmt: skip
_PV_BASKET = AdaptiveExponential(
    capacitance_pf=118.52, leak_ns=7.51, rest_mv=-74.74, threshold_mv=-57.71, slope_mv=4.58, peak_mv=-34.81,
    reset_mv=-64.99, refractory_ms=1.15, adaptation_time_ms=178.58, adaptation_ns=3.05, jump_pa=0.91,
)  # fmt: skip
# Chosen here: regular spiking that adapts, more in OLM cells, which also sag.
_CCK_BASKET = AdaptiveExponential(
    capacitance_pf=120.0, leak_ns=5.0, rest_mv=-65.0, threshold_mv=-45.0, slope_mv=3.0, peak_mv=-30.0,
    reset_mv=-58.0, refractory_ms=2.0, adaptation_time_ms=100.0, adaptation_ns=2.0, jump_pa=40.0,
)  # fmt: skip
_OLM = AdaptiveExponential(
    capacitance_pf=100.0, leak_ns=4.0, rest_mv=-65.0, threshold_mv=-46.0, slope_mv=3.0, peak_mv=-31.0,
    reset_mv=-56.0, refractory_ms=2.0, adaptation_time_ms=150.0, adaptation_ns=4.0, jump_pa=60.0,
)  # fmt: skip
_IVY = AdaptiveExponential(
    capacitance_pf=110.0, leak_ns=4.5, rest_mv=-68.0, threshold_mv=-45.0, slope_mv=3.5, peak_mv=-27.5,
    reset_mv=-58.0, refractory_ms=2.0, adaptation_time_ms=100.0, adaptation_ns=0.5, jump_pa=30.0,
)  # fmt: skip

# How many of each kind connect to one cell, by the cell's kind.
_INPUTS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "pyramidal": {"pyramidal": 197, "pv-basket": 30, "cck-basket": 23, "olm": 15, "ivy": 73},
        "pv-basket": {"pyramidal": 423, "pv-basket": 73, "cck-basket": 47, "olm": 8, "ivy": 54},
        "cck-basket": {"pyramidal": 102, "pv-basket": 65, "cck-basket": 52, "olm": 32, "ivy": 131},
        "olm": {"pyramidal": 2_394, "cck-basket": 21, "olm": 7, "ivy": 142},
        "ivy": {"pyramidal": 9, "pv-basket": 39, "cck-basket": 26, "olm": 1, "ivy": 34},
    }
)
# The drives are chosen so that pyramidal cells spike about once a second, and PV+ basket cells ten times as often.
POPULATIONS: Mapping[str, Population] = MappingProxyType(
    {
        "pyramidal": Population(_PYRAMIDAL, 311_500, _INPUTS["pyramidal"], 200.0, 12.0),
        "pv-basket": Population(_PV_BASKET, 5_530, _INPUTS["pv-basket"], 200.0, 2.4),
        "cck-basket": Population(_CCK_BASKET, 3_600, _INPUTS["cck-basket"], 200.0, 3.6),
        "olm": Population(_OLM, 1_640, _INPUTS["olm"], 200.0, 1.2),
        "ivy": Population(_IVY, 8_810, _INPUTS["ivy"], 200.0, 2.6),
    }
)
# Chosen here, in nS: from whom, to pyramidal cells and to interneurons. What inhibits is negative.
_WEIGHT_NS = {
    "pyramidal": (0.15, 0.35), "pv-basket": (-1.2, -0.4), "cck-basket": (-0.8, -0.3), "olm": (-0.6, -0.3),
    "ivy": (-0.3, -0.15),
}  # fmt: skip
# As in Ecker et al. 2022, in steps of 0.1 ms: pyramidal cells to each other and to interneurons, and these likewise.
_DELAY_S = {(True, True): 22e-4, (True, False): 9e-4, (False, True): 11e-4, (False, False): 6e-4}
_MOST_CELLS = 500_000


def hippocampus(n_cells: int = 20_000, *, seed: int) -> AdaptiveNetwork:
    """The network with so many cells, each kind in its proportion and with as many inputs as in a whole CA1.

    Who connects is drawn at random, and a pair may be drawn twice; a kind with fewer cells than inputs asked for gives
    one from each. E107 for fewer than 100 cells or more than 500,000.
    """
    if n_cells < 100:
        raise BraincastError("E107", "n_cells", f"{n_cells} cells", "Ask for at least 100, so that each kind has some")
    if n_cells > _MOST_CELLS:
        fix = f"Ask for at most {_MOST_CELLS:,}, whose edges take some 6 GB"
        raise BraincastError("E107", "n_cells", f"{n_cells:,} cells are too many for memory", fix)
    n_of, names = sizes(n_cells), list(POPULATIONS)
    first = dict(zip(names, np.cumsum([0, *n_of.values()][:-1]).tolist(), strict=True))
    generator = np.random.default_rng(seed)
    parts = [
        _projection(source, target, n_inputs, n_of, first, generator)
        for target, population in POPULATIONS.items()
        for source, n_inputs in population.n_inputs.items()
    ]
    pre, post, weight, delay_s = (np.concatenate(column) for column in zip(*parts, strict=True))
    kind = np.repeat(np.arange(len(names), dtype=np.int32), list(n_of.values()))
    hz, ns = (np.array([getattr(p, name) for p in POPULATIONS.values()]) for name in ("kick_hz", "kick_ns"))
    wiring = Network.from_edges(pre, post, weight, n_cells, delay_s=delay_s)
    return AdaptiveNetwork(tuple(p.cell for p in POPULATIONS.values()), kind, wiring, hz, ns)


def sizes(n_cells: int) -> dict[str, int]:
    """How many cells of each kind, in the proportions of CA1, at least one of each; pyramidal cells are the rest."""
    whole = sum(population.n_full for population in POPULATIONS.values())
    others = {name: max(1, round(n_cells * p.n_full / whole)) for name, p in POPULATIONS.items() if name != "pyramidal"}
    return {"pyramidal": n_cells - sum(others.values()), **others}


def _projection(
    source: str,
    target: str,
    n_inputs: int,
    n_of: Mapping[str, int],
    first: Mapping[str, int],
    generator: np.random.Generator,
) -> tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"], Int[np.ndarray, " edge"], Float[np.ndarray, " edge"]]:
    """Sender, receiver, weight and delay of all edges from one kind to another; no cell connects to itself."""
    n_source, n_target = n_of[source], n_of[target]
    own = source == target
    n_each = min(n_inputs, n_source - own)
    drawn = generator.integers(0, max(1, n_source - own), (n_target, n_each), dtype=np.int32)
    if own:
        drawn += drawn >= np.arange(n_target)[:, None]
    receiver = np.repeat(np.arange(n_target, dtype=np.int32), n_each)
    weight_ns = _WEIGHT_NS[source][target != "pyramidal"]
    n_edges = drawn.size
    delay_s = _DELAY_S[source == "pyramidal", target == "pyramidal"]
    weight = np.full(n_edges, round(weight_ns / UNIT_NS), np.int32)
    return (
        drawn.ravel() + np.int32(first[source]),
        receiver + np.int32(first[target]),
        weight,
        np.full(n_edges, delay_s),
    )
