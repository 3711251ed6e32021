"""The loop of the spiking engine: all that happens from one step to the next, for those neurons alone that it concerns.

Between events a neuron's state is the sum of exponentials, v = u - a·g - b·h with a = τs / (τm - τs), where g is the
synaptic drive, h the adaptation, and u decays with the membrane's time constant alone. The arrays hold u·e^{t/τm},
g·e^{t/τs} and h·e^{t/τa}, which stay as they are until an event adds to them: a spike that arrives costs two additions
for each of its edges, and a neuron at which nothing arrives costs nothing. All are in units of one synapse.

A neuron can come to spike without further input only while g lies above its threshold (v follows g) and, for τs < τm,
v + a·g does too (v stays below what it would be without the decay of g). Those that pass both are `hot`: they alone are
compared with their thresholds in each step. A refractory neuron holds NaN: whatever is added to it is lost, and no
comparison with it is true.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from numba import njit

from braincast.dynamics.spiking.prefetching import prefetch

# Places in `book`.
STEP, N_HOT, N_SPIKES, AGE = range(4)
# Values of `is_hot`.
COLD, HOT, ALWAYS_HOT = 0, 1, 2
# Columns of `constant`, one row for each set of time constants.
SHARE, SLOW_SHARE, RATIO, LOWEST_U, LOWEST_G = range(5)
# Columns of `decay` and `growth`.
MEMBRANE, SYNAPSE, ADAPTATION = range(3)
# A peak this near below the threshold still counts as a crossing that has to be looked at.
AHEAD = 32  # edges ahead of the present one whose neurons are fetched: long enough for memory to answer
_MARGIN = 1.0 - 1e-9
# Below this a number is nothing, and slow to compute with.
_TINY = 1e-200


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def advance(
    stop, book, state, adapted, theta, reset, jump, refractory, which, constant, decay, growth, hot, is_hot, released,
    following, mute, start, words, bits, delay_steps, kick_from, kick_neuron, kick, first_kick_step, began, spike_step,
    spike_neuron, watched, trace,
):  # fmt: skip
    """Steps from `book[STEP]` to `stop`, or until another step's spikes might not fit into the buffer."""
    longest = decay.shape[1] - 1
    mask = np.uint64((1 << bits) - 1)
    n_began = len(began)
    while book[STEP] < stop:
        n = book[STEP]
        if book[N_SPIKES] + book[N_HOT] > len(spike_step):
            return
        if book[AGE] == longest:
            begin_anew(state, adapted, which, decay, longest)
            book[AGE] = 0
        book[AGE] += 1
        age = book[AGE]

        first = book[N_SPIKES]
        began[n % n_began] = first
        fire(n, age, book, state, adapted, theta, jump, which, constant, decay, growth, hot, is_hot, spike_neuron)
        last = book[N_SPIKES]
        put_in_order(spike_neuron, first, last)
        spike_step[first:last] = n

        for k in range(len(delay_steps)):
            sent = n - delay_steps[k]
            if sent >= 0:
                arrived_from, arrived_to = began[sent % n_began], began[(sent + 1) % n_began]
                deliver(
                    spike_neuron[arrived_from:arrived_to], start[k], words, bits, mask, mute, age, book, state,
                    adapted, theta, which, constant, decay, growth, hot, is_hot,
                )  # fmt: skip

        for e in range(kick_from[n - first_kick_step], kick_from[n - first_kick_step + 1]):
            i = kick_neuron[e]
            c = 0 if which is None else which[i]
            state[i, 0] += kick[e] * growth[c, age, MEMBRANE]
            if is_hot[i] == COLD and not np.isnan(state[i, 0]):
                is_hot[i] = HOT
                hot[book[N_HOT]] = i
                book[N_HOT] += 1

        rest(n, first, last, spike_neuron, refractory, released, following)
        recover(n, age, state, adapted, reset, which, constant, decay, growth, released, following)
        for k in range(len(watched)):
            trace[n - first_kick_step, k] = potential(watched[k], age, state, adapted, reset, which, constant, decay)
        book[STEP] = n + 1


@njit(nogil=True, inline="always")
@no_type_check
def rest(n, first, last, spike_neuron, refractory, released, following):
    """Put this step's spikes on the lists of the steps at whose ends their neurons are released."""
    for s in range(first, last):
        i = spike_neuron[s]
        slot = (n + max(refractory[i] - 1, 0)) % len(released)
        following[i] = released[slot]
        released[slot] = i


@njit(nogil=True, inline="always")
@no_type_check
def recover(n, age, state, adapted, reset, which, constant, decay, growth, released, following):
    """Give the neurons that are released at the end of this step their state after a spike."""
    slot = n % len(released)
    i = released[slot]
    released[slot] = -1
    while i >= 0:
        c = 0 if which is None else which[i]
        u = reset[i]
        if adapted is not None:
            u += constant[c, SLOW_SHARE] * adapted[i] * decay[c, age, ADAPTATION]
        state[i, 0], state[i, 1] = u * growth[c, age, MEMBRANE], 0.0
        i = following[i]


@njit(nogil=True, error_model="numpy", inline="always")
@no_type_check
def fire(n, age, book, state, adapted, theta, jump, which, constant, decay, growth, hot, is_hot, spike_neuron):
    """Compare hot neurons with their thresholds; note those that spike, and let go of those that no longer can."""
    n_kept, n_spikes = 0, book[N_SPIKES]
    c = 0
    for place in range(book[N_HOT]):
        i = hot[place]
        if which is not None:
            c = which[i]
        share = constant[c, SHARE]
        g = state[i, 1] * decay[c, age, SYNAPSE]
        v = state[i, 0] * decay[c, age, MEMBRANE] - share * g
        if adapted is not None:
            v -= constant[c, SLOW_SHARE] * adapted[i] * decay[c, age, ADAPTATION]
        if v > theta[i]:
            spike_neuron[n_spikes] = i
            n_spikes += 1
            state[i, 0], state[i, 1] = np.nan, np.nan
            if adapted is not None:
                adapted[i] += jump[i] * growth[c, age, ADAPTATION]
            keep = False
        else:
            keep = g > v and g > theta[i] and (share < 0 or v + share * g > theta[i])
        if keep or is_hot[i] == ALWAYS_HOT:
            hot[n_kept] = i
            n_kept += 1
        else:
            is_hot[i] = COLD
    book[N_HOT], book[N_SPIKES] = n_kept, n_spikes


@njit(nogil=True, error_model="numpy", inline="always")
@no_type_check
def deliver(
    arrived, start, words, bits, mask, mute, age, book, state, adapted, theta, which, constant, decay, growth, hot,
    is_hot,
):  # fmt: skip
    """Add each edge of the neurons whose spikes arrive, and note whom that could bring to spike."""
    c = 0
    to_u = constant[0, SHARE] * growth[0, age, MEMBRANE]
    to_g = growth[0, age, SYNAPSE]
    lowest_u = constant[0, LOWEST_U] * growth[0, age, MEMBRANE]
    lowest_g = constant[0, LOWEST_G] * growth[0, age, SYNAPSE]
    # For time constants as 4 to 1, v = u·r - a·g·r⁴ is highest at r³ = u / (4·a·g), and there ¾·u·r.
    quartic = which is None and constant[0, RATIO] == 4.0
    turning = 4 * constant[0, SHARE] * growth[0, age, MEMBRANE] * decay[0, age, SYNAPSE]
    peaking = 0.75**3 / (4 * constant[0, SHARE] * (constant[0, LOWEST_G] * _MARGIN) ** 3)
    peaking *= decay[0, age, MEMBRANE] ** 4 * growth[0, age, SYNAPSE]
    n_hot = book[N_HOT]
    states, edges = np.uint64(state.ctypes.data), np.uint64(words.ctypes.data)
    for s in range(len(arrived)):
        sender = arrived[s]
        if s + 1 < len(arrived):
            row = edges + np.uint64(words.itemsize * start[arrived[s + 1]])
            for line in range(3):
                prefetch(row + np.uint64(64 * line))
        if mute[sender]:
            continue
        for e in range(start[sender], start[sender + 1]):
            prefetch(states + np.uint64(16) * (np.uint64(words[e + AHEAD]) & mask))
            word = words[e]
            i = np.uint64(word) & mask
            count = float(word >> bits)
            if which is not None:
                c = which[i]
                to_u = constant[c, SHARE] * growth[c, age, MEMBRANE]
                to_g = growth[c, age, SYNAPSE]
                lowest_u = constant[c, LOWEST_U] * growth[c, age, MEMBRANE]
                lowest_g = constant[c, LOWEST_G] * growth[c, age, SYNAPSE]
            u, g = state[i, 0] + count * to_u, state[i, 1] + count * to_g
            state[i, 0], state[i, 1] = u, g
            if quartic:
                # All at once rather than one after the other: a single branch, which is seldom taken.
                near = (u > lowest_u) & (turning * g > u) & (peaking * (u * u) * (u * u) > g)
            else:
                near = u > lowest_u and g > lowest_g and may_spike(i, c, u, g, age, adapted, theta, constant, decay)
            if near and is_hot[i] == COLD:
                is_hot[i] = HOT
                hot[n_hot] = i
                n_hot += 1
    book[N_HOT] = n_hot


@njit(nogil=True, error_model="numpy")
@no_type_check
def may_spike(i, c, u, g, age, adapted, theta, constant, decay):
    """Whether v could exceed its threshold if nothing else arrived; adaptation's further decay only lowers it."""
    share, ratio = constant[c, SHARE], constant[c, RATIO]
    u *= decay[c, age, MEMBRANE]
    g *= decay[c, age, SYNAPSE]
    if adapted is not None:
        u -= constant[c, SLOW_SHARE] * adapted[i] * decay[c, age, ADAPTATION]
    if not g > theta[i]:
        return False
    if share < 0:
        return True
    if not u > theta[i]:
        return False
    # v = u·r - a·g·r^ρ with r = e^{-t/τm} is highest at r^{ρ-1} = u / (ρ·a·g).
    part = u / (ratio * share * g)
    if part >= 1:
        return u - share * g > theta[i] * _MARGIN
    return part > (theta[i] * _MARGIN / (u * (1 - 1 / ratio))) ** (ratio - 1)


@njit(nogil=True)
@no_type_check
def begin_anew(state, adapted, which, decay, age):
    """Let the exponents start from the present step again, before they overflow."""
    c = 0
    for i in range(len(state)):
        if which is not None:
            c = which[i]
        for column in range(2):
            value = state[i, column] * decay[c, age, column]
            state[i, column] = 0.0 if abs(value) < _TINY else value
        if adapted is not None:
            value = adapted[i] * decay[c, age, ADAPTATION]
            adapted[i] = 0.0 if value < _TINY else value


@njit(nogil=True)
@no_type_check
def potential(i, age, state, adapted, reset, which, constant, decay):
    """v above its resting value, in synapses; at reset while refractory."""
    if np.isnan(state[i, 0]):
        return reset[i]
    c = 0 if which is None else which[i]
    v = state[i, 0] * decay[c, age, MEMBRANE] - constant[c, SHARE] * state[i, 1] * decay[c, age, SYNAPSE]
    if adapted is not None:
        v -= constant[c, SLOW_SHARE] * adapted[i] * decay[c, age, ADAPTATION]
    return v


@njit(nogil=True)
@no_type_check
def put_in_order(neurons, first, last):
    """Sort one step's spikes by neuron (Shell 1959), so that sums depend on no history."""
    gap = 1
    while 3 * gap + 1 < last - first:
        gap = 3 * gap + 1
    while gap >= 1:
        for place in range(first + gap, last):
            neuron, before = neurons[place], place - gap
            while before >= first and neurons[before] > neuron:
                neurons[before + gap] = neurons[before]
                before -= gap
            neurons[before + gap] = neuron
        gap //= 3
