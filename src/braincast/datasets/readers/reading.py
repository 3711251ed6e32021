"""Any file in, what was understood of it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.connectome import Connectome
from braincast.datasets.readers.assembly import assembled
from braincast.datasets.readers.candidates import Contents, Kind, Wanted, chosen
from braincast.datasets.readers.draft import Draft, Interval, Origin, Wired
from braincast.datasets.readers.findings import Findings
from braincast.datasets.readers.sidecar import Sidecar, sidecar_of
from braincast.datasets.readers.signature import format_of, inside
from braincast.errors import BraincastError
from braincast.files import home_expanded

_ROOM = "braincast.datasets.readers"
_READERS: Mapping[str, str] = {
    "hdf5": "hdf5_files",
    "numpy": "numpy_files",
    "matlab": "matlab.version5",
    "table": "tables",
    "zarr": "stores",
    "suite2p": "suite2p",
}


def read(
    path: str | Path,
    *,
    kind: Kind | None = None,
    series: str | None = None,
    rate_hz: float | None = None,
    bin_s: float | None = None,
    frames: bool = False,
    drop: bool = False,
) -> Findings:
    """What a file or folder holds, checked, with the activity still in it where the format allows.

    `series` names one of several matrices, `rate_hz` is the number of frames a second, `bin_s` the width of bins for
    spikes; `frames` counts frames whatever the times say; `drop` leaves out neurons that cannot be used. A sidecar
    beside the path is obeyed. Errors: E104–E106 and E112–E123; E405 where nothing is there.

        findings = read("session.nwb")
        findings.recordings, findings.notes
    """
    wanted = Wanted(kind, series, rate_hz, bin_s, frames, drop)
    place = inside(home_expanded(path))
    form = format_of(place)
    if form == "saved":
        from braincast.datasets.readers import saved

        return saved.findings(place)
    side, side_path = sidecar_of(place)
    reader: Callable[[Path, Wanted], Contents] = import_module(f"{_ROOM}.{_READERS[form]}").contents
    found = reader(place, wanted)
    candidate, others = chosen(found.candidates, wanted, place)
    said = () if side_path is None else (f"{side_path.name} was obeyed",)
    basis = Findings(place, found.format, origin=_origin(found.origin, side), notes=said, others=others)
    opened = candidate.open()
    if isinstance(opened, Wired):
        connectome = _with_sidecar(opened.connectome, side, place)
        notes = opened.notes if side.axes is None else ()
        return replace(basis, connectome=connectome, notes=(*said, *notes, *_connectome_notes(connectome)))
    return _with_recording(basis, _drafted(opened, side, place), wanted, candidate.name)


def _with_recording(basis: Findings, draft: Draft, wanted: Wanted, series: str) -> Findings:
    made = assembled(draft, wanted, str(basis.path))
    name = basis.path.stem
    taken = (f"series {series}",) if basis.others else ()
    notes = (*basis.notes, *taken, *made.notes)
    beside = {track.name for track in (*draft.stimulus, *draft.behaviour)}  # taken too, as what was shown or done
    others = tuple(label for label in basis.others if label.rsplit(" (", 1)[0].rsplit("/", 1)[-1] not in beside)
    recordings, extents = {name: made.recording}, {name: made.extent}
    return replace(basis, recordings=recordings, extents=extents, notes=notes, others=others)


def _drafted(draft: Draft, side: Sidecar, path: Path) -> Draft:
    """The draft with what the sidecar says in the place of what the file says."""
    changes: dict[str, Any] = {n: v for n in ("unit", "indicator", "time_unit", "neurons") if (v := getattr(side, n))}
    if side.axes is not None:
        changes["axes"] = _recording_axes(side.axes, path)
    if side.rate_hz is not None or side.dt_s is not None:
        changes |= {"rate_hz": side.rate_hz or 1 / (side.dt_s or 1.0), "time": None}
    if side.conditions:
        changes["intervals"] = tuple(Interval(c.name, c.start, c.stop, c.in_frames) for c in side.conditions)
    return replace(draft, **changes)


def _recording_axes(axes: tuple[str, str], path: Path) -> tuple[str, str]:
    if sorted(axes) != ["neuron", "time"]:
        fix = 'Use ["time", "neuron"] or ["neuron", "time"] for a recording'
        raise BraincastError("E123", f"{path}: axes", f"{list(axes)} for a recording", fix)
    return axes


def _origin(origin: Origin, side: Sidecar) -> Origin:
    stated = {n: v for n in ("species", "strain", "animal", "licence") if (v := getattr(side, n))}
    return replace(origin, **stated, citation=side.citations or origin.citation)


def _with_sidecar(connectome: Connectome, side: Sidecar, path: Path) -> Connectome:
    """Names, unit and orientation as the sidecar says."""
    neurons, edges = connectome.neurons, connectome.edges
    if side.neurons is not None:
        if len(side.neurons) != len(neurons):
            what = f"{len(side.neurons)} names for {len(neurons)} neurons"
            raise BraincastError("E106", f"{path}: neurons", what, "Name every neuron, in order")
        neurons = neurons.assign(id=list(side.neurons))
    if side.axes == ("post", "pre"):
        edges = edges.assign(pre=edges["post"].to_numpy(), post=edges["pre"].to_numpy())
    elif side.axes not in (None, ("pre", "post")):
        fix = 'Use ["pre", "post"] or ["post", "pre"] for a connectome'
        raise BraincastError("E123", f"{path}: axes", f"{list(side.axes)} for a connectome", fix)
    return Connectome(neurons, edges, connectome.name, side.weight_unit or connectome.weight_unit)


def _connectome_notes(connectome: Connectome) -> tuple[str, ...]:
    edges = connectome.edges
    loops = int(np.sum(edges["pre"].to_numpy() == edges["post"].to_numpy()))
    ends = pd.unique(np.concatenate([edges["pre"].to_numpy(), edges["post"].to_numpy()]))
    unwired = connectome.n_neurons - len(ends)
    notes = [f"{loops} edges lead from a neuron to itself"] if loops else []
    notes += [f"{unwired} neurons have no edge"] if unwired else []
    return tuple(notes)
