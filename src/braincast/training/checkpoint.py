"""Fits on disk: one zarr group for each fold, with what was chosen and how; no pickles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from braincast.errors import BraincastError
from braincast.files import new_folder, write_json, write_text
from braincast.models.registry import load_model
from braincast.tasks.kinds import AnyTask
from braincast.training.choice import Choice
from braincast.training.fit import FittedFolds, Structure
from braincast.training.gradient.metrics import as_text, read_rows
from braincast.training.origin import Origin, names_hash, recordings_of
from braincast.training.stored_folds import RECORD, is_fit, read_fit_record, read_fold, write_fold
from braincast.version import VERSION

__all__ = ["is_fit", "load_fit", "read_fit_record", "save_fit", "task_of_fit"]
_METRICS = "fold-{}-metrics.jsonl"


def save_fit(fitted: FittedFolds, path: Path, *, force: bool = False, beside: Mapping[str, str] | None = None) -> Path:
    """Write a fit as a folder, complete or not at all, with texts for people `beside` it by name of file."""
    record = {
        "braincast": VERSION,
        "task": fitted.task.name,
        "task_hash": fitted.task.hash,
        "track": fitted.task.track,
        "inputs": getattr(fitted.task, "inputs", "none"),
        "model": fitted.model,
        "seed": fitted.seed,
        "wiring": fitted.wiring,
        "fit_s": fitted.fit_s,
        "n_parameters": fitted.n_parameters,
        "neurons": names_hash(fitted.task.card.neurons),
        "recordings": names_hash(recordings_of(fitted.task.card)),
        "learned_from": [list(learned) for learned in fitted.learned_from],
        "start": fitted.start.record if fitted.start else None,
        "choices": [{"settings": dict(c.settings), "loss": c.loss} for c in fitted.choices],
    }
    with new_folder(path, force=force, what="fit") as folder:
        for fold, fit in enumerate(fitted.folds):
            write_fold(folder, fold, fit)
            if metrics := fitted.choices[fold].metrics:
                write_text(folder / _METRICS.format(fold), as_text(metrics))
        for name, text in (beside or {}).items():
            write_text(folder / name, text)
        write_json(folder / RECORD, record)
    return path


def task_of_fit(path: Path, task: AnyTask) -> AnyTask:
    """The task on the track that a saved fit was made on: there it answers."""
    return task.on_track(read_fit_record(path).get("track", "open"))


def load_fit(path: Path, task: AnyTask, *, structure: Structure | None = None) -> FittedFolds:
    """A saved fit, to forecast with; one of another task or version of it is E215.

    A fit to a null connectome needs that `structure` again (E502 without it), as the true one gives other answers.
    """
    record = read_fit_record(path)
    if record["task_hash"] != task.hash:
        what = f"it was fitted to {record['task']} {record['task_hash'][:12]}, not to {task.hash[:12]}"
        raise BraincastError("E215", str(path), what, "Fit again with this version of braincast")
    if (track := record.get("track", "open")) != task.track:
        what = f"it was fitted on the track {track}, not on {task.track}"
        raise BraincastError("E215", str(path), what, f'Load the task on that track: load_task(name, track="{track}")')
    if record["wiring"] != "true" and structure is None:
        what = f"it was fitted to {record['wiring']} wiring, not to the task's own"
        raise BraincastError("E502", str(path), what, "Give that structure too")
    model = load_model(record["model"])
    prepared = model.prepare(structure if structure is not None else task.structure)
    folds = [read_fold(path, fold, model.fitted_type) for fold in range(task.card.n_folds)]
    choices = tuple(
        Choice(choice["settings"], choice["loss"], read_rows(path / _METRICS.format(fold)))
        for fold, choice in enumerate(record["choices"])
    )
    named = record["model"], record["seed"], tuple(folds), choices, record["fit_s"], record["wiring"]
    return FittedFolds(task, *named, prepared, Origin.of_record(record.get("start")))
