"""The forecast store: one zarr v3 group with checksummed chunks, its axes' labels and a completion manifest.

The array is [case, lead, neuron], or [case, lead, neuron, member] where an answer is a distribution.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from braincast.brain.arrays import read_arrays, write_arrays
from braincast.errors import BraincastError
from braincast.files import canonical_json, new_folder
from braincast.forecasts.check import DIMENSIONS, check_forecast, labels_of
from braincast.forecasts.lazy import lazily
from braincast.tasks.kinds import MEMBER, AnyCard
from braincast.version import VERSION

FORMAT = 1
_ARRAY = "activity"
_CHUNK_BYTES = 8 << 20


def save_forecast(
    forecast: xr.DataArray, path: Path | str, *, force: bool = False, chunks: tuple[int, ...] | None = None
) -> Path:
    """Write a forecast [case, lead, neuron(, member)] to `path`, complete or not at all.

    Labels and attributes stand in the group's attributes, so that they can be checked before an array is opened.
    Other axes or an axis without labels are E212, an attribute that JSON cannot hold is E107.
    """
    path = Path(path)
    labels, attrs = labels_of(forecast, str(path)), plain_attributes(forecast.attrs, path)
    values = np.asarray(forecast.values)
    attributes = {"format": FORMAT, "braincast": VERSION, "axes": labels, "attributes": attrs}
    with new_folder(path, force=force, what="forecast") as folder:
        arrays = {_ARRAY: (tuple(labels), values)}
        write_arrays(folder, arrays, attributes, chunks={_ARRAY: chunks or _chunks(values)})
    return path


def load_forecast(path: Path | str, card: AnyCard | None = None) -> xr.DataArray:
    """Open a forecast after checking its manifest, shape and labels; with a card, also that it answers that task.

    Its values stay on disk until they are asked for, part by part where parts are asked for.
    """
    path = Path(path)
    if not path.is_dir():
        fix = "Check the path; a forecast is a folder written by braincast forecast"
        raise BraincastError("E201", str(path), "there is no forecast store", fix)
    arrays, attributes = read_arrays(path)
    given = attributes.get("axes")
    axes = (*DIMENSIONS, MEMBER) if isinstance(given, Mapping) and MEMBER in given else DIMENSIONS
    labels = axis_labels(attributes, path, axes)
    if _ARRAY not in arrays:
        raise BraincastError("E201", str(path), f"it has no array named {_ARRAY!r}", "Write the forecast again")
    array = arrays[_ARRAY]
    expected = tuple(len(labels[axis]) for axis in axes)
    if array.shape != expected:
        what = f"{_ARRAY} has shape {array.shape}, but its labels say {expected}"
        raise BraincastError("E212", str(path), what, "Write the forecast again")
    attrs = attributes.get("attributes")
    attrs = dict(attrs) if isinstance(attrs, Mapping) else {}
    forecast = xr.DataArray(lazily(array), dims=axes, coords=labels, attrs=attrs, name=_ARRAY)
    if card is not None:
        check_forecast(card, forecast, str(path))
    return forecast


def axis_labels(attributes: Mapping[str, Any], path: Path, axes: Sequence[str]) -> dict[str, list[str]]:
    """The labels along each axis as a store's attributes give them; E212 where one is missing."""
    labels = attributes.get("axes")
    if isinstance(labels, Mapping) and all(isinstance(labels.get(axis), list) for axis in axes):
        return {axis: [str(label) for label in labels[axis]] for axis in axes}
    fix = "Write it with braincast.save_forecast"
    raise BraincastError("E212", str(path), f"the store does not label its axes {', '.join(axes)}", fix)


def plain_attributes(attributes: Mapping[Any, Any], path: Path) -> dict[str, Any]:
    """Attributes as JSON can hold them, numpy's scalars as plain numbers; E107 for what it cannot hold."""
    plain = {str(key): value.item() if isinstance(value, np.generic) else value for key, value in attributes.items()}
    for name, value in plain.items():
        try:
            canonical_json(value)
        except (TypeError, ValueError) as error:
            what = f"its attribute {name!r} cannot be saved ({error})"
            raise BraincastError("E107", str(path), what, "Use plain values") from error
    return plain


def _chunks(values: np.ndarray) -> tuple[int, ...]:
    """Whole cases, about 8 MiB a chunk; a case larger than that is cut along neurons."""
    n_cases, n_leads, n_neurons, *members = values.shape
    each = n_leads * values.itemsize * (members[0] if members else 1)  # bytes of one neuron in one case
    cases = max(1, min(n_cases, _CHUNK_BYTES // max(1, each * n_neurons)))
    neurons = max(1, min(n_neurons, _CHUNK_BYTES // max(1, each)))
    return cases, max(1, n_leads), neurons, *members
