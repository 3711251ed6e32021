"""The loop over steps and cells: the midpoint rule (second order), then spikes, then what arrives, then resets."""

from __future__ import annotations

from math import exp
from typing import no_type_check

from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def advance(
    first, stop, dt, kind, table, refractory, v, w, ge, gi, released, start, words, bits, delay_steps, unit,
    kick_from, kick_cell, kick, recent, n_recent, spike_step, spike_cell, watched, trace,
):  # fmt: skip
    """Steps from `first` to `stop`, or until another step's spikes might not fit; the step reached, and the spikes.

    `recent[step % len, …]` are the cells that spiked in the last steps, `released` the step at which each cell's
    refractory time is over. `kick_from` and `trace` are counted from the step 0 of this span.
    """
    mask = (1 << bits) - 1
    n_spikes = 0
    for n in range(first, stop):
        if n_spikes + len(v) > len(spike_step):
            return n, n_spikes
        slot, found = n % len(recent), 0
        for i in range(len(v)):
            row = table[kind[i]]
            is_free = n >= released[i]
            step(dt, row, is_free, i, v, w, ge, gi)
            if is_free and v[i] > row[5]:
                recent[slot, found] = i
                found += 1
        n_recent[slot] = found
        for k in range(len(delay_steps)):
            if n >= delay_steps[k]:
                then = (n - delay_steps[k]) % len(recent)
                deliver(recent[then, : n_recent[then]], start[k], words, bits, mask, unit, ge, gi)
        for e in range(kick_from[n - first], kick_from[n - first + 1]):
            ge[kick_cell[e]] += kick[e]
        for s in range(found):
            i = recent[slot, s]
            v[i] = table[kind[i], 6]
            w[i] += table[kind[i], 10]
            released[i] = n + max(1, refractory[kind[i]])
            spike_step[n_spikes], spike_cell[n_spikes] = n, i
            n_spikes += 1
        for k in range(len(watched)):
            trace[n - first, k] = v[watched[k]]
    return stop, n_spikes


@njit(nogil=True, inline="always")
@no_type_check
def step(dt, row, is_free, i, v, w, ge, gi):
    """One step of one cell; a refractory one keeps its potential, while all else goes on.

    Above the peak slopes are those at the peak, since an exponential soon has no number any more.
    """
    v0, w0, e0, i0 = v[i], w[i], ge[i], gi[i]
    e1, i1 = e0 - 0.5 * dt * e0 / row[12], i0 - 0.5 * dt * i0 / row[13]
    w1 = w0 + 0.5 * dt * (row[9] * (v0 - row[2]) - w0) / row[8]
    v1 = v0
    if is_free:
        v1 = min(v0 + 0.5 * dt * slope(row, v0, w0, e0, i0), row[5])
        v[i] = v0 + dt * slope(row, v1, w1, e1, i1)
    w[i] = w0 + dt * (row[9] * (v1 - row[2]) - w1) / row[8]
    ge[i], gi[i] = e0 - dt * e1 / row[12], i0 - dt * i1 / row[13]


@njit(nogil=True, inline="always")
@no_type_check
def slope(row, v, w, ge, gi):
    """dv/dt in mV/ms."""
    leak = row[1] * (row[4] * exp((v - row[3]) / row[4]) - (v - row[2]))
    return (leak - w + ge * (row[14] - v) + gi * (row[15] - v) + row[11]) / row[0]


@njit(nogil=True, inline="always")
@no_type_check
def deliver(senders, start, words, bits, mask, unit, ge, gi):
    """Add the weight of each edge to its receiver: negative ones to the inhibitory conductance."""
    for s in range(len(senders)):
        for e in range(start[senders[s]], start[senders[s] + 1]):
            receiver, weight = words[e] & mask, words[e] >> bits
            if weight > 0:
                ge[receiver] += unit * weight
            else:
                gi[receiver] -= unit * weight
