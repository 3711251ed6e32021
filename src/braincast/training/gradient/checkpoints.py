"""A training on disk: the last two checkpoints, each complete and hashed or not there at all, and its metrics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from braincast import files
from braincast.errors import BraincastError
from braincast.models.blackbox.networks.parameters import named_arrays, with_arrays
from braincast.training.gradient.metrics import Row, as_line, as_text, read_rows
from braincast.training.gradient.update import State
from braincast.training.place import Place
from braincast.version import VERSION

_KEPT = 2
_ARRAYS, _RECORD, _METRICS = "arrays.npz", "checkpoint.json", "metrics.jsonl"


@dataclass(frozen=True, eq=False)
class Standing:
    """How far a training has come; `best` is the network at `best_step`, when its validation error was least."""

    step: int
    state: State
    best: Any
    best_step: int
    best_error: float
    metrics: tuple[Row, ...]


def note(place: Place, row: Row) -> None:
    """Add an evaluation to the metrics."""
    if place.folder is not None:
        files.append_line(place.folder / _METRICS, as_line(row))


def keep(place: Place, standing: Standing) -> None:
    """Write a checkpoint; only then are older ones removed, all but the one before it."""
    if place.folder is None:
        return
    record = {
        "braincast": VERSION,
        "training": dict(place.identity),
        "step": standing.step,
        "best_step": standing.best_step,
        "best_error": standing.best_error,
    }
    arrays: dict[str, Any] = named_arrays(_tree(standing.state, standing.best))
    with files.new_folder(place.folder / f"step-{standing.step:09d}", what="checkpoint") as folder:
        np.savez(folder / _ARRAYS, **arrays)
        files.write_json(folder / _RECORD, record)
    for old in _checkpoints(place.folder)[:-_KEPT]:
        files.remove_tree(old)


def last(place: Place, outline: State) -> Standing | None:
    """Where the last checkpoint stands, as arrays of numpy; None without one. `outline` has the shapes of a state.

    E210 for a damaged one, E502 for one of another training, E702 of another network, E703 of another version.
    """
    if place.folder is None:
        return None
    if not (found := _checkpoints(place.folder)):
        _rows_until(place.folder, 0)
        return None
    record = _checked_record(found[-1], place)
    with np.load(found[-1] / _ARRAYS, allow_pickle=False) as stored:
        tree = with_arrays(_tree(outline, outline.network), dict(stored), str(found[-1]))
    rows = _rows_until(place.folder, record["step"])
    best = tree["best"], record["best_step"], record["best_error"]
    return Standing(record["step"], tree["state"], *best, rows)


def _rows_until(folder: Path, step: int) -> tuple[Row, ...]:
    """The metrics up to a checkpoint; what was noted after it is dropped, as it comes again."""
    rows = read_rows(folder / _METRICS, step)
    files.write_text(folder / _METRICS, as_text(rows))
    return rows


def _checkpoints(folder: Path) -> list[Path]:
    return sorted(folder.glob("step-*"))


def _checked_record(path: Path, place: Place) -> dict[str, Any]:
    try:
        files.check_manifest(path)
    except BraincastError as error:
        fix = "Remove this checkpoint; --resume then goes on from the one before it"
        raise BraincastError(error.code, error.where, error.what, fix) from error
    record, again = files.read_json(path / _RECORD), "or begin again with --force"
    if record["braincast"] != VERSION:
        what = f"braincast {record['braincast']} wrote it, this is {VERSION}"
        raise BraincastError("E703", str(path), what, f"Go on with that version, {again}")
    for key, wanted in place.identity.items():
        if record["training"].get(key) != wanted:
            what = f"its {key} is {record['training'].get(key)!r}, not {wanted!r}"
            raise BraincastError("E502", str(path), what, f"Choose another --out, {again}")
    return record


def _tree(state: State, best: Any) -> dict[str, Any]:
    return {"state": state, "best": best}
