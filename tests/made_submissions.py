"""Submissions made with json, hashlib, zipfile and the codecs alone, as a stranger would make them: names -> bytes."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import google_crc32c
import numpy as np
from numcodecs.zstd import Zstd

from braincast.forecasts.expected import Expected

Files = dict[str, bytes]
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
CODECS = {"zstd": {"name": "zstd", "configuration": {"level": 3, "checksum": True}}, "crc32c": {"name": "crc32c"}}

EXPECTED = Expected(
    array="activity",
    axes={"case": ("w0", "w1", "w2"), "lead": ("1", "2"), "neuron": ("A", "B", "C", "D", "E")},
    members=True,
    lower=None,
    upper=None,
    quantity="activity",
    names={"task": "made-forecast", "task_hash": "ab" * 32},
    tracks=("open", "wiring-required"),
    nulls=("identity-permuted", "no-edges"),
)


def encoded(values: np.ndarray, codec: str) -> bytes:
    """One chunk as it lies in its file."""
    raw = np.ascontiguousarray(values).tobytes()
    if codec == "zstd":
        return bytes(Zstd(level=3, checksum=True).encode(raw))
    return raw + google_crc32c.value(raw).to_bytes(4, "little")


def array_json(values: np.ndarray, axes: Sequence[str], chunk: Sequence[int], codec: str) -> dict:
    """The metadata of an array."""
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(values.shape),
        "data_type": values.dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0.0,
        "codecs": [LITTLE, CODECS[codec]],
        "attributes": {},
        "dimension_names": list(axes),
    }


def made_values(expected: Expected = EXPECTED, seed: int = 0, dtype: str = "float32", members: int = 0) -> np.ndarray:
    """Numbers between 0 and 1."""
    shape = (*expected.shape, members) if members else expected.shape
    return np.random.default_rng(seed).random(shape).astype(dtype)


def store_files(
    values: np.ndarray | None = None,
    expected: Expected = EXPECTED,
    *,
    codec: str = "zstd",
    chunk: Sequence[int] | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
) -> Files:
    """A store without its manifest; chunks at the edges are padded with zeros."""
    values = made_values(expected) if values is None else values
    axes = {axis: list(given) for axis, given in expected.axes.items()}
    if values.ndim > len(axes):
        axes["member"] = [str(number) for number in range(values.shape[-1])]
    axes |= {axis: list(given) for axis, given in (labels or {}).items()}
    chunk = tuple(chunk or (2, *values.shape[1:]))
    attributes = {"format": 1, "axes": axes, "attributes": dict(expected.names), "writer": "by hand"}
    group = {"zarr_format": 3, "node_type": "group", "attributes": attributes}
    array = array_json(values, list(axes), chunk, codec)
    files = {"zarr.json": as_json(group), f"{expected.array}/zarr.json": as_json(array)}
    counts = [math.ceil(size / step) for size, step in zip(values.shape, chunk, strict=True)]
    for place in itertools.product(*map(range, counts)):
        part = values[tuple(slice(i * step, (i + 1) * step) for i, step in zip(place, chunk, strict=True))]
        whole = np.zeros(chunk, values.dtype)
        whole[tuple(map(slice, part.shape))] = part
        files[f"{expected.array}/c/" + "/".join(map(str, place))] = encoded(whole, codec)
    return files


def signed(files: Files) -> Files:
    """A store's files with a manifest of them."""
    bare = {name: content for name, content in files.items() if name != "manifest.json"}
    listed = {n: {"bytes": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in bare.items()}
    return bare | {"manifest.json": as_json({"format": 1, "files": listed})}


def edited(content: bytes, *path: str, **changes: object) -> bytes:
    """JSON with keys changed in the object at `path`; None takes a key away."""
    found = json.loads(content)
    place = found
    for key in path:
        place = place[key]
    place.update(changes)
    for key in [key for key, value in changes.items() if value is None]:
        del place[key]
    return as_json(found)


def as_json(value: object) -> bytes:
    """JSON as bytes; NaN and infinities are written, too."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def declaration(expected: Expected = EXPECTED, **changes: object) -> bytes:
    """A submission.toml."""
    fields = {
        "format": 1,
        **{key: name for key, name in expected.names.items() if key in ("task", "task_hash")},
        "model": "my-model",
        "authors": ["Ada Lovelace"],
        "contact": "ada@example.org",
        "links": ["https://example.org/model"],
        "licence": "Apache-2.0",
        "description": "The mean of the training frames.",
        "training_data": ["the task's own training frames"],
        "track": "open",
        "seeds": [0],
        "nulls": {},
        "parameters": 0,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in (fields | changes).items()]
    return "\n".join(
        [*lines, "[compute]", 'hardware = "2 cores"', "hours = 0.01", "[packages]", 'numpy = "2.4"']
    ).encode()


def _toml(value: object) -> str:
    """A value in a line of TOML: JSON, but for tables."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {json.dumps(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value)


def submission_files(
    stores: Mapping[str, Files] | None = None, expected: Expected = EXPECTED, **changes: object
) -> Files:
    """A declaration and stores, each signed; without stores, one for seed 0."""
    files = {"submission.toml": declaration(expected, **changes)}
    stores = {"seed-0.zarr": store_files(expected=expected)} if stores is None else stores
    for store, inside in stores.items():
        files |= {f"{store}/{name}": content for name, content in signed(inside).items()}
    return files


def as_folder(files: Files, folder: Path) -> Path:
    """The files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def as_zip(files: Files, path: Path, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """The files in an archive."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
