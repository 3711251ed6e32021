"""Resampled values as a file: an uncompressed npz in which the same numbers are the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

_NO_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def samples_file(samples: Mapping[str, Float[np.ndarray, "seed resample"]]) -> bytes:
    """The bytes of an npz with an array for each metric, in the order of their names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(samples):
            entry = zipfile.ZipInfo(f"{name}.npy", _NO_DATE)
            entry.create_system = _UNIX
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, _array_file(samples[name]))
    return made.getvalue()


def samples_in(content: bytes) -> dict[str, Float[np.ndarray, "seed resample"]]:
    """The arrays of such a file; nothing in it is unpickled."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _array_file(values: np.ndarray) -> bytes:
    made = io.BytesIO()
    np.lib.format.write_array(made, np.ascontiguousarray(values, dtype="<f8"), version=(1, 0), allow_pickle=False)
    return made.getvalue()
