"""Fits on disk: one zarr group for each fold, with what was chosen and how; no pickles."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np

from braincast.brain.arrays import read_arrays, values_of, write_arrays
from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError
from braincast.files import check_manifest, new_folder, read_json, write_json
from braincast.models.registry import load_model
from braincast.tasks.kinds import AnyTask
from braincast.training.choice import Choice
from braincast.training.fit import FittedFolds
from braincast.version import VERSION

_RECORD = "fit.json"


def save_fit(fitted: FittedFolds, path: Path, *, force: bool = False) -> Path:
    """Write a fit as a folder, complete or not at all."""
    record = {
        "braincast": VERSION,
        "task": fitted.task.name,
        "task_hash": fitted.task.hash,
        "model": fitted.model,
        "seed": fitted.seed,
        "wiring": fitted.wiring,
        "fit_s": fitted.fit_s,
        "n_parameters": fitted.n_parameters,
        "choices": [{"settings": dict(c.settings), "loss": c.loss} for c in fitted.choices],
    }
    with new_folder(path, force=force, what="fit") as folder:
        for fold, fit in enumerate(fitted.folds):
            arrays, numbers = _flattened(fit)
            dims = {name: tuple(f"axis_{axis}" for axis in range(values.ndim)) for name, values in arrays.items()}
            write_arrays(folder / f"fold-{fold}", {n: (dims[n], v) for n, v in arrays.items()}, {"numbers": numbers})
        write_json(folder / _RECORD, record)
    return path


def is_fit(path: Path) -> bool:
    """Whether `save_fit` wrote this folder."""
    return (path / _RECORD).is_file()


def read_fit_record(path: Path) -> dict[str, Any]:
    """What `save_fit` recorded beside the parameters; a folder that is not a finished fit is E503."""
    if not is_fit(path):
        fix = "Make one with braincast fit TASK MODEL --out RUN"
        raise BraincastError("E503", str(path), f"this is not a finished fit (no {_RECORD})", fix)
    check_manifest(path)
    return read_json(path / _RECORD)


def load_fit(path: Path, task: AnyTask, *, structure: Specimen | None = None) -> FittedFolds:
    """A saved fit, to forecast with; one of another task or version of it is E215.

    A fit to a null connectome needs that `structure` again (E502 without it), as the true one gives other answers.
    """
    record = read_fit_record(path)
    if record["task_hash"] != task.hash:
        what = f"it was fitted to {record['task']} {record['task_hash'][:12]}, not to {task.hash[:12]}"
        raise BraincastError("E215", str(path), what, "Fit again with this version of braincast")
    if record["wiring"] != "true" and structure is None:
        what = f"it was fitted to {record['wiring']} wiring, not to the task's own"
        raise BraincastError("E502", str(path), what, "Give that structure too")
    model = load_model(record["model"])
    prepared = model.prepare(structure if structure is not None else task.structure)
    folds = []
    for fold in range(task.card.n_folds):
        arrays, attributes = read_arrays(path / f"fold-{fold}", check=False)
        values = {name: values_of(array) for name, array in arrays.items()}
        folds.append(_restored(model.fitted_type, values | dict(attributes["numbers"])))
    choices = tuple(Choice(choice["settings"], choice["loss"]) for choice in record["choices"])
    named = record["model"], record["seed"], tuple(folds), choices, record["fit_s"], record["wiring"]
    return FittedFolds(task, *named, prepared)


def _flattened(fit: Any, prefix: str = "") -> tuple[dict[str, np.ndarray], dict[str, float | int]]:
    """Arrays and plain numbers of a dataclass by dotted name; None is left out."""
    arrays: dict[str, np.ndarray] = {}
    numbers: dict[str, float | int] = {}
    for entry in fields(fit):
        value, name = getattr(fit, entry.name), prefix + entry.name
        if is_dataclass(value):
            inner = _flattened(value, f"{name}.")
            arrays.update(inner[0])
            numbers.update(inner[1])
        elif isinstance(value, np.ndarray):
            arrays[name] = value
        elif value is not None:
            numbers[name] = value
    return arrays, numbers


def _restored(kind: type[Any], values: dict[str, Any], prefix: str = "") -> Any:
    """The inverse of `_flattened`, led by the annotations of the dataclass."""
    found = {}
    hints = get_type_hints(kind)
    for name, annotation in ((entry.name, hints[entry.name]) for entry in fields(kind)):
        nested = next((a for a in (annotation, *get_args(annotation)) if is_dataclass(a)), None)
        inner = f"{prefix}{name}."
        if nested is not None and any(key.startswith(inner) for key in values):
            found[name] = _restored(nested, values, inner)  # pyright: ignore[reportArgumentType]
        else:
            found[name] = values.get(prefix + name)
    return kind(**found)
