"""Sorted units of an NWB file: spike times counted in bins."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from braincast.brain.slabs import Slabs
from braincast.datasets.readers import hdf5
from braincast.datasets.readers.draft import Draft, Interval, Track
from braincast.datasets.readers.nwb.rois import anatomy_among, names_among
from braincast.datasets.readers.nwb.tables import columns, spans
from braincast.errors import BraincastError

DEFAULT_BIN_S = 0.05
_MOST_BINS = 1 << 26


def units_draft(
    units: h5py.Group,
    bin_s: float | None,
    stimulus: tuple[Track, ...],
    behaviour: tuple[Track, ...],
    table: tuple[Interval, ...],
    notes: tuple[str, ...],
) -> Draft:
    """Counts [bin, unit] from the first to the last spike; E110 for a spike time that is not finite."""
    width_s = bin_s or DEFAULT_BIN_S
    times, unit, n_units = _spikes(units)
    start_s = float(np.floor(times.min() / width_s) * width_s) if len(times) else 0.0
    bins = np.floor((times - start_s) / width_s).astype(np.int64)
    n_bins = int(bins.max(initial=-1)) + 1
    if n_bins > _MOST_BINS:
        fix = "Give a longer --bin, or check that spike times are in seconds"
        raise BraincastError("E116", "units/spike_times", f"{n_bins:,} bins of {width_s} s", fix)
    described = columns(units)
    names, name_notes = names_among(described)
    said = f"spikes counted in bins of {width_s:g} s" + ("" if bin_s else " (--bin changes it)")
    return Draft(
        counted(bins, unit, n_bins, n_units),
        ("time", "neuron"),
        names,
        rate_hz=1 / width_s,
        start_s=start_s,
        unit="spikes per bin",
        indicator="extracellular spikes",
        stimulus=stimulus,
        behaviour=behaviour,
        intervals=table,
        anatomy=anatomy_among(described),
        notes=(said, *name_notes, *notes),
    )


def counted(bins: np.ndarray, unit: np.ndarray, n_bins: int, n_units: int) -> Slabs:
    """Spike counts [bin, unit], made a slab at a time."""
    order = np.argsort(bins, kind="stable")
    bins, unit = bins[order], unit[order]

    def frames(start: int, stop: int) -> np.ndarray:
        first, last = np.searchsorted(bins, (start, stop))
        place = (bins[first:last] - start) * n_units + unit[first:last]
        counts = np.bincount(place, minlength=(stop - start) * n_units)
        return counts.reshape(stop - start, n_units).astype(np.int32)

    return Slabs((n_bins, n_units), np.dtype(np.int32), frames)


def _spikes(units: h5py.Group) -> tuple[np.ndarray, np.ndarray, int]:
    """All spike times in seconds, the unit of each, and how many units there are."""
    stored: Any = units["spike_times"]
    ends: Any = units["spike_times_index"]
    times = hdf5.whole(stored).astype(np.float64)
    rows = spans(hdf5.whole(ends))
    if any(stop < start for start, stop in rows) or (rows and rows[-1][1] > len(times)):
        what = "spike_times_index does not fit spike_times"
        raise BraincastError("E117", "units/spike_times_index", what, "Get the file again")
    unit = np.repeat(np.arange(len(rows)), [stop - start for start, stop in rows])
    times = times[: len(unit)]
    if not np.isfinite(times).all():
        place = int(np.argmax(~np.isfinite(times)))
        raise BraincastError("E110", f"units/spike_times[{place}]", "this time is not finite", "Leave it out")
    return times, unit, len(rows)
