"""What is done to the neurons: kicks to the membrane, at random or at stated times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, no_type_check, runtime_checkable

import numpy as np
from jaxtyping import Float, Int, Shaped
from numba import njit

from braincast.dynamics.splitmix import STEP, mixed
from braincast.errors import BraincastError

# Each Poisson event of Shiu et al. (2024, Nature 634:210) weighs as much as 250 synapses of 0.275 mV.
KICK_MV = 250 * 0.275

_WORD = (1 << 64) - 1


@runtime_checkable
class Drive(Protocol):
    """Something that kicks neurons: they have no refractory period."""

    @property
    def driven(self) -> Int[np.ndarray, " driven"]:
        """Which neurons, by number, each once."""
        ...

    def require_within(self, n_steps: int, dt_s: float) -> None:
        """E107 where a trial of so many steps cannot have these kicks."""
        ...

    def kicks(self, first: int, stop: int, dt_s: float, key: int) -> Kicks:
        """All kicks within steps `first` to `stop` - 1, in order of the step; `key` is the trial's randomness."""
        ...


@dataclass(frozen=True, eq=False)
class Kicks:
    """Additions to v: the step, the neuron, and how much."""

    step: Int[np.ndarray, " kick"]
    neuron: Int[np.ndarray, " kick"]
    mv: Float[np.ndarray, " kick"]


@dataclass(frozen=True, eq=False)
class Poisson:
    """Kicks at random: in each step of `dt_s` one with probability rate_hz × dt_s, for each neuron on its own.

    `neurons` are numbers; `rate_hz` is one value or one for each of them. Whether a kick comes depends on the seed,
    the trial, the neuron and the step alone, by whole-number arithmetic: the same on every machine. A rate of 0 only
    takes the refractory period away. Errors: E107 for a rate that is negative, not finite, or above 1 / dt_s.
    """

    neurons: Int[np.ndarray, " driven"]
    rate_hz: float | Float[np.ndarray, " rate"] = 150.0
    kick_mv: float = KICK_MV

    def __post_init__(self) -> None:
        object.__setattr__(self, "neurons", numbers(self.neurons, "poisson.neurons"))
        if len(np.unique(self.neurons)) < len(self.neurons):
            raise BraincastError("E308", "poisson.neurons", "a neuron is named twice", "Name each once")
        _require_for_each(self.rate_hz, len(self.neurons), "poisson.rate_hz")
        if np.any(np.asarray(self.rate_hz) < 0):
            raise BraincastError("E107", "poisson.rate_hz", "a rate is below 0", "Give rates in Hz, from 0 up")
        _require_finite(self.kick_mv, "poisson.kick_mv")

    @property
    def driven(self) -> Int[np.ndarray, " driven"]:
        """The neurons."""
        return self.neurons

    def require_within(self, n_steps: int, dt_s: float) -> None:
        """E107 where a rate is above one kick in each step."""
        highest = np.max(self.rate_hz, initial=0.0)
        if highest * dt_s > 1:
            what = f"{highest:g} Hz is more than one kick in each step of {dt_s:g} s"
            raise BraincastError("E107", "poisson.rate_hz", what, "Choose a lower rate or a shorter dt_s")

    def kicks(self, first: int, stop: int, dt_s: float, key: int) -> Kicks:
        """Kicks within a span of steps."""
        chance = np.broadcast_to(np.asarray(self.rate_hz, np.float64) * dt_s, self.neurons.shape)
        below = np.array([min(int(each * 2.0**64), _WORD) for each in chance.tolist()], np.uint64)
        keys = np.array([_mixed_int(key ^ _mixed_int(int(neuron) + 1)) for neuron in self.neurons], np.uint64)
        room = int(2 * chance.sum() * (stop - first)) + 2 * len(keys) + 64
        hit = np.zeros(-(-len(keys) // 8) * 8, np.uint8)
        found = -1
        while found < 0:
            step, which = np.empty(room, np.int64), np.empty(room, np.int32)
            found, room = _bernoulli(keys, below, first, stop, hit, step, which), 2 * room
        return Kicks(step[:found], self.neurons[which[:found]], np.full(found, self.kick_mv))


@dataclass(frozen=True, eq=False)
class Schedule:
    """Kicks at stated times: one for each pair of a neuron (by number) and a time, in the step that holds the time.

    Times may come in any order. Errors: E106 for lengths, E107 for a time that is negative or not finite.
    """

    neurons: Int[np.ndarray, " kick"]
    time_s: Float[np.ndarray, " time"]
    kick_mv: float = KICK_MV

    def __post_init__(self) -> None:
        object.__setattr__(self, "neurons", numbers(self.neurons, "schedule.neurons"))
        object.__setattr__(self, "time_s", np.asarray(self.time_s, np.float64))
        _require_for_each(self.time_s, len(self.neurons), "schedule.time_s")
        if np.any(self.time_s < 0):
            raise BraincastError("E107", "schedule.time_s", "a time is below 0", "Give seconds from the trial's begin")
        _require_finite(self.kick_mv, "schedule.kick_mv")

    @property
    def driven(self) -> Int[np.ndarray, " driven"]:
        """The neurons that are kicked at all."""
        return np.unique(self.neurons)

    def kicks(self, first: int, stop: int, dt_s: float, key: int) -> Kicks:
        """Kicks within a span of steps, the same in each trial."""
        step = self._steps(dt_s)
        order = np.lexsort((self.neurons, step))
        begin, end = np.searchsorted(step[order], [first, stop])
        found = order[begin:end]
        return Kicks(step[found], self.neurons[found], np.full(len(found), self.kick_mv))

    def require_within(self, n_steps: int, dt_s: float) -> None:
        """E107 where a kick would come after the end."""
        late = int(np.count_nonzero(self._steps(dt_s) >= n_steps))
        if late:
            what = f"{late} of {len(self.time_s)} kicks come after {n_steps * dt_s:g} s, when the trial ends"
            raise BraincastError("E107", "schedule.time_s", what, "Simulate for longer, or leave them out")

    def _steps(self, dt_s: float) -> Int[np.ndarray, " kick"]:
        # A time written in decimals may lie a rounding error below its step; Brian2 allows as much.
        return np.floor(self.time_s / dt_s + 1e-3).astype(np.int64)


def all_kicks(drives: Sequence[Drive], first: int, stop: int, dt_s: float, key: int) -> Kicks:
    """The kicks of several drives together; those of one step in the order of the drives."""
    found = [drive.kicks(first, stop, dt_s, _mixed_int(key + number)) for number, drive in enumerate(drives)]
    if len(found) < 2:
        return found[0] if found else Kicks(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0))
    columns = [np.concatenate([getattr(kicks, name) for kicks in found]) for name in ("step", "neuron", "mv")]
    order = np.argsort(columns[0], kind="stable")
    return Kicks(*(column[order] for column in columns))


def trial_key(seed: int, trial: int) -> int:
    """64 bits of randomness for one trial."""
    return _mixed_int(_mixed_int(seed & _WORD) + trial)


def numbers(neurons: Sequence[int] | Shaped[np.ndarray, " driven"], where: str) -> Int[np.ndarray, " driven"]:
    """Neurons' numbers as int32; E308 where they are not whole or below 0."""
    found = np.atleast_1d(np.asarray(neurons))
    if found.size and (found.dtype.kind not in "iu" or found.min() < 0 or found.ndim != 1):
        what = f"{found.dtype} values of shape {found.shape} do not number neurons"
        raise BraincastError("E308", where, what, "Give a list of whole numbers from 0 up")
    return found.astype(np.int32)


def _require_for_each(value: float | Float[np.ndarray, ...], n_neurons: int, where: str) -> None:
    if np.ndim(value) and np.shape(value) != (n_neurons,):
        what = f"shape {np.shape(value)} for {n_neurons} neurons"
        raise BraincastError("E106", where, what, "Give one value, or one for each neuron")
    _require_finite(value, where)


def _require_finite(value: float | Float[np.ndarray, ...], where: str) -> None:
    if not np.isfinite(value).all():
        raise BraincastError("E107", where, "a value is not finite", "Give numbers")


def _mixed_int(value: int) -> int:
    """The word after a state."""
    return int(mixed(np.uint64((value + int(STEP)) & _WORD)))


@njit(cache=True, nogil=True)
@no_type_check
def _bernoulli(keys, below, first, stop, hit, steps, which):
    """Where SplitMix64, begun at a neuron's key and taken `step` steps on, lies below its limit; -1: no room."""
    n = 0
    eights = hit.view(np.uint64)
    for step in range(first, stop):
        if n + len(keys) >= len(steps):
            return -1
        walk = np.uint64(step + 1) * STEP
        for k in range(len(keys)):
            hit[k] = mixed(keys[k] + walk) < below[k]
        # Hits are rare: eight at a time are passed over.
        for eight in range(len(eights)):
            if eights[eight] == 0:
                continue
            for k in range(8 * eight, 8 * eight + 8):
                steps[n], which[n] = step, k
                n += hit[k]
    return n
