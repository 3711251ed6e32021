"""Search for circuits of one kind of rhythm among thousands, on all cores."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Bool, Float

from braincast.dynamics.conductance import Circuit, simulate_spikes
from braincast.dynamics.rhythm import analysis_of
from braincast.experiments.degeneracy.difference import mutually_different
from braincast.experiments.degeneracy.proposals import ConductanceSets, drawn, parameters
from braincast.progress import step

T = TypeVar("T")


@dataclass(frozen=True)
class Effort:
    """How a search goes about it; times in ms.

    Sets are drawn around model cells, each conductance times 1/`spread` to `spread`. All are screened for `screen_ms`
    with a coarse step. Those of the right class, less those too near to another, are simulated for `duration_ms` with
    `dt_ms` and with half of it. Rhythms are judged from `settle_ms` on.
    """

    spread: float = 1.25
    screen_ms: float = 8_000.0
    screen_dt_ms: float = 0.1
    duration_ms: float = 15_000.0
    dt_ms: float = 0.05
    settle_ms: float = 3_000.0
    batch: int = 64


@dataclass(frozen=True, eq=False)
class Found:
    """Circuits of one class at a step and at half of it, any two of them far apart.

    `rhythms` holds what `analysis_of` says of each at half the step. Counted are the sets that were simulated, that
    passed the screen, that were far from all before, and that had the class at the full step.
    """

    sets: ConductanceSets
    rhythms: list[dict[str, Any]]
    n_tried: int
    n_screened: int
    n_different: int
    n_full: int
    wall_s: float

    @property
    def period_ms(self) -> Float[np.ndarray, " circuit"]:
        return np.array([rhythm["period_ms"] for rhythm in self.rhythms])


def degenerate_circuits(
    circuit: Circuit,
    *,
    n_tried: int,
    seed: int,
    wanted: str = "pyloric",
    fold: float = 2.0,
    at_least: int = 3,
    effort: Effort = Effort(),
    workers: int | None = None,
) -> Found:
    """Sets of conductances that give a circuit the `wanted` class, any two of them far apart.

    They differ by `fold` in `at_least` conductances that neither lacks. `n_tried` sets are simulated, in float32, with
    the staggered scheme, on `workers` cores (all). The same seed gives the same circuits on one machine. E902 for a
    circuit whose cells or currents are not those of the model cells.
    """
    began = time.perf_counter()
    tried = drawn(circuit, np.random.default_rng(seed), n_tried, effort.spread)
    with ThreadPoolExecutor(workers or os.cpu_count()) as crew, step("Searching for circuits", 3) as advance:
        look = partial(_of_class, crew, effort, wanted)
        screened = tried.taken(look(tried, effort.screen_ms, effort.screen_dt_ms)[0])
        likely = screened.taken(mutually_different(screened.values, fold=fold, at_least=at_least))
        advance(1, f"{len(screened)} of {n_tried}, {len(likely)} of them different")
        right, _ = look(likely, effort.duration_ms, effort.dt_ms)
        advance(1, f"{int(right.sum())} of {len(likely)}")
        again = likely.taken(right)
        same, rhythms = look(again, effort.duration_ms, effort.dt_ms / 2)
        advance(1, f"{int(same.sum())} of {len(again)}")
    kept = [rhythms[row] for row in np.flatnonzero(same)]
    counts = (n_tried, len(screened), len(likely), len(again))
    return Found(again.taken(same), kept, *counts, time.perf_counter() - began)


def _of_class(
    crew: ThreadPoolExecutor, effort: Effort, wanted: str, sets: ConductanceSets, duration_ms: float, dt_ms: float
) -> tuple[Bool[np.ndarray, " circuit"], list[dict[str, Any]]]:
    """Which sets have the class, and what is said of the rhythm of each."""
    tell = partial(analysis_of, from_ms=min(effort.settle_ms, duration_ms / 3), to_ms=duration_ms)
    found = told_of(sets, tell, duration_ms=duration_ms, dt_ms=dt_ms, batch=effort.batch, crew=crew)
    return np.array([rhythm["class"] == wanted for rhythm in found], dtype=bool), found


def told_of(
    sets: ConductanceSets,
    tell: Callable[[Mapping[str, np.ndarray]], T],
    *,
    duration_ms: float,
    dt_ms: float,
    batch: int,
    crew: ThreadPoolExecutor,
) -> list[T]:
    """What `tell` says of the spikes of each set, simulated in float32; batches go side by side."""

    def told(part: ConductanceSets) -> list[T]:
        spikes = simulate_spikes(
            sets.circuit, parameters(part), duration_ms=duration_ms, dt_ms=dt_ms, integrator="staggered", lenient=True
        )
        return [tell(each) for each in spikes]

    return [found for part in crew.map(told, list(_parts(sets, batch))) for found in part][: len(sets)]


def _parts(sets: ConductanceSets, size: int) -> Iterator[ConductanceSets]:
    """Parts of one size, the last filled up with repeats, so that one compiled program serves all."""
    for start in range(0, len(sets), size):
        yield sets.taken(np.minimum(np.arange(start, start + size), len(sets) - 1))
