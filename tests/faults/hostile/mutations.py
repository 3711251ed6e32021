"""Good submissions changed at random, by their structure: JSON trees, texts, chunks, files, zip records."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numcodecs.zstd import Zstd

from hostile.frames import frame
from hostile.good import CRC32C, DECLARATION, ZSTD, Files, as_folder, as_json, encoded, sign, submission
from hostile.raw_zip import DEFLATED, STORED, Entry, archive
from hostile.tasks import CARDS, EXPECTED

Random = np.random.Generator
Change = Callable[[Files, Random], None]
NUMBERS = (-1, 0, 1, 2, 17, 255, 65_535, 2**31, 2**32 - 1, 2**63, 2**64, 10**40, 0.5, 1e308, float("nan"), float("inf"))
TEXTS = ("", "x", "..", "../x", "/etc/passwd", "a\0b", "\u202e", "\ud800", "<b>", "=1", "x" * 10_000, "float64", "zstd")
VALUES = (*NUMBERS, *TEXTS, None, True, False, [], {}, [[]], [0] * 1000, {"name": "bytes"}, [1, 1, 1])
WRONG = (np.nan, np.inf, -np.inf, -1e-9, 1.5, 1e300, -0.0, 5e-324, 0.25)


def make_one(rng: Random, folder: Path) -> tuple[str, Path]:
    """A mutated submission in an empty folder, and the name of the task that it answers.

    About one in five stays as good as it was: what is then called valid is compared with another reader.
    """
    task = str(rng.choice(list(CARDS)))
    files = _base(rng, task)
    if rng.random() < 0.15:
        return task, _written(files, rng, folder, lies=False)
    for _ in range(rng.integers(1, 4)):
        _one_of(rng, CHANGES)(files, rng)
    if rng.random() < 0.7:
        for store in {name.split("/")[0] for name in files if ".zarr/" in name}:
            sign(files, store)
    return task, _written(files, rng, folder, lies=rng.random() < 0.3)


def _base(rng: Random, task: str) -> Files:
    expected = EXPECTED[task]
    seeds = sorted(rng.choice(5, rng.integers(1, 3), replace=False).tolist())
    nulls = {null: int(rng.integers(1, 3)) for null in expected.nulls if rng.random() < 0.3}
    dtype, codecs = _one_of(rng, ("float32", "float64")), _one_of(rng, (ZSTD, CRC32C))
    labels: dict[str, Sequence[str]] = dict(expected.axes)
    if expected.members and rng.random() < 0.4:
        labels["member"] = [str(member) for member in range(rng.integers(1, 5))]
    chunks = tuple(int(rng.integers(max(1, len(axis) // 3), len(axis) + 2)) for axis in labels.values())
    return submission(expected, seeds=seeds, nulls=nulls, dtype=dtype, codecs=codecs, labels=labels, chunks=chunks)


def _written(files: Files, rng: Random, folder: Path, *, lies: bool) -> Path:
    if rng.random() < 0.4:
        try:
            return as_folder(files, folder / "submission")
        except (OSError, ValueError):  # a name that the file system does not have, or a file in a folder's place
            pass
    content = _zip(files, rng, lies)
    if lies and rng.random() < 0.3:
        content = _spoilt(content, rng)
    (folder / "submission.zip").write_bytes(content)
    return folder / "submission.zip"


def _zip(files: Files, rng: Random, lies: bool) -> bytes:
    entries = [
        Entry(name.encode("utf-8", "surrogatepass"), content, int(rng.choice([STORED, DEFLATED])))
        for name, content in files.items()
    ]
    if not lies:
        return archive(entries)
    for _ in range(rng.integers(0, 3)):
        place = int(rng.integers(len(entries)))
        entries[place] = _lying(entries[place], rng, len(entries))
    end = {}
    if rng.random() < 0.3:
        width = {"disk": 16, "here": 16, "count": 16, "size": 32, "start": 32, "comment_bytes": 16}
        key = _one_of(rng, list(width))
        end[key] = _number(rng, width[key])
    return archive(entries, before=_one_of(rng, (b"", b"", b"MZ")), **end)


def _lying(entry: Entry, rng: Random, n_entries: int) -> Entry:
    width = {"flags": 16, "method": 16, "crc": 32, "packed": 32, "size": 32, "start": 32, "disk": 16}
    key = _one_of(rng, list(width))
    lie = {key: _number(rng, width[key])}
    changes: tuple[dict[str, Any], ...] = (
        {"central": lie},
        {"local": lie},
        {"central": lie, "local": lie},
        {"mode": int(rng.integers(1 << 16))},
        {"name": _spoilt(entry.name, rng)},
        {"local_name": _spoilt(entry.name, rng)},
        {"extra": rng.bytes(int(rng.integers(1, 40)))},
        {"flags": 1 << int(rng.integers(16))},
    )
    return dataclasses.replace(entry, **_one_of(rng, changes))


def _change_json(files: Files, rng: Random) -> None:
    """One node of a JSON tree replaced, removed, or given a neighbour."""
    name = _some_name(files, rng, "zarr.json", "manifest.json")
    try:
        tree = json.loads(files[name])
    except ValueError:  # changed before, into no JSON
        return
    nodes = list(_containers(tree))
    node = _one_of(rng, nodes) if nodes else None
    if isinstance(node, dict):
        key = _one_of(rng, [*node, "more"])
        _replace(node, key, rng)
    elif isinstance(node, list) and node:
        _replace(node, int(rng.integers(len(node))), rng)
    files[name] = as_json(tree)


def _containers(tree: Any) -> list[Any]:
    """All lists and dictionaries of a tree, the outermost first."""
    found, todo = [], [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, dict | list):
            found.append(node)
            todo.extend(node.values() if isinstance(node, dict) else node)
    return found


def _replace(node: Any, key: Any, rng: Random) -> None:
    kind = rng.integers(4)
    if kind == 0 and (isinstance(node, list) or key in node):
        del node[key]
    elif kind == 1 and isinstance(node, dict):
        node[_one_of(rng, TEXTS)] = node.get(key)
    elif kind == 2 and isinstance(node, list):
        node.append(_one_of(rng, [*VALUES, node[key]]))
    else:
        node[key] = _one_of(rng, VALUES)


def _rewrite_json(files: Files, rng: Random) -> None:
    """The same JSON, written in another way."""
    name = _some_name(files, rng, ".json")
    try:
        tree = json.loads(files[name])
    except ValueError:
        return
    files[name] = json.dumps(tree, indent=int(rng.integers(8)), sort_keys=True, ensure_ascii=True).encode()


def _change_declaration(files: Files, rng: Random) -> None:
    lines = files.get(DECLARATION, b"").decode("utf-8", "replace").split("\n")
    place = int(rng.integers(len(lines)))
    key, equals, value = lines[place].partition(" = ")
    new = _one_of(rng, VALUES)
    choices = (
        "",
        f"{key} = {json.dumps(new)}",
        f"{key} = [{value}, {json.dumps(new)}]",
        f"{key}{equals}{value}\n{key}{equals}{value}",
        f"{_one_of(rng, TEXTS)} = {value}",
        f"[{key}]",
    )
    lines[place] = _one_of(rng, choices)
    files[DECLARATION] = "\n".join(lines).encode("utf-8", "surrogatepass")


def _spoil_file(files: Files, rng: Random) -> None:
    name = _some_name(files, rng, "")
    files[name] = _spoilt(files[name], rng)


def _change_values(files: Files, rng: Random) -> None:
    """A chunk with some wrong numbers, or with the same ones compressed in another way."""
    name = _some_name(files, rng, "/0")
    content = files[name]
    try:
        raw, zipped = (
            (bytes(Zstd().decode(content)), True) if content[:4] == b"\x28\xb5\x2f\xfd" else (content[:-4], False)
        )
    except (MemoryError, RuntimeError, ValueError):  # a frame that was changed before
        return
    numbers = np.frombuffer(raw[: len(raw) // 8 * 8], _one_of(rng, ("<f4", "<f8"))).copy()
    if rng.random() < 0.7 and len(numbers):
        with np.errstate(over="ignore"):
            numbers[rng.integers(len(numbers), size=3)] = _one_of(rng, WRONG)
        raw = numbers.tobytes()
    level = int(rng.integers(-5, 20))
    files[name] = bytes(Zstd(level, checksum=True).encode(raw)) if zipped else encoded(np.frombuffer(raw, "u1"), CRC32C)


def _change_frame(files: Files, rng: Random) -> None:
    """A handmade frame in the place of a chunk or after it."""
    name = _some_name(files, rng, "/0")
    announced = _one_of(rng, (None, 0, 17 * 40 * 4, len(files[name]), 1 << 40, (1 << 64) - 1))
    made = frame(announced, int(rng.integers(1, 3000)), window=int(rng.integers(256)), checksum=bool(rng.integers(2)))
    files[name] = _one_of(rng, (made, files[name] + made, made + files[name]))


def _move_files(files: Files, rng: Random) -> None:
    """A file removed, added, renamed, or changed places with another."""
    first, second = _some_name(files, rng, ""), _some_name(files, rng, "")
    kind = rng.integers(5)
    if kind == 0:
        del files[first]
    elif kind == 1:
        files[first], files[second] = files[second], files[first]
    elif kind == 2:
        files[f"{first.rpartition('/')[0]}/{_one_of(rng, TEXTS)}".lstrip("/")] = files[second]
    elif kind == 3:
        files[_spoilt(first.encode(), rng).decode("utf-8", "replace")] = files.pop(first)
    else:
        files[first.upper()] = files[first]


CHANGES: tuple[Change, ...] = (
    *(_change_json, _change_json, _change_json, _rewrite_json, _change_declaration, _change_declaration),
    *(_spoil_file, _change_values, _change_values, _change_frame, _move_files),
)


def _spoilt(content: bytes, rng: Random) -> bytes:
    """Bytes flipped, cut, doubled, inserted or removed."""
    changed = bytearray(content)
    start = int(rng.integers(len(changed) + 1))
    stop = start + int(rng.integers(1, 9))
    part = bytes(changed[start:stop])
    replacements = (rng.bytes(len(part)), b"", part * 2, part + rng.bytes(3), bytes(len(part)), b"\xff" * len(part))
    changed[start:stop] = _one_of(rng, replacements)
    return bytes(changed[:start] if rng.random() < 0.1 else changed)


def _some_name(files: Files, rng: Random, *ends: str) -> str:
    fitting = [name for name in files if name.endswith(ends)] or list(files)
    return _one_of(rng, sorted(fitting))


def _number(rng: Random, bits: int) -> int:
    whole = [number for number in NUMBERS if isinstance(number, int) and 0 <= number < 1 << bits]
    return _one_of(rng, [*whole, int(rng.integers(1 << bits))])


def _one_of(rng: Random, choices: Sequence[Any]) -> Any:
    return choices[int(rng.integers(len(choices)))]
