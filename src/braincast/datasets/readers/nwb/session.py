"""Neurodata Without Borders (Rübel et al. 2022, eLife 11:e78362), read as HDF5 whatever its layout."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np

from braincast.datasets.readers import hdf5
from braincast.datasets.readers.candidates import Candidate, Wanted
from braincast.datasets.readers.draft import Draft, Origin, Track
from braincast.datasets.readers.nwb.intervals import intervals
from braincast.datasets.readers.nwb.rois import rois_of
from braincast.datasets.readers.nwb.units import units_draft

_BEHAVIOUR_TYPES = frozenset(
    {
        *("SpatialSeries", "BehavioralTimeSeries", "BehavioralEvents", "BehavioralEpochs", "Position"),
        *("EyeTracking", "PupilTracking", "CompassDirection", "IntervalSeries"),
    }
)
_DF_OVER_F = re.compile(r"d(elta)?[ _]?f[ _/]?(over|o|/)?[ _/]?f", re.IGNORECASE)
_LESS_SURE = re.compile(r"neuropil|deconv|background|raw|spike", re.IGNORECASE)
_LONGEST_TRACK = 1 << 24
_NOTHING_STATED = frozenset({"", "n.a.", "na", "n/a", "unknown", "none", "not stated"})


def is_nwb(file: h5py.File) -> bool:
    """Whether the file says that it is NWB."""
    return "nwb_version" in file.attrs


def candidates(file: h5py.File, items: dict[str, Any], wanted: Wanted) -> list[Candidate]:
    """Every 2-D series of the file, ΔF/F first, then fluorescence, other ROI responses, sorted units, and the rest."""
    found = []
    for path, group in items.items():
        if _is_series(group) and len(group["data"].shape) == 2:
            shape = tuple(int(n) for n in group["data"].shape)
            found.append(Candidate(path, "recording", _rank(path, group), shape, _drafting(path, group, items)))
    units = items.get("units")
    if isinstance(units, h5py.Group) and "spike_times" in units and "spike_times_index" in units:
        ends: Any = units["spike_times_index"]
        shape = (int(ends.shape[0]),)
        found.append(Candidate("units", "recording", 3, shape, _counting(units, items, wanted)))
    return found


def origin(file: h5py.File) -> Origin:
    """Subject and publications as the file states them; NWB has no place for a licence."""
    general = file.get("general")
    if not isinstance(general, h5py.Group):
        return Origin()
    subject = general.get("subject")
    said: dict[str, Any] = dict(subject) if isinstance(subject, h5py.Group) else {}
    citation = hdf5.text(general.get("related_publications"))
    return Origin(
        _stated(hdf5.text(said.get("species"))),
        _stated(hdf5.text(said.get("strain"))) or _stated(hdf5.text(said.get("genotype"))),
        _stated(hdf5.text(said.get("subject_id"))),
        citation=(citation,) if citation else (),
    )


def _drafting(path: str, group: h5py.Group, items: dict[str, Any]) -> Callable[[], Draft]:
    def draft() -> Draft:
        data, rois = group["data"], rois_of(group)
        time, rate_hz, start_s = _clock(group)
        unit = _stated(hdf5.text(data.attrs.get("unit")))
        stimulus, behaviour = tracks(items, path)
        table, notes = intervals(items)
        return Draft(
            data,
            ("time", "neuron"),
            rois.names,
            time,
            "s",
            rate_hz,
            start_s,
            unit or ("dF/F" if _rank(path, group) == 0 else ""),
            rois.indicator,
            hdf5.number(data.attrs.get("conversion"), 1.0),
            hdf5.number(data.attrs.get("offset"), 0.0),
            stimulus,
            behaviour,
            table,
            rois.anatomy,
            (*rois.notes, *notes),
        )

    return draft


def _counting(units: h5py.Group, items: dict[str, Any], wanted: Wanted) -> Callable[[], Draft]:
    def draft() -> Draft:
        stimulus, behaviour = tracks(items, "units")
        table, notes = intervals(items)
        return units_draft(units, wanted.bin_s, stimulus, behaviour, table, notes)

    return draft


def tracks(items: dict[str, Any], taken: str) -> tuple[tuple[Track, ...], tuple[Track, ...]]:
    """Stimuli, and behaviour: series shown to the animal, and any series of behaviour or with one value a time."""
    stimulus: list[Track] = []
    behaviour: list[Track] = []
    for path, group in items.items():
        if path == taken or not _is_series(group) or "rois" in group or "electrodes" in group:
            continue
        shape = group["data"].shape
        shown = path.startswith("stimulus/")
        if len(shape) > 2 or group["data"].size > _LONGEST_TRACK:
            continue
        if not shown and len(shape) == 2 and not _is_behaviour(path, group):
            continue
        time, rate_hz, start_s = _clock(group)
        if time is None and rate_hz:
            time = start_s + np.arange(shape[0]) / rate_hz
        (stimulus if shown else behaviour).append(Track(path.rsplit("/", 1)[-1], _scaled(group["data"]), time))
    return tuple(stimulus), tuple(behaviour)


def _scaled(data: h5py.Dataset) -> np.ndarray:
    conversion, offset = hdf5.number(data.attrs.get("conversion"), 1.0), hdf5.number(data.attrs.get("offset"), 0.0)
    values = hdf5.whole(data)
    return values if (conversion, offset) == (1.0, 0.0) else values * conversion + offset


def _clock(group: h5py.Group) -> tuple[np.ndarray | None, float | None, float]:
    """Timestamps, or rate and start, in seconds."""
    timestamps, start = group.get("timestamps"), group.get("starting_time")
    if isinstance(timestamps, h5py.Dataset) and timestamps.shape:
        return hdf5.whole(timestamps), None, 0.0
    if isinstance(start, h5py.Dataset) and "rate" in start.attrs:
        return None, hdf5.number(start.attrs["rate"], 0.0), hdf5.number(hdf5.whole(start), 0.0)
    return None, None, 0.0


def _rank(path: str, group: h5py.Group) -> int:
    """0 ΔF/F, 1 fluorescence, 2 other responses of regions of interest, 3 units, then what may be no neurons."""
    parent, kind = group.parent, _type_of(group)
    around = f"{_type_of(parent)} {path}" if isinstance(parent, h5py.Group) else path
    if _is_behaviour(path, group) or path.startswith("stimulus/"):
        return 9
    if kind == "RoiResponseSeries" or "rois" in group:
        if "DfOverF" in around or _DF_OVER_F.search(path):
            return 0
        if _LESS_SURE.search(path):
            return 2
        return 1 if "fluorescence" in around.lower() else 2
    return 6 if kind == "ElectricalSeries" or "electrodes" in group else 4


def _is_series(item: Any) -> bool:
    data = item.get("data") if isinstance(item, h5py.Group) else None
    return (
        isinstance(data, h5py.Dataset)
        and len(data.shape or ()) >= 1
        and data.dtype.kind in "fiub"
        and min(data.shape) > 0
    )


def _is_behaviour(path: str, group: h5py.Group) -> bool:
    parent = group.parent
    types = {_type_of(group), _type_of(parent) if isinstance(parent, h5py.Group) else ""}
    return bool(types & _BEHAVIOUR_TYPES) or path.startswith("processing/behav")


def _type_of(group: h5py.Group) -> str:
    return hdf5.text(group.attrs.get("neurodata_type"))


def _stated(text: str) -> str:
    return "" if text.lower() in _NOTHING_STATED else text
