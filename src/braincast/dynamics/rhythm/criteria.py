"""What counts as a burst, as silence, as a pyloric rhythm: the numbers, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Criteria:
    """The limits by which spike trains are judged.

    Spikes less than or just `burst_gap_ms` apart belong together; together they are a burst if they last longer than
    `min_burst_ms`. A cell of at most `silent_hz` is silent; one that does not burst and has at least `tonic_hz` is
    tonic. A circuit is pyloric if in at least `min_share_one_burst` of the pacemaker's cycles each cell bursts just
    once, and in at least `min_share_in_order` of them in the right order; fewer than `min_cycles` tell nothing.
    """

    burst_gap_ms: float = 150.0
    min_burst_ms: float = 40.0
    silent_hz: float = 1.0
    tonic_hz: float = 30.0
    min_share_one_burst: float = 0.9
    min_share_in_order: float = 0.7
    min_cycles: int = 2


PYLORIC = Criteria()
