"""What kind of rhythm a circuit makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from braincast.dynamics.rhythm.bursts import Bursts
from braincast.dynamics.rhythm.criteria import PYLORIC, Criteria
from braincast.dynamics.rhythm.cycles import Cycles


@dataclass(frozen=True)
class Judgement:
    """The word for a rhythm, and the two shares of cycles that decide it; None for what cannot be told."""

    word: str | None
    share_one_burst: float | None = None
    share_in_order: float | None = None


def judged(
    activity: Mapping[str, str | None],
    bursts: Mapping[str, Bursts],
    cycles: Cycles,
    *,
    order: Sequence[str],
    criteria: Criteria = PYLORIC,
) -> Judgement:
    """One word for a circuit, by these rules in their order.

    - "silent", "tonic": all cells are. A single cell, and a circuit without all cells of `order`, is "bursting" if all
      cells are, None if it cannot be told of one, else "irregular"; the rules below are for the others.
    - None: the pacemaker (the first of `order`) bursts, but in fewer cycles than it takes to tell.
    - "pyloric": each cell of `order` begins just one burst in ≥ 90 % of the pacemaker's cycles, and in ≥ 70 % of all
      cycles they do so in that order.
    - "triphasic out of order": the first holds, the second does not.
    - "irregular": anything else; for instance a pacemaker that does not burst, or a cell that leaves out cycles.
    """
    words = set(activity.values())
    if words in ({"silent"}, {"tonic"}):
        return Judgement(words.pop())
    if not set(order) <= set(activity) or len(order) < 2:
        return Judgement("bursting" if words == {"bursting"} else None if None in words else "irregular")
    if len(cycles) < criteria.min_cycles:
        return Judgement(None if activity[order[0]] is None else "irregular")
    once, ordered = _shares([bursts[cell] for cell in order], cycles)
    if once < criteria.min_share_one_burst:
        return Judgement("irregular", once, ordered)
    word = "pyloric" if ordered >= criteria.min_share_in_order else "triphasic out of order"
    return Judgement(word, once, ordered)


def _shares(bursts: Sequence[Bursts], cycles: Cycles) -> tuple[float, float]:
    """The shares of cycles in which each cell bursts once, and in which they do so in order."""
    once, starts = zip(*(_in_each_cycle(each, cycles) for each in bursts), strict=True)
    all_once = np.all(once, axis=0)
    return float(all_once.mean()), float((all_once & (np.diff(starts, axis=0) > 0).all(axis=0)).mean())


def _in_each_cycle(bursts: Bursts, cycles: Cycles) -> tuple[Bool[np.ndarray, " cycle"], Float[np.ndarray, " cycle"]]:
    """Whether just one burst begins in a cycle, and when the last one does (0 where none)."""
    cycle = cycles.holding(bursts.start_ms)
    inside = cycle >= 0
    start = np.zeros(len(cycles))
    start[cycle[inside]] = bursts.start_ms[inside]
    return np.bincount(cycle[inside], minlength=len(cycles)) == 1, start
