"""The forecast store: one zarr v3 group with checksummed chunks, its axes' labels and a completion manifest.

The array is [case, lead, neuron], or [case, lead, neuron, member] where an answer is a distribution. The page
docs/reference/forecast-store.md specifies it for those who write one without this package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr
import zarr

from braincast.brain.arrays import read_arrays
from braincast.errors import BraincastError
from braincast.files import MANIFEST
from braincast.forecasts.check import DIMENSIONS, check_forecast, labels_of
from braincast.forecasts.header import header_problems, labels_in
from braincast.forecasts.layout import limit_problems
from braincast.forecasts.lazy import lazily
from braincast.forecasts.writer import writing_answer
from braincast.tasks.kinds import MEMBER, AnyCard

_ARRAY = "activity"
_AGAIN = "Write it again, as docs/reference/forecast-store.md says"


def save_forecast(
    forecast: xr.DataArray, path: Path | str, *, force: bool = False, chunks: tuple[int, ...] | None = None
) -> Path:
    """Write a forecast [case, lead, neuron(, member)] to `path`, complete or not at all.

    Labels and attributes stand in the group's attributes, so that they can be checked before an array is opened. A
    forecast that lies in a file is read part by part. Other axes, or an axis without labels, are E212, an attribute
    that is not text, a number or a boolean is E107, values that are no floating-point numbers are E209.

    >>> from tempfile import TemporaryDirectory
    >>> labels = {"case": ["AVAL"], "lead": ["mean after onset"], "neuron": ["AVBL", "AVBR"]}
    >>> with TemporaryDirectory() as folder:
    ...     path = save_forecast(xr.DataArray(np.full((1, 1, 2), 0.25), labels), f"{folder}/quarter.zarr")
    ...     float(load_forecast(path).mean())
    0.25
    """
    return save_answer(forecast, labels_of(forecast, str(path)), path, array=_ARRAY, force=force, chunks=chunks)


def load_forecast(path: Path | str, card: AnyCard | None = None) -> xr.DataArray:
    """Open a forecast after checking its manifest, shape and labels; with a card, also that it answers that task.

    Its values stay on disk until they are asked for, part by part where parts are asked for.

    >>> load_forecast("nowhere.zarr")
    Traceback (most recent call last):
    braincast.errors.BraincastError: E201 nowhere.zarr: there is no such store. Check the path; a store is a folder.
    """
    forecast = open_answer(path, _ARRAY, DIMENSIONS)
    if card is not None:
        check_forecast(card, forecast, str(path))
    return forecast


def save_answer(
    answer: xr.DataArray,
    labels: Mapping[str, Sequence[str]],
    path: Path | str,
    *,
    array: str,
    force: bool = False,
    chunks: tuple[int, ...] | None = None,
) -> Path:
    """Write labelled values as the store's array, one chunk after the other."""
    declared = {"labels": labels, "dtype": answer.dtype, "attributes": dict(answer.attrs), "chunks": chunks}
    with writing_answer(path, array=array, force=force, **declared) as writer:
        for tile in writer.remaining():
            writer.write(tile, np.asarray(answer[tile].values))
    return Path(path)


def open_answer(path: Path | str, array: str, axes: tuple[str, ...]) -> xr.DataArray:
    """The array of a store, unread, on these axes and, where the store has one, an axis of members.

    Everything but the values is checked first: E201 without such an array, E203 for files that belong to nothing, E212
    for what the store says about itself, E209 for types; and all that `read_arrays` refuses.
    """
    path = Path(path)
    if not path.is_dir():
        raise BraincastError("E201", str(path), "there is no such store", "Check the path; a store is a folder")
    arrays, header = read_arrays(path)
    found = labels_in(header) or {}
    axes = (*axes, MEMBER) if MEMBER in found else axes
    if array not in arrays:
        raise BraincastError("E201", str(path), f"it has no array named {array!r}", _AGAIN)
    if set(found) != set(axes):
        raise BraincastError("E212", str(path), f"the store does not label its axes {', '.join(axes)}", _AGAIN)
    stored, labels = arrays[array], {axis: found[axis] for axis in axes}
    for problem in (*header_problems(header, str(path)), *_array_problems(stored, labels, f"{path}/{array}")):
        raise problem
    _refuse_strangers(path, array)
    return xr.DataArray(lazily(stored), dims=axes, coords=labels, attrs=header.get("attributes", {}), name=array)


def _array_problems(stored: zarr.Array, labels: Mapping[str, Sequence[str]], where: str) -> Iterator[BraincastError]:
    shape, named = tuple(map(len, labels.values())), getattr(stored.metadata, "dimension_names", None)
    if stored.shape != shape:
        yield BraincastError("E212", where, f"its shape is {stored.shape}, but its labels say {shape}", _AGAIN)
    elif named != tuple(labels):
        what = f"its dimension names are {named}; expected {', '.join(labels)}"
        yield BraincastError("E212", where, what, _AGAIN)
    else:
        yield from limit_problems(labels, np.dtype(stored.dtype), stored.chunks, where)


def _refuse_strangers(path: Path, array: str) -> None:
    """E203 for a file beside the array that is neither the group's metadata nor the manifest."""
    for name in sorted(entry.name for entry in path.iterdir()):
        if name not in (array, "zarr.json", MANIFEST):
            raise BraincastError("E203", f"{path}/{name}", "this belongs to nothing in the store", "Remove it")
