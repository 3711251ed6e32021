"""What goes on once nothing drives the brain any more.

The published model has no adaptation: broad drive can tip it into a state that keeps itself up. Whether it did cannot
be seen while the drive lasts, so the first trial is run again with an end to it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Int

from braincast.dynamics.spiking import Drive, Network, simulate
from braincast.dynamics.spiking.drive import Kicks
from braincast.experiments.simulation.protocol import Protocol
from braincast.progress import step

# Traces of a spike last τ_m = 20 ms: what spikes after five of these is not the drive's echo.
_SILENCE_S, _LISTENED_S = 0.1, 0.1
_LONGEST_DRIVE_S = 1.0
# A fly of 138,639 neurons with more than 200,000 spikes/s is in the broad state, not answering a stimulus.
_BROAD_HZ = 200_000 / 138_639


@dataclass(frozen=True)
class Aftermath:
    """`after_drive_spikes_per_s`: 0.1 to 0.2 s after the end of the drive; None where there was nothing to go on.

    `broad` is whether neurons that are not driven spike, on average, more than 200,000 times a second in a fly's brain
    would be.
    """

    after_drive_spikes_per_s: float | None
    broad: bool

    @property
    def self_sustained(self) -> bool:
        """Whether activity goes on without a drive."""
        return bool(self.after_drive_spikes_per_s)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"self_sustained": self.self_sustained, **asdict(self)}


@dataclass(frozen=True, eq=False)
class Ended:
    """Another drive up to a time, with the same kicks; the neurons count as driven to the end of the trial."""

    drive: Drive
    end_s: float

    @property
    def driven(self) -> Int[np.ndarray, " driven"]:
        """The other drive's neurons."""
        return self.drive.driven

    def require_within(self, n_steps: int, dt_s: float) -> None:
        """Of the other drive's kicks those that come too late are left out."""

    def kicks(self, first: int, stop: int, dt_s: float, key: int) -> Kicks:
        """Those of the other drive that come in time."""
        end = round(self.end_s / dt_s)
        return self.drive.kicks(first, max(first, min(stop, end)), dt_s, key)


def aftermath(network: Network, protocol: Protocol, counts: Int[np.ndarray, "trial neuron"]) -> Aftermath:
    """The activity of others than the driven neurons, and what is left of it after the drive's end."""
    others = np.ones(network.n_neurons, bool)
    others[protocol.driven] = False
    recruited_hz = counts.sum(axis=0)[others].sum() / protocol.simulated_s
    broad = bool(recruited_hz > _BROAD_HZ * max(1, int(others.sum())))
    if recruited_hz == 0:
        return Aftermath(None, broad)
    asked = protocol.asked
    driven_s = min(asked.duration_s, _LONGEST_DRIVE_S)
    drives = [Ended(drive, driven_s) for drive in protocol.drives]
    with step("Listening after the drive"):
        duration_s = driven_s + _SILENCE_S + _LISTENED_S
        after = simulate(network, drives, duration_s=duration_s, seed=asked.seed, silenced=protocol.silenced)
    left = int(np.count_nonzero(after.time_s >= driven_s + _SILENCE_S))
    return Aftermath(left / _LISTENED_S, broad)
