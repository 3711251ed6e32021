"""Columns of NWB's dynamic tables."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from braincast.datasets.readers import hdf5


def columns(table: h5py.Group) -> dict[str, list[Any]]:
    """Every column of texts or single numbers, one value a row; of ragged columns of texts the joined texts."""
    n_rows = _n_rows(table)
    found: dict[str, list[Any]] = {}
    for name in _column_names(table):
        data, index = table.get(name), table.get(f"{name}_index")
        if not isinstance(data, h5py.Dataset) or name in ("pixel_mask", "voxel_mask", "image_mask"):
            continue
        texts = hdf5.texts(data)
        if isinstance(index, h5py.Dataset):
            if texts is not None:
                found[name] = [", ".join(part) for part in _ragged(texts, hdf5.whole(index))]
        elif data.shape == (n_rows,):
            found[name] = list(texts) if texts is not None else _numbers(data)
    return {name: values for name, values in found.items() if len(values) == n_rows}


def spans(index: np.ndarray) -> list[tuple[int, int]]:
    """First and last+1 entry of each row of a ragged column, from the ends that NWB stores."""
    ends = [int(end) for end in index]
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _column_names(table: h5py.Group) -> list[str]:
    declared = table.attrs.get("colnames")
    names = [] if declared is None else [hdf5.text(name) for name in np.asarray(declared).reshape(-1)]
    others = [str(name) for name in table if name not in names and not str(name).endswith("_index")]
    return [name for name in [*names, *others] if name in table]


def _n_rows(table: h5py.Group) -> int:
    ids = table.get("id")
    return int(ids.shape[0]) if isinstance(ids, h5py.Dataset) and ids.shape else -1


def _numbers(data: h5py.Dataset) -> list[Any]:
    return list(hdf5.whole(data)) if data.dtype.kind in "fiub" else []


def _ragged(texts: tuple[str, ...], index: np.ndarray) -> list[tuple[str, ...]]:
    return [texts[start:stop] for start, stop in spans(index)]
