"""What a fold learned, on disk: a zarr group of arrays and plain values; no pickles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

from braincast.brain.arrays import read_arrays, values_of, write_arrays
from braincast.errors import BraincastError
from braincast.files import check_manifest, read_json

RECORD = "fit.json"


def is_fit(path: Path) -> bool:
    """Whether a fit was saved in this folder."""
    return (path / RECORD).is_file()


def read_fit_record(path: Path) -> dict[str, Any]:
    """What was recorded beside the parameters of a saved fit; a folder that is not a finished fit is E503."""
    if not is_fit(path):
        fix = "Make one with braincast fit TASK MODEL --out RUN"
        raise BraincastError("E503", str(path), f"this is not a finished fit (no {RECORD})", fix)
    check_manifest(path)
    return read_json(path / RECORD)


def write_fold(folder: Path, fold: int, fit: Any) -> None:
    """Write what one fold learned, a dataclass."""
    arrays, numbers = _flattened(fit)
    dims = {name: tuple(f"axis_{axis}" for axis in range(values.ndim)) for name, values in arrays.items()}
    write_arrays(folder / f"fold-{fold}", {n: (dims[n], v) for n, v in arrays.items()}, {"numbers": numbers})


def read_fold(folder: Path, fold: int, kind: type[Any]) -> Any:
    """The inverse of `write_fold`, as the dataclass `kind`."""
    arrays, attributes = read_arrays(folder / f"fold-{fold}", check=False)
    values = {name: values_of(array) for name, array in arrays.items()}
    return _restored(kind, values | dict(attributes["numbers"]))


def _flattened(fit: Any, prefix: str = "") -> tuple[dict[str, np.ndarray], dict[str, float | int | str]]:
    """Arrays and plain values of a dataclass by dotted name, those in its mappings too; None is left out."""
    arrays: dict[str, np.ndarray] = {}
    numbers: dict[str, float | int | str] = {}
    for entry in fields(fit):
        value, name = getattr(fit, entry.name), prefix + entry.name
        if is_dataclass(value):
            inner = _flattened(value, f"{name}.")
            arrays.update(inner[0])
            numbers.update(inner[1])
            continue
        named = {f"{name}.{key}": part for key, part in value.items()} if isinstance(value, Mapping) else {name: value}
        for key, part in named.items():
            if isinstance(part, np.ndarray):
                arrays[key] = part
            elif part is not None:
                numbers[key] = part
    return arrays, numbers


def _restored(kind: type[Any], values: dict[str, Any], prefix: str = "") -> Any:
    """The inverse of `_flattened`, led by the annotations of the dataclass."""
    found = {}
    hints = get_type_hints(kind)
    for name, annotation in ((entry.name, hints[entry.name]) for entry in fields(kind)):
        inner = f"{prefix}{name}."
        if get_origin(annotation) is Mapping:
            found[name] = {key[len(inner) :]: value for key, value in values.items() if key.startswith(inner)}
            continue
        nested = next((a for a in (annotation, *get_args(annotation)) if is_dataclass(a)), None)
        if nested is not None and any(key.startswith(inner) for key in values):
            found[name] = _restored(nested, values, inner)  # pyright: ignore[reportArgumentType]
        else:
            found[name] = values.get(prefix + name)
    return kind(**found)
