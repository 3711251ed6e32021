"""Search for circuits of one kind of rhythm among thousands, on all cores."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from braincast.dynamics.conductance import Circuit, simulate_spikes
from braincast.dynamics.rhythm import analysis_of
from braincast.experiments.degeneracy.difference import mutually_different
from braincast.experiments.degeneracy.proposals import Conductances, drawn, parameters, varied
from braincast.progress import step


@dataclass(frozen=True)
class Effort:
    """How a search goes about it; times in ms.

    Every set is screened for `screen_ms` with a coarse step. Those of the right class, less those too near to another,
    are simulated for `duration_ms` with `dt_ms` and with half of it. Rhythms are judged from `settle_ms` on. The first
    round draws around model cells (`first_spread`), each later one around all that passed the screen (`spread`).
    """

    rounds: int = 2
    first_spread: float = 1.25
    spread: float = 1.75
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

    sets: Conductances
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
    the staggered scheme, on `workers` cores (all). The same seed gives the same circuits on one machine.
    """
    began, rng = time.perf_counter(), np.random.default_rng(seed)
    with ThreadPoolExecutor(workers or os.cpu_count()) as crew:
        look = partial(_of_class, crew, effort, wanted)
        screened = _screened(circuit, rng, n_tried, effort, look)
        likely = screened.taken(mutually_different(screened.values, fold=fold, at_least=at_least))
        with step("Looking at them with finer steps", 2) as advance:
            right, _ = look(likely, effort.duration_ms, effort.dt_ms)
            advance(1, f"{int(right.sum())} of {len(right)}")
            again = likely.taken(right)
            same, rhythms = look(again, effort.duration_ms, effort.dt_ms / 2)
            advance(1, f"{int(same.sum())} of {len(again)}")
    kept = [rhythms[row] for row in np.flatnonzero(same)]
    counts = (n_tried, len(screened), len(likely), len(again))
    return Found(again.taken(same), kept, *counts, time.perf_counter() - began)


def rhythms_of(
    sets: Conductances, *, duration_ms: float, dt_ms: float, settle_ms: float, batch: int, crew: Any = None
) -> list[dict[str, Any]]:
    """What `analysis_of` says of each set, simulated in batches (in the threads of a crew, if there is one)."""

    def analysed(part: Conductances) -> list[dict[str, Any]]:
        spikes = simulate_spikes(
            sets.circuit, parameters(part), duration_ms=duration_ms, dt_ms=dt_ms, integrator="staggered", lenient=True
        )
        return [analysis_of(each, from_ms=settle_ms, to_ms=duration_ms) for each in spikes]

    run: Callable[..., Any] = map if crew is None else crew.map
    found = [rhythm for part in run(analysed, list(_parts(sets, batch))) for rhythm in part]
    return found[: len(sets)]


def _screened(
    circuit: Circuit, rng: np.random.Generator, n_tried: int, effort: Effort, look: Callable[..., Any]
) -> Conductances:
    """What passes the screen, round by round."""
    found = drawn(circuit, rng, 0, 1.0)
    with step("Searching for circuits", n_tried) as advance:
        for number in range(effort.rounds):
            n = n_tried * (number + 1) // effort.rounds - n_tried * number // effort.rounds
            near = varied(found, rng, n, effort.spread) if len(found) else drawn(circuit, rng, n, effort.first_spread)
            passed, _ = look(near, effort.screen_ms, effort.screen_dt_ms)
            found = Conductances(circuit, np.concatenate([found.values, near.values[passed]]))
            advance(n, f"{len(found)} passed")
    return found


def _of_class(
    crew: ThreadPoolExecutor, effort: Effort, wanted: str, sets: Conductances, duration_ms: float, dt_ms: float
) -> tuple[Bool[np.ndarray, " circuit"], list[dict[str, Any]]]:
    """Which sets have the class, and what is said of the rhythm of each."""
    settle_ms = min(effort.settle_ms, duration_ms / 3)
    found = rhythms_of(sets, duration_ms=duration_ms, dt_ms=dt_ms, settle_ms=settle_ms, batch=effort.batch, crew=crew)
    return np.array([rhythm["class"] == wanted for rhythm in found], dtype=bool), found


def _parts(sets: Conductances, size: int) -> Iterator[Conductances]:
    """Parts of one size, the last filled up with repeats, so that one compiled program serves all."""
    for start in range(0, len(sets), size):
        yield sets.taken(np.minimum(np.arange(start, start + size), len(sets) - 1))
