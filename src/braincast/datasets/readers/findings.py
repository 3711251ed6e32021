"""What was understood of a file, before anything is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from braincast.brain.connectome import Connectome
from braincast.brain.recording import Recording
from braincast.brain.stretches import timing
from braincast.datasets.readers.draft import UNSTATED, Origin

_FIRST_NAMES = 6


@dataclass(frozen=True)
class Extent:
    """Range and completeness of a recording's values."""

    lowest: float
    highest: float
    share_missing: float


@dataclass(frozen=True)
class Findings:
    """A recording or a connectome as it was understood, still in its file where the format allows.

    `notes` say what was assumed or left out, `others` which matrices of the file were not taken. `extents` has an
    entry for each recording.
    """

    path: Path
    format: str
    recordings: Mapping[str, Recording] = field(default_factory=dict)
    connectome: Connectome | None = None
    origin: Origin = UNSTATED
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    extents: Mapping[str, Extent] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Findings {json.dumps(preview(self), ensure_ascii=False)}"


def preview(findings: Findings) -> dict[str, Any]:
    """What was understood, as plain values for people and for JSON."""
    origin = findings.origin
    shown: dict[str, Any] = {
        "file": findings.path.name,
        "format": findings.format,
        "species": origin.species or "not stated",
        "animal": origin.animal or "not stated",
        "licence": origin.licence or "not stated",
        "recordings": {n: _of_recording(r, findings.extents.get(n)) for n, r in findings.recordings.items()},
        "connectome": None if findings.connectome is None else _of_connectome(findings.connectome),
    }
    return {**shown, "notes": list(findings.notes), "not_taken": list(findings.others)}


def _of_recording(recording: Recording, extent: Extent | None) -> dict[str, Any]:
    found = None if recording.time_s is None else timing(recording.time_s)
    table = recording.conditions
    names = [] if table is None else [f"{n} ({b - a:,} frames)" for n, a, b in table[["name", "start", "stop"]].values]
    return {
        "frames": recording.n_frames,
        "neurons": recording.n_neurons,
        "step_s": None if found is None else found.dt_s,
        "jitter": None if found is None else found.jitter,
        "gaps": 0 if found is None else len(found.gaps),
        "unit": recording.unit,
        "indicator": recording.indicator or "not stated",
        "conditions": names,
        "stimulus": _features(recording.stimulus),
        "behaviour": _features(recording.behaviour),
        "anatomy": [] if recording.anatomy is None else [str(column) for column in recording.anatomy.columns],
        "range": None if extent is None else [extent.lowest, extent.highest],
        "share_missing": None if extent is None else extent.share_missing,
        "first_neurons": list(recording.neurons[:_FIRST_NAMES]),
    }


def _of_connectome(connectome: Connectome) -> dict[str, Any]:
    edges = connectome.edges
    return {
        "neurons": connectome.n_neurons,
        "edges": connectome.n_edges,
        "kinds": list(connectome.kinds),
        "total_weight": float(edges["weight"].to_numpy().sum()),
        "weight_unit": connectome.weight_unit,
        "with_sign": int((edges["sign"].to_numpy() != 0).sum()),
        "columns": [str(column) for column in connectome.neurons.columns],
        "first_neurons": connectome.neuron_ids[:_FIRST_NAMES],
    }


def _features(track: Any) -> list[str]:
    return [] if track is None else [str(name) for name in track["feature"].values]
