"""The loop over steps and cells: the midpoint rule (second order), then spikes, then what arrives, then resets."""

from __future__ import annotations

from typing import no_type_check

from numba import njit

from braincast.dynamics.spiking.adaptive.exponential import exponential

# Columns of `table`, a row for each kind of cell: see `cells.table`.
(
    REST, THRESHOLD, PEAK, RESET, JUMP, LEAK, SLOPE, STEEPNESS, CURRENT, REVERSAL_E, REVERSAL_I, COUPLING, STEP_V,
    STEP_W, WHOLE_W, HALF_E, WHOLE_E, HALF_I, WHOLE_I,
) = range(19)  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def advance(
    first, stop, run, kind, table, refractory, v, w, ge, gi, released, start, words, bits, delay_steps, unit,
    kick_from, kick_cell, kick, recent, n_recent, spike_step, spike_cell, watched, trace,
):  # fmt: skip
    """Steps from `first` to `stop`, or until another step's spikes might not fit; the step reached, and the spikes.

    `recent[step % len, …]` are the cells that spiked in the last steps, `released` the step at which each cell's
    refractory time is over; from `run[r]` to `run[r + 1]` all cells are of one kind. `kick_from` and `trace` are
    counted from `first`.
    """
    mask = (1 << bits) - 1
    n_spikes = 0
    for n in range(first, stop):
        if n_spikes + len(v) > len(spike_step):
            return n, n_spikes
        slot, found = n % len(recent), 0
        for r in range(len(run) - 1):
            row = table[kind[run[r]]]
            own = slice(run[r], run[r + 1])
            move(n, row, v[own], w[own], ge[own], gi[own], released[own])
            for i in range(run[r], run[r + 1]):
                if v[i] > row[PEAK]:
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
            v[i] = table[kind[i], RESET]
            w[i] += table[kind[i], JUMP]
            released[i] = n + max(1, refractory[kind[i]])
            spike_step[n_spikes], spike_cell[n_spikes] = n, i
            n_spikes += 1
        for k in range(len(watched)):
            trace[n - first, k] = v[watched[k]]
    return stop, n_spikes


@njit(nogil=True, error_model="numpy")
@no_type_check
def move(n, row, v, w, ge, gi, released):
    """One step of neighbours of one kind; a refractory one keeps its potential, while all else goes on.

    Above the peak slopes are those at the peak, since an exponential soon has no number any more. There is no branch,
    so that several cells are computed at once.
    """
    rest, peak, coupling, step_w = row[REST], row[PEAK], row[COUPLING], row[STEP_W]
    membrane = (rest, row[THRESHOLD], row[LEAK], row[SLOPE], row[STEEPNESS], row[CURRENT], row[REVERSAL_E],
                row[REVERSAL_I], row[STEP_V])  # fmt: skip
    whole_w, half_e, whole_e, half_i, whole_i = row[WHOLE_W], row[HALF_E], row[WHOLE_E], row[HALF_I], row[WHOLE_I]
    for i in range(len(v)):
        is_free = 1.0 if n >= released[i] else 0.0
        v0, w0, e0, i0 = v[i], w[i], ge[i], gi[i]
        w1 = w0 + 0.5 * step_w * (coupling * (v0 - rest) - w0)
        v1 = v0 + is_free * 0.5 * slope(membrane, v0, w0, e0, i0)
        v1 = v1 if v1 < peak else peak
        v[i] = v0 + is_free * slope(membrane, v1, w1, half_e * e0, half_i * i0)
        w[i] = whole_w * w0 + step_w * coupling * (v1 - rest - 0.5 * step_w * (v0 - rest))
        ge[i], gi[i] = whole_e * e0, whole_i * i0


@njit(nogil=True, inline="always")
@no_type_check
def slope(membrane, v, w, ge, gi):
    """What a step along dv/dt adds."""
    rest, threshold, leak, width, steepness, current, reversal_e, reversal_i, step_v = membrane
    inward = leak * (width * exponential((v - threshold) * steepness) - (v - rest)) - w + current
    return step_v * (inward + ge * (reversal_e - v) + gi * (reversal_i - v))


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
