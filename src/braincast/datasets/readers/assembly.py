"""From a draft to a recording: which axis is time, what the neurons are called, when frames were, what is usable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool

from braincast.brain.recording import Recording
from braincast.brain.slabs import Slabs
from braincast.datasets.readers.ahead import Ahead
from braincast.datasets.readers.candidates import Wanted
from braincast.datasets.readers.clock import frame_times
from braincast.datasets.readers.draft import Draft
from braincast.datasets.readers.findings import Extent
from braincast.datasets.readers.survey import Survey, check_repeats, survey
from braincast.datasets.readers.tracks import conditions, joined
from braincast.errors import BraincastError

_AXES = ("time", "neuron")


@dataclass(frozen=True)
class Assembled:
    """A checked recording, the extent of its values and what was assumed."""

    recording: Recording
    extent: Extent
    notes: tuple[str, ...]


def assembled(draft: Draft, wanted: Wanted, where: str) -> Assembled:
    """A recording whose activity still lies in the file, after one pass over it.

    E106 for axes that cannot be told apart, E112–E114 for values that nothing can be learned from, E104, E120 and E116
    for times.
    """
    time_axis, axis_notes = _time_axis(draft, where)
    stored = _slabs(draft.values, time_axis, where)
    if stored.shape[0] < 3 or stored.shape[1] < 1:
        what = f"{stored.shape[0]} frames of {stored.shape[1]} neurons"
        raise BraincastError("E106", where, what, "Give a recording of more frames, or state its axes in a sidecar")
    time_s, _, time_notes = frame_times(draft, wanted, stored.shape[0], where)
    names, name_notes = _names(draft, stored.shape[1], where)
    found = survey(stored, Path(where).name)
    kept, drop_notes = _usable(found, names, wanted, where)
    check_repeats(found, where)
    values = _in_unit(stored, draft) if kept.all() else _in_unit(stored.only(kept), draft)
    recording, placed_notes = _recording(
        draft, values, [n for n, k in zip(names, kept, strict=True) if k], kept, time_s
    )
    extent = _extent(found, kept, draft)
    missing = [f"{extent.share_missing:.2%} of the values are missing"] if extent.share_missing > 0 else []
    notes = (*draft.notes, *axis_notes, *name_notes, *time_notes, *drop_notes, *missing, *placed_notes)
    return Assembled(recording, extent, notes)


def numbered(n_neurons: int) -> tuple[str, ...]:
    """n0001, n0002, …: names for neurons that have none."""
    width = max(4, len(str(n_neurons)))
    return tuple(f"n{number:0{width}d}" for number in range(1, n_neurons + 1))


def _recording(
    draft: Draft, values: Slabs, names: list[str], kept: np.ndarray, time_s: np.ndarray | None
) -> tuple[Recording, list[str]]:
    n_frames = values.shape[0]
    stimulus, stimulus_notes = joined(draft.stimulus, time_s, n_frames)
    behaviour, behaviour_notes = joined(draft.behaviour, time_s, n_frames)
    table, condition_notes = conditions(draft.intervals, time_s, n_frames)
    unit_notes = [] if draft.unit.strip() else ["the source states no unit: arbitrary units"]
    recording = Recording(
        values,
        tuple(names),
        time_s,
        draft.unit.strip() or "arbitrary units",
        draft.indicator,
        stimulus=stimulus,
        behaviour=behaviour,
        conditions=table,
        anatomy=_anatomy(draft, kept),
    )
    return recording, [*unit_notes, *stimulus_notes, *behaviour_notes, *condition_notes]


def _time_axis(draft: Draft, where: str) -> tuple[int, list[str]]:
    """Which of the two stored axes is time: as stated, or as the lengths of times and names say."""
    rows, columns = (int(n) for n in draft.values.shape)
    n_times = None if draft.time is None else len(draft.time)
    n_names = None if draft.neurons is None else len(draft.neurons)
    fits = [axis for axis in (0, 1) if _fits((rows, columns), axis, n_times, n_names)]
    lengths = f"shape {rows} × {columns}" + "".join(
        f", {n} {what}" for n, what in ((n_times, "times"), (n_names, "neurons")) if n is not None
    )
    if not fits:
        fix = "Times must fit one axis and neuron names the other"
        raise BraincastError("E106", where, f"the lengths do not fit together: {lengths}", fix)
    if draft.axes is not None:
        stated = _stated_axis(draft.axes, where)
        known = (n_times, n_names) != (None, None)
        if stated in fits:
            return stated, []
        if known and len(fits) == 1:
            names = " × ".join(_AXES if fits[0] == 0 else _AXES[::-1])
            return fits[0], [f"stored as {names}, as the lengths show, against the format's convention ({lengths})"]
    if len(fits) == 1 and (n_times, n_names) != (None, None):
        return fits[0], [] if fits[0] == 0 else [f"stored as neuron × time, as the lengths show ({lengths})"]
    if rows < columns and draft.axes is None:
        what = f"{lengths}: it is not clear which axis is time"
        raise BraincastError("E106", where, what, 'State axes = ["time", "neuron"] or the other way in a sidecar')
    return 0, [] if rows == columns else ["the longer axis was taken as time"]


def _fits(shape: tuple[int, int], axis: int, n_times: int | None, n_names: int | None) -> bool:
    return n_times in (None, shape[axis]) and n_names in (None, shape[1 - axis])


def _stated_axis(axes: tuple[str, str], where: str) -> int:
    if sorted(axes) != sorted(_AXES):
        raise BraincastError("E123", where, f"axes {list(axes)}", 'Use ["time", "neuron"] or ["neuron", "time"]')
    return axes.index("time")


def _names(draft: Draft, n_neurons: int, where: str) -> tuple[tuple[str, ...], list[str]]:
    """Names as given, with numbers for blank ones; E101 for a name that occurs twice comes from the recording."""
    replacements = numbered(n_neurons)
    if draft.neurons is None or not any(name.strip() for name in draft.neurons):
        return replacements, [f"neurons have no names: numbered {replacements[0]} … {replacements[-1]}"]
    blank = [not name.strip() for name in draft.neurons]
    names = tuple(new if b else n.strip() for n, new, b in zip(draft.neurons, replacements, blank, strict=True))
    notes = [f"{sum(blank)} of {n_neurons} neurons have no name: numbered by their place"] if any(blank) else []
    return names, notes


def _slabs(values: Any, time_axis: int, where: str) -> Slabs:
    """The stored matrix as [time, neuron], in a data type that can be saved; a read that fails is E117."""
    if isinstance(values, Slabs):
        return values
    dtype = _saved_dtype(np.dtype(values.dtype), where)

    def frames(start: int, stop: int) -> np.ndarray:
        try:
            part = values[start:stop] if time_axis == 0 else values[:, start:stop]
        except (OSError, RuntimeError, ValueError) as error:
            what = f"frames {start} to {stop} cannot be read ({error})"
            raise BraincastError("E117", where, what, "Get the file again: it is damaged or truncated") from error
        part = np.asarray(part)
        return (part if time_axis == 0 else part.T).astype(dtype, copy=False)

    rows, columns = (int(n) for n in values.shape)
    shape = (rows, columns) if time_axis == 0 else (columns, rows)
    chunks = getattr(values, "chunks", None)
    if chunks is not None and chunks[time_axis] > Slabs(shape, dtype, frames).slab_frames:
        return Slabs(shape, dtype, Ahead(frames, shape[0], shape[1] * dtype.itemsize))
    return Slabs(shape, dtype, frames)


def _saved_dtype(dtype: np.dtype, where: str) -> np.dtype:
    kind, size = dtype.kind, dtype.itemsize
    if kind == "f":
        return np.dtype(np.float32 if size <= 4 else np.float64)
    if kind == "b":
        return np.dtype(np.uint8)
    if kind == "i" or (kind == "u" and size == 1):
        return dtype.newbyteorder("=")
    if kind == "u":  # kept as they are while they are looked through; saved in a type that holds them all
        return dtype.newbyteorder("=")
    raise BraincastError("E107", where, f"activity has data type {dtype}", "Give floating-point numbers or counts")


def _in_unit(stored: Slabs, draft: Draft) -> Slabs:
    """Stored numbers times `scale` plus `offset`, in float32 where that holds every stored number."""
    kind, size = stored.dtype.kind, stored.dtype.itemsize
    exact = np.dtype(np.float32) if (size < 4 or (kind == "f" and size == 4)) else np.dtype(np.float64)
    if (draft.scale, draft.offset) != (1.0, 0.0):
        return stored.mapped(lambda slab: slab.astype(np.float64) * draft.scale + draft.offset, exact)
    if kind == "u" and size > 1:
        return stored.mapped(lambda slab: slab, exact)
    return stored


def _usable(
    found: Survey, names: tuple[str, ...], wanted: Wanted, where: str
) -> tuple[Bool[np.ndarray, " neuron"], list[str]]:
    """Neurons to keep: all, or with `drop` those that change and do not overflow; else E112 or E113."""
    notes = []
    kept = np.ones(len(names), bool)
    for code, bad, what in (
        ("E113", found.overflowed, "stand at the limit of their data type or wrapped around between two frames"),
        ("E112", found.unusable, "are constant or were never observed"),
    ):
        bad = bad & kept
        if not bad.any():
            continue
        some = [name for name, is_bad in zip(names, bad, strict=True) if is_bad]
        line = f"{len(some)} of {len(names)} neurons {what}: {', '.join(some[:5])}{', …' if len(some) > 5 else ''}"
        if not wanted.drop or bad.all():
            raise BraincastError(code, where, line, "Leave them out with --drop, or repair the export")
        kept &= ~bad
        notes.append(f"left out: {line}")
    if not kept.any():
        raise BraincastError("E112", where, "every neuron would be left out", "Repair the export, or give another file")
    return kept, notes


def _anatomy(draft: Draft, kept: np.ndarray) -> pd.DataFrame | None:
    if not draft.anatomy:
        return None
    columns = {name: [v for v, k in zip(values, kept, strict=True) if k] for name, values in draft.anatomy.items()}
    return pd.DataFrame(columns)


def _extent(found: Survey, kept: np.ndarray, draft: Draft) -> Extent:
    ends = np.array([np.fmin.reduce(found.low[kept]), np.fmax.reduce(found.high[kept])]) * draft.scale + draft.offset
    return Extent(float(ends.min()), float(ends.max()), found.share_missing(kept))
