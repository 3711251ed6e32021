"""Steps of the rate network as plain loops, which XLA calls on a CPU (see `dynamics.foreign_calls`).

Each offset of a connection adds a few stretches of columns, all movies side by side, so that nothing is gathered, and
a whole stretch of time is one call. All arrays are flat and in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, no_type_check

import numpy as np
from numba import njit

from braincast.dynamics.foreign_calls import filled, flat, given, is_question, length, registered


@cache
def target(loop: str) -> str | None:
    """The name under which XLA knows "steps" or "back"; None where it cannot call it."""
    name = f"braincast_lattice_{loop}"
    return name if registered(name, _HANDLERS[loop]) else None


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
@no_type_check
def add_arriving(pre, post, shift, first_run, source, target, long, weight, values, out, n_columns, n_movies):
    """out[post, column + shift] += weight · values[pre, column] for all terms."""
    for term in range(len(weight)):
        strength = weight[term]
        begin, end = pre[term] * n_columns, post[term] * n_columns
        for run in range(first_run[shift[term]], first_run[shift[term] + 1]):
            s, t = (begin + source[run]) * n_movies, (end + target[run]) * n_movies
            n = long[run] * n_movies
            of, to = values[s : s + n], out[t : t + n]
            for i in range(n):
                to[i] += strength * of[i]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
@no_type_check
def add_returning(
    pre, post, shift, first_run, source, target, long, weight, values, change, of_weight, of_values, n_columns, n_movies
):
    """Adds the gradients of `add_arriving` in weights and in values."""
    for term in range(len(weight)):
        strength, met = weight[term], np.float32(0)
        begin, end = pre[term] * n_columns, post[term] * n_columns
        for run in range(first_run[shift[term]], first_run[shift[term] + 1]):
            s, t = (begin + source[run]) * n_movies, (end + target[run]) * n_movies
            n = long[run] * n_movies
            of, back, by = values[s : s + n], of_values[s : s + n], change[t : t + n]
            for i in range(n):
                met += of[i] * by[i]
                back[i] += strength * by[i]
        of_weight[term] += met


@njit(cache=True, nogil=True)
@no_type_check
def rates_of(voltages, is_there, n_movies, out):
    """The positive part of voltages, 0 where there is no cell."""
    for place in range(len(is_there)):
        for i in range(place * n_movies, (place + 1) * n_movies):
            out[i] = max(voltages[i], np.float32(0)) * is_there[place]


@njit(cache=True, nogil=True)
@no_type_check
def add_steps(wired, is_there, is_input, weight, resting, share, begin, light, out, n_columns, n_movies):
    """Voltages after each frame of light, into `out`."""
    pre, post, shift, first_run, source, target, long = wired
    size, n_types, width = len(begin), len(resting), n_columns * n_movies
    rates, drive = np.empty(size, np.float32), np.empty(size, np.float32)
    before = begin
    for frame in range(len(light) // width):
        seen, after = light[frame * width : (frame + 1) * width], out[frame * size : (frame + 1) * size]
        rates_of(before, is_there, n_movies, rates)
        for kind in range(n_types):
            of, own = drive[kind * width : (kind + 1) * width], resting[kind]
            if is_input[kind] > 0:
                for i in range(width):
                    of[i] = own + seen[i]
            else:
                for i in range(width):
                    of[i] = own
        add_arriving(pre, post, shift, first_run, source, target, long, weight, rates, drive, n_columns, n_movies)
        for kind in range(n_types):
            part = share[kind]
            for i in range(kind * width, (kind + 1) * width):
                after[i] = before[i] + part * (drive[i] - before[i])
        before = after


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
@no_type_check
def go_back(wired, is_there, is_input, weight, share, begin, voltages, change, answers, n_columns, n_movies):
    """The gradients of `add_steps` in weight, resting, share, begin and light, into `answers`."""
    pre, post, shift, first_run, source, target, long = wired
    of_weight, of_resting, of_share, of_begin, of_light = answers
    size, n_types, width = len(begin), len(share), n_columns * n_movies
    rates, of_drive, of_rates = np.empty(size, np.float32), np.empty(size, np.float32), np.empty(size, np.float32)
    n_frames = len(of_light) // width
    of_weight[:], of_resting[:], of_share[:], of_begin[:], of_light[:] = 0, 0, 0, 0, 0
    for frame in range(n_frames - 1, -1, -1):
        after = voltages[frame * size : (frame + 1) * size]
        before = begin if frame == 0 else voltages[(frame - 1) * size : frame * size]
        now, seen = change[frame * size : (frame + 1) * size], of_light[frame * width : (frame + 1) * width]
        for kind in range(n_types):
            part, first = share[kind], kind * width
            driven, shared = np.float32(0), np.float32(0)
            for i in range(first, first + width):
                of_begin[i] += now[i]
                of_drive[i] = part * of_begin[i]
                driven += of_drive[i]
                shared += of_begin[i] * (after[i] - before[i])
            of_resting[kind] += driven
            of_share[kind] += shared / part
            if is_input[kind] > 0:
                for i in range(width):
                    seen[i] += of_drive[first + i]
        rates_of(before, is_there, n_movies, rates)
        of_rates[:] = 0
        add_returning(
            pre, post, shift, first_run, source, target, long, weight, rates, of_drive, of_weight, of_rates,
            n_columns, n_movies,
        )  # fmt: skip
        for i in range(size):
            of_begin[i] = of_begin[i] - of_drive[i] + (of_rates[i] if rates[i] > 0 else np.float32(0))


@njit(cache=True)
@no_type_check
def _wired(call):
    """Given first: pre, post, shift, first_run, source, target, length."""
    return (
        flat(given(call, 0), np.int32),
        flat(given(call, 1), np.int32),
        flat(given(call, 2), np.int32),
        flat(given(call, 3), np.int32),
        flat(given(call, 4), np.int32),
        flat(given(call, 5), np.int32),
        flat(given(call, 6), np.int32),
    )


@no_type_check
def _steps(call):
    """Given then: is_there, is_input, weight, resting, share, begin, light; filled: voltages."""
    if not is_question(call):
        is_there, is_input = flat(given(call, 7), np.float32), flat(given(call, 8), np.float32)
        weight, resting = flat(given(call, 9), np.float32), flat(given(call, 10), np.float32)
        share, begin = flat(given(call, 11), np.float32), flat(given(call, 12), np.float32)
        light, out = flat(given(call, 13), np.float32), flat(filled(call, 0), np.float32)
        n_columns, n_movies = length(given(call, 13), 1), length(given(call, 13), 2)
        wired = _wired(call)
        add_steps(wired, is_there, is_input, weight, resting, share, begin, light, out, n_columns, n_movies)
    return 0


@no_type_check
def _back(call):
    """Given then: is_there, is_input, weight, share, begin, voltages, change; filled: the gradients."""
    if not is_question(call):
        is_there, is_input = flat(given(call, 7), np.float32), flat(given(call, 8), np.float32)
        weight, share = flat(given(call, 9), np.float32), flat(given(call, 10), np.float32)
        begin, voltages = flat(given(call, 11), np.float32), flat(given(call, 12), np.float32)
        change = flat(given(call, 13), np.float32)
        answers = (
            flat(filled(call, 0), np.float32),
            flat(filled(call, 1), np.float32),
            flat(filled(call, 2), np.float32),
            flat(filled(call, 3), np.float32),
            flat(filled(call, 4), np.float32),
        )
        n_columns, n_movies = length(given(call, 11), 1), length(given(call, 11), 2)
        wired = _wired(call)
        go_back(wired, is_there, is_input, weight, share, begin, voltages, change, answers, n_columns, n_movies)
    return 0


_HANDLERS: dict[str, Callable[[Any], int]] = {"steps": _steps, "back": _back}
