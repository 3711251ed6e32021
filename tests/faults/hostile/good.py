"""A good submission as a dictionary of files, made without braincast's writers: tests can bend any part of it."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
from numcodecs.zstd import Zstd

from braincast.forecasts.expected import Expected

Files = dict[str, bytes]
STORE = "seed-0.zarr"
DECLARATION = "submission.toml"
ZSTD = [
    {"name": "bytes", "configuration": {"endian": "little"}},
    {"name": "zstd", "configuration": {"level": 3, "checksum": True}},
]
CRC32C = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]


def submission(
    expected: Expected, *, seeds: Sequence[int] = (0,), nulls: Mapping[str, int] | None = None, **changes: Any
) -> Files:
    """Every file of a submission that answers what is expected; `changes` go to its stores."""
    declared = {**declaration(expected), "seeds": list(seeds), "nulls": nulls or {}}
    if nulls:
        declared["track"] = "wiring-required"
    files = {DECLARATION: toml(declared)}
    draws = [f"null-{null}-{draw}.zarr" for null, n_draws in (nulls or {}).items() for draw in range(n_draws)]
    for number, name in enumerate([*(f"seed-{seed}.zarr" for seed in seeds), *draws]):
        files |= store(expected, name, seed=number, **changes)
    return files


def declaration(expected: Expected) -> dict[str, Any]:
    """The fields of submission.toml."""
    return {
        "format": 1,
        "task": expected.names["task"],
        "task_hash": expected.names["task_hash"],
        "model": "my-model",
        "authors": ["Ada Lovelace"],
        "contact": "ada@example.org",
        "links": ["https://example.org/my-model"],
        "licence": "Apache-2.0",
        "description": "The same number everywhere.",
        "training_data": ["the task's own training data"],
        "track": "open",
        "seeds": [0],
        "nulls": {},
        "parameters": 0,
        "compute": {"hardware": "2 CPU cores", "hours": 0.01},
        "packages": {"numpy": "2.4.0"},
    }


def toml(fields: Mapping[str, Any]) -> bytes:
    """Fields as TOML, tables last; text may hold anything."""
    plain = [f"{key} = {_literal(value)}" for key, value in fields.items() if not isinstance(value, Mapping)]
    tables = [
        "\n".join([f"[{key}]", *(f"{_literal(name)} = {_literal(entry)}" for name, entry in value.items())])
        for key, value in fields.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join([*plain, *tables, ""]).encode("utf-8", "surrogatepass")


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def store(
    expected: Expected,
    name: str = STORE,
    *,
    values: np.ndarray | None = None,
    seed: int = 0,
    dtype: str = "float32",
    codecs: list[dict[str, Any]] = ZSTD,
    chunks: tuple[int, ...] | None = None,
    labels: Mapping[str, Sequence[Any]] | None = None,
) -> Files:
    """The files of one store, signed; values are random in [0, 1) unless given, cut into two chunks along each case."""
    labels = dict(labels or expected.axes)
    shape = tuple(len(axis) for axis in labels.values())
    if values is None:
        values = np.random.default_rng(seed).random(shape)
    values = np.asarray(values, np.dtype(dtype).newbyteorder("<"))
    chunks = chunks or tuple(max(1, size) for size in (-(-shape[0] // 2), *shape[1:]))
    group = {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {"format": 1, "axes": labels, "attributes": dict(expected.names), "writer": "by hand"},
    }
    files = {
        f"{name}/zarr.json": as_json(group),
        f"{name}/{expected.array}/zarr.json": as_json(array_metadata(values, chunks, tuple(labels), codecs)),
    }
    for index in itertools.product(*(range(-(-size // step)) for size, step in zip(shape, chunks, strict=True))):
        chunk = "/".join(["c", *map(str, index)])
        files[f"{name}/{expected.array}/{chunk}"] = encoded(_chunk_of(values, index, chunks), codecs)
    sign(files, name)
    return files


def array_metadata(
    values: np.ndarray, chunks: Sequence[int], axes: Sequence[str], codecs: list[dict[str, Any]]
) -> dict[str, Any]:
    """zarr.json of the array."""
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(values.shape),
        "data_type": values.dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0.0,
        "codecs": codecs,
        "attributes": {},
        "dimension_names": list(axes),
    }


def encoded(chunk: np.ndarray, codecs: list[dict[str, Any]]) -> bytes:
    """The bytes of a chunk's file; other codecs than the two allowed chains leave them raw."""
    raw = np.ascontiguousarray(chunk).tobytes()
    if codecs == CRC32C:
        return raw + google_crc32c.value(raw).to_bytes(4, "little")
    return bytes(Zstd(level=3, checksum=True).encode(raw)) if codecs == ZSTD else raw


def as_json(value: Any) -> bytes:
    """JSON, NaN and lone surrogates included."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def sign(files: Files, name: str = STORE) -> None:
    """Give a store a manifest that fits its files, as a forger would."""
    inside = {n.removeprefix(f"{name}/"): c for n, c in files.items() if n.startswith(f"{name}/")}
    inside.pop("manifest.json", None)
    listed = {n: {"bytes": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in sorted(inside.items())}
    files[f"{name}/manifest.json"] = as_json({"format": 1, "files": listed})


def edit(files: Files, name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change one JSON file in place; nothing is signed again."""
    content = json.loads(files[name])
    change(content)
    files[name] = as_json(content)


def as_folder(files: Files, path: Path) -> Path:
    """Write the files as a folder."""
    path.mkdir(parents=True)
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def _chunk_of(values: np.ndarray, index: tuple[int, ...], chunks: tuple[int, ...]) -> np.ndarray:
    """One chunk; at the far ends filled up with zeros to its full shape."""
    part = values[tuple(slice(i * step, (i + 1) * step) for i, step in zip(index, chunks, strict=True))]
    return np.pad(part, [(0, step - size) for size, step in zip(part.shape, chunks, strict=True)])
