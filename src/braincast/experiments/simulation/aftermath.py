"""What goes on once nothing drives the brain any more.

The published model has no adaptation: broad drive can tip it into a state that keeps itself up. Whether it did cannot
be seen while the drive lasts, so one trial is run again with an end to it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.spiking import Network, Poisson, Schedule, Spikes, simulate
from braincast.experiments.simulation.protocol import Drive, Protocol

# Traces of a spike last τ_m = 20 ms: what spikes after five of these is not the drive's echo.
_SILENCE_S, _LISTENED_S = 0.1, 0.1
_LONGEST_DRIVE_S = 1.0
# A fly of 138,639 neurons with more than 200,000 spikes/s is in the broad state, not answering a stimulus.
_BROAD_HZ = 200_000 / 138_639


@dataclass(frozen=True)
class Aftermath:
    """`after_drive_spikes_per_s` from 0.1 to 0.2 s after the end of the drive in a trial of its own; None where nothing could go on.

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


def aftermath(network: Network, protocol: Protocol, spikes: Spikes) -> Aftermath:
    """The activity of others than the driven neurons, and what is left of it after the drive's end."""
    others = np.ones(network.n_neurons, bool)
    others[protocol.driven] = False
    recruited_hz = np.asarray(spikes.counts()).sum(axis=0)[others].sum() / protocol.simulated_s
    broad = bool(recruited_hz > _BROAD_HZ * max(1, int(others.sum())))
    if recruited_hz == 0:
        return Aftermath(None, broad)
    driven_s = min(protocol.asked.duration_s, _LONGEST_DRIVE_S)
    drives = [_ended(drive, driven_s, protocol.asked.seed) for drive in protocol.drives]
    duration_s = driven_s + _SILENCE_S + _LISTENED_S
    after = simulate(network, drives, duration_s=duration_s, seed=protocol.asked.seed, silenced=protocol.silenced)
    left = int(np.count_nonzero(after.time_s >= driven_s + _SILENCE_S))
    return Aftermath(left / _LISTENED_S, broad)


def _ended(drive: Drive, end_s: float, seed: int) -> Schedule:
    """The drive up to a time; a Poisson train is drawn anew, with the same rate."""
    if isinstance(drive, Poisson):
        neurons, time_s = _train(drive, end_s, seed)
        return Schedule(neurons, time_s, drive.kick_mv)
    kept = np.asarray(drive.time_s) < end_s
    return Schedule(np.asarray(drive.neurons)[kept], np.asarray(drive.time_s)[kept], drive.kick_mv)


def _train(drive: Poisson, end_s: float, seed: int) -> tuple[Int[np.ndarray, " kick"], Float[np.ndarray, " kick"]]:
    rng = np.random.default_rng(np.random.SeedSequence([seed, 2]))
    counts = rng.poisson(drive.rate_hz * end_s, len(drive.neurons))
    time_s = rng.uniform(0.0, end_s, counts.sum())
    order = np.argsort(time_s, kind="stable")
    return np.repeat(np.asarray(drive.neurons), counts)[order], time_s[order]
