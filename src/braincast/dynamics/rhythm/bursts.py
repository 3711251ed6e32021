"""Bursts of one cell, and whether it is silent, bursting, tonic or irregular."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.dynamics.rhythm.criteria import PYLORIC, Criteria


@dataclass(frozen=True, eq=False)
class Bursts:
    """Bursts in the order of time: first and last spike in ms, and how many spikes.

    `ended` is False for a burst that may have gone on after the trial's end: its end is not known.
    """

    start_ms: Float[np.ndarray, " burst"]
    end_ms: Float[np.ndarray, " burst"]
    n_spikes: Int[np.ndarray, " burst"]
    ended: Bool[np.ndarray, " burst"]

    def __len__(self) -> int:
        return len(self.start_ms)

    @property
    def duration_ms(self) -> Float[np.ndarray, " burst"]:
        """From the first spike to the last; NaN where the end is not known."""
        return np.where(self.ended, self.end_ms - self.start_ms, np.nan)

    def taken(self, chosen: Bool[np.ndarray, " burst"]) -> Bursts:
        """Some of them."""
        return Bursts(self.start_ms[chosen], self.end_ms[chosen], self.n_spikes[chosen], self.ended[chosen])


def bursts_of(
    spike_times_ms: Float[np.ndarray, " spike"], *, from_ms: float, to_ms: float, criteria: Criteria = PYLORIC
) -> Bursts:
    """The bursts that begin from `from_ms` on, of the spikes before `to_ms`, which need not be sorted.

    Give the spikes before `from_ms` too, or a burst that is under way there counts as beginning with its first spike
    after it.
    """
    times = np.sort(spike_times_ms)
    times = times[times < to_ms]
    if not len(times):
        none = np.zeros(0)
        return Bursts(none, none, none.astype(np.int64), none.astype(bool))
    first = np.flatnonzero(np.concatenate([[True], np.diff(times) > criteria.burst_gap_ms]))
    last = np.concatenate([first[1:] - 1, [len(times) - 1]])
    start, end = times[first], times[last]
    found = Bursts(start, end, last - first + 1, end + criteria.burst_gap_ms < to_ms)
    return found.taken((end - start > criteria.min_burst_ms) & (start >= from_ms))


def rate_hz(spike_times_ms: Float[np.ndarray, " spike"], *, from_ms: float, to_ms: float) -> float:
    """Spikes per second from `from_ms` until before `to_ms`."""
    inside = (spike_times_ms >= from_ms) & (spike_times_ms < to_ms)
    return float(inside.sum() * 1000.0 / (to_ms - from_ms))


def activity_of(
    spike_times_ms: Float[np.ndarray, " spike"], *, from_ms: float, to_ms: float, criteria: Criteria = PYLORIC
) -> str | None:
    """What a cell does: "silent", "bursting", "tonic" or "irregular"; None where it bursts too seldom to tell.

    A cell that bursts is called so at any rate; one that neither is silent nor bursts nor fires fast is irregular.
    """
    rate = rate_hz(spike_times_ms, from_ms=from_ms, to_ms=to_ms)
    if rate <= criteria.silent_hz:
        return "silent"
    bursts = bursts_of(spike_times_ms, from_ms=from_ms, to_ms=to_ms, criteria=criteria)
    if len(bursts) > criteria.min_cycles:
        return "bursting"
    if rate >= criteria.tonic_hz:
        return "tonic"
    return None if bursts.ended.any() else "irregular"
