"""One trial of a spiking network, step by step, its spikes handed on in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext
from functools import cache

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.spiking import kernel
from braincast.dynamics.spiking.drive import Drive, all_kicks, trial_key
from braincast.dynamics.spiking.network import Network
from braincast.errors import BraincastError

# Steps for which kicks are drawn at once, and after which spikes are handed on.
_SPAN = 10_000
# Steps after which exponents begin anew: e^(1000 dt / τs) is 5e8 for the fly, far from any overflow.
_LONGEST = 1000
_TABLE = 4_000_000  # numbers in the tables of exponentials
_ROOM = 1 << 18  # spikes of one piece, to begin with
_EXACT = 256  # sets of time constants whose exponentials are rounded correctly, whatever the machine's own do

Piece = tuple[Int[np.ndarray, " spike"], Int[np.ndarray, " spike"]]


class Trial:
    """The state of one trial. `spikes` runs it once; `trace_mv` then holds the potentials of the watched neurons."""

    def __init__(
        self,
        ready: Ready,
        drives: Sequence[Drive],
        *,
        seed: int,
        trial: int,
        watched: Int[np.ndarray, " watched"] | None = None,
    ) -> None:
        self._ready, self._drives, self._key = ready, drives, trial_key(seed, trial)
        self._watched = np.zeros(0, np.int32) if watched is None else watched
        self.trace_mv = np.zeros((0, len(self._watched)))

    def spikes(self, n_steps: int) -> Iterator[Piece]:
        """Step and neuron of each spike, in order, as pieces of any length."""
        ready = self._ready
        n_neurons = ready.network.n_neurons
        state = np.zeros((n_neurons, 2))
        state[:, 0] = ready.initial
        adapted = None if ready.which is None else np.zeros(n_neurons)
        hot, is_hot = np.zeros(n_neurons, np.int32), ready.always_hot.copy()
        book = np.zeros(4, np.int64)
        always = np.flatnonzero(is_hot)
        hot[: len(always)] = always
        book[kernel.N_HOT] = len(always)
        released = np.full(int(ready.refractory.max(initial=1)) + 1, -1, np.int32)
        following = np.full(n_neurons, -1, np.int32)
        delays = ready.network.delay_steps
        began = np.zeros(int(delays.max(initial=1)) + 1, np.int64)
        room = max(_ROOM, 2 * n_neurons)
        step, neuron = np.empty(room, np.int32), np.empty(room, np.int32)
        carried, traces = 0, []
        for first in range(0, n_steps, _SPAN):
            stop = min(first + _SPAN, n_steps)
            kicks = all_kicks(self._drives, first, stop, ready.network.parameters.dt_s, self._key)
            kick_from = np.searchsorted(kicks.step, np.arange(first, stop + 1))
            trace = np.empty((stop - first, len(self._watched)))
            while book[kernel.STEP] < stop:
                kernel.advance(
                    stop, book, state, adapted, ready.theta, ready.reset, ready.jump, ready.refractory, ready.which,
                    ready.constant, ready.decay, ready.growth, hot, is_hot, released, following, ready.mute,
                    ready.network.start, ready.network.words, ready.network.target_bits, delays, kick_from,
                    kicks.neuron, kicks.mv / ready.unit_mv[kicks.neuron], first, began, step, neuron, self._watched,
                    trace,
                )  # fmt: skip
                done, found = int(book[kernel.STEP]), int(book[kernel.N_SPIKES])
                yield step[carried:found].copy(), neuron[carried:found].copy()
                # Spikes still under way are carried to the front of the buffer.
                oldest = int(began[max(done - len(began) + 1, 0) % len(began)]) if done else 0
                carried = found - oldest
                needed = carried + int(book[kernel.N_HOT])
                kept = step[oldest:found].copy(), neuron[oldest:found].copy()
                if 2 * needed > len(step):
                    step, neuron = np.empty(4 * needed, np.int32), np.empty(4 * needed, np.int32)
                step[:carried], neuron[:carried] = kept
                began -= oldest
                book[kernel.N_SPIKES] = carried
            traces.append(trace)
        self.trace_mv = ready.above_zero(np.concatenate(traces), self._watched) if traces else self.trace_mv


class Ready:
    """A network, its driven and its silenced neurons as arrays in the kernel's units: made once for all trials."""

    def __init__(
        self, network: Network, driven: Int[np.ndarray, " driven"], silenced: Int[np.ndarray, " silenced"]
    ) -> None:
        self.network = network
        n_neurons, parameters = network.n_neurons, network.parameters
        each = {
            name: parameters.of_each(name, n_neurons)
            for name in (
                "rest_mv", "reset_mv", "threshold_mv", "membrane_time_s", "synapse_time_s", "refractory_s",
                "unit_weight_mv", "bias_mv", "adaptation_mv", "adaptation_time_s",
            )
        }  # fmt: skip
        self.unit_mv = each["unit_weight_mv"]
        self._zero_mv = each["rest_mv"] + each["bias_mv"]
        self.theta = (each["threshold_mv"] - self._zero_mv) / self.unit_mv
        self.reset = (each["reset_mv"] - self._zero_mv) / self.unit_mv
        self.initial = -each["bias_mv"] / self.unit_mv
        self.jump = each["adaptation_mv"] / self.unit_mv
        self.refractory = np.broadcast_to(parameters.refractory_steps, (n_neurons,)).copy()
        self.refractory[_known(driven, n_neurons, "drive")] = 0
        self.mute = np.zeros(n_neurons, np.bool_)
        self.mute[_known(silenced, n_neurons, "silenced")] = True
        self.always_hot = np.where(self.theta > 0, kernel.COLD, kernel.ALWAYS_HOT).astype(np.uint8)
        times = np.stack([each[f"{name}_time_s"] for name in ("membrane", "synapse", "adaptation")], axis=1)
        different = np.flatnonzero((times != times[:1]).any(1))
        sets, which = np.unique(times, axis=0, return_inverse=True) if len(different) else (times[:1], times[:, 0] * 0)
        # Two forms of the loop are compiled: the plain one, and one for all that neurons may have of their own.
        plain = len(sets) == 1 and not parameters.adapts
        self.which = None if plain else which.astype(np.int32).ravel()
        self.decay, self.growth = _exponentials(sets, parameters.dt_s)
        self.constant = self._constants(sets)

    def above_zero(
        self, value: Float[np.ndarray, "time watched"], neurons: Int[np.ndarray, " watched"]
    ) -> Float[np.ndarray, "time watched"]:
        """Potentials in mV."""
        return self._zero_mv[neurons] + self.unit_mv[neurons] * value

    def _constants(self, sets: Float[np.ndarray, "set 3"]) -> Float[np.ndarray, "set 5"]:
        membrane, synapse, adaptation = sets.T
        constant = np.zeros((len(sets), 5))
        constant[:, kernel.SHARE] = synapse / (membrane - synapse)
        if self.network.parameters.adapts:
            constant[:, kernel.SLOW_SHARE] = adaptation / (adaptation - membrane)
        constant[:, kernel.RATIO] = membrane / synapse
        lowest = np.full(len(sets), np.inf)
        quiet = self.theta > 0
        of_neuron = np.zeros(len(quiet), np.int32) if self.which is None else self.which
        np.minimum.at(lowest, of_neuron[quiet], self.theta[quiet])
        constant[:, kernel.LOWEST_U] = np.where(synapse < membrane, lowest, -np.inf)
        constant[:, kernel.LOWEST_G] = lowest
        return constant


def _known(neurons: Int[np.ndarray, " n"], n_neurons: int, where: str) -> Int[np.ndarray, " n"]:
    if len(neurons) and neurons.max() >= n_neurons:
        what = f"there is no neuron {neurons.max()} among {n_neurons}"
        raise BraincastError("E308", where, what, f"Use numbers from 0 to {n_neurons - 1}")
    return neurons


def _exponentials(
    sets: Float[np.ndarray, "set 3"], dt_s: float
) -> tuple[Float[np.ndarray, "set step 3"], Float[np.ndarray, "set step 3"]]:
    """e^{-k dt / τ} and its inverse for k = 0, 1, ...; correctly rounded, so that all machines compute alike."""
    n_steps = int(np.clip(_TABLE // (6 * len(sets)), 8, _LONGEST))
    # Growth stays below e^600.
    n_steps = max(1, min(n_steps, int(600 * sets.min() / dt_s)))
    if len(sets) > _EXACT:
        exponent = np.arange(n_steps + 1)[:, None] * dt_s / sets[:, None, :]
        return np.exp(-exponent), np.exp(exponent)
    tables = np.array([[_powers(float(time_s), dt_s, n_steps) for time_s in row] for row in sets])
    decay, growth = tables.transpose(2, 0, 3, 1)
    return np.ascontiguousarray(decay), np.ascontiguousarray(growth)


@cache
def _powers(time_s: float, dt_s: float, n_steps: int) -> tuple[list[float], list[float]]:
    with localcontext() as context:
        context.prec = 40
        exponent = Decimal(repr(dt_s)) / Decimal(repr(time_s))
        down, up = (-exponent).exp(), exponent.exp()
        powers = [(Decimal(1), Decimal(1))]
        for _ in range(n_steps):
            powers.append((powers[-1][0] * down, powers[-1][1] * up))
    return [float(low) for low, _ in powers], [float(high) for _, high in powers]
