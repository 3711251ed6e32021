"""Morphologies from SWC files (Cannon et al. 1998, J Neurosci Methods 84:49), each line checked."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import NoReturn

import numpy as np
from jaxtyping import Float

from braincast.dynamics.cable.morphology import SOMA, Morphology
from braincast.errors import BraincastError

_LARGEST_BYTES = 64 << 20
_LARGEST_ID = 2**31 - 1
_LARGEST_UM = 1e8  # a hundred metres: more than any animal, and its square is still a number
_COLUMNS = ("id", "type", "x", "y", "z", "radius", "parent")


def read_swc(path: str | PathLike[str]) -> Morphology:
    """The morphology in an SWC file; E906, with the line, for whatever makes no tree of points with radii."""
    path = Path(path)
    rows, lines = _rows(path)
    reader = _Tree(str(path), rows, lines)
    order = reader.parents_first()
    rows, parent = rows[order], reader.parent[order]
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return Morphology(
        point=rows[:, 0].astype(np.int64),
        kind=rows[:, 1].astype(np.int64),
        position_um=rows[:, 2:5].copy(),
        radius_um=rows[:, 5].copy(),
        parent=np.where(parent >= 0, place[parent], -1),
        source=str(path),
    )


def _rows(path: Path) -> tuple[Float[np.ndarray, "point 7"], list[int]]:
    """Numbers of all points, and the line that each stands on."""
    rows, lines = [], []
    for number, text in _lines(path):
        said = text.partition("#")[0].split()
        if not said:
            continue
        try:
            rows.append([float(word) for word in said])
        except ValueError:
            _refuse_word(f"{path}, line {number}", said)
        if len(said) != len(_COLUMNS):
            _refuse(f"{path}, line {number}", f"{len(said)} columns, not 7", f"They are {' '.join(_COLUMNS)}")
        lines.append(number)
    if not rows:
        _refuse(str(path), "it holds no point", "Each point is a line: id type x y z radius parent")
    found = np.array(rows)
    _require_possible(str(path), found, lines)
    return found, lines


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        if not path.is_file():
            _refuse(str(path), "there is no such file", "Give the path of an SWC file")
        if (size := path.stat().st_size) > _LARGEST_BYTES:
            _refuse(str(path), f"{size:,} bytes, of at most {_LARGEST_BYTES:,}", "Leave out points between forks")
        with path.open(encoding="utf-8", errors="replace") as stream:
            yield from enumerate(stream, start=1)
    except OSError as error:
        _refuse(str(path), f"it cannot be read ({error.strerror})", "Look at its permissions")


def _refuse_word(where: str, said: list[str]) -> NoReturn:
    """Name the word that is no number."""
    for place, word in enumerate(said):
        try:
            float(word)
        except ValueError:
            name = _COLUMNS[place] if place < len(_COLUMNS) else f"column {place + 1}"
            _refuse(where, f"{name} is {word[:40]!r}, no number", "Use a point as the decimal sign")
    raise AssertionError("all words are numbers")


def _require_possible(path: str, rows: Float[np.ndarray, "point 7"], lines: list[int]) -> None:
    """Refuse the first value that its column cannot have."""
    whole = (rows == np.rint(rows)) & (np.abs(rows) <= _LARGEST_ID)
    inside = np.abs(rows) <= _LARGEST_UM  # false for NaN
    possible = {
        "id": (whole[:, 0] & (rows[:, 0] >= 0), "a whole number, 0 or above"),
        "type": (whole[:, 1] & (rows[:, 1] >= 0), "a whole number, 0 or above"),
        "x": (inside[:, 2], "a finite number of µm"),
        "y": (inside[:, 3], "a finite number of µm"),
        "z": (inside[:, 4], "a finite number of µm"),
        "radius": (inside[:, 5] & (rows[:, 5] > 0), "a number of µm above 0"),
        "parent": (whole[:, 6] & (rows[:, 6] >= -1), "the id of a point, or -1 for the root"),
    }
    for column, (name, (good, meaning)) in enumerate(possible.items()):
        if not good.all():
            row = int(np.argmin(good))
            _refuse(f"{path}, line {lines[row]}", f"{name} is {rows[row, column]:g}", f"It is {meaning}")


class _Tree:
    """Whose parent is whose, with what is wrong about it."""

    def __init__(self, path: str, rows: np.ndarray, lines: list[int]) -> None:
        self._path, self._rows, self._lines = path, rows, lines
        ids = rows[:, 0].astype(np.int64)
        self._require_distinct(ids)
        self.parent = self._parents(ids, rows[:, 6].astype(np.int64))
        self._require_shape()

    def parents_first(self) -> np.ndarray:
        """Rows from the root outwards, in the order of the file wherever that is such an order; E906 for a cycle."""
        children: list[list[int]] = [[] for _ in self.parent]
        for row, above in enumerate(self.parent):
            if above >= 0:
                children[above].append(row)
        reached, waiting = [], [int(np.flatnonzero(self.parent < 0)[0])]
        while waiting:
            reached.append(row := waiting.pop())
            waiting.extend(reversed(children[row]))
        if len(reached) < len(self.parent):
            lost = np.setdiff1d(np.arange(len(self.parent)), reached)
            row = self._on_cycle(int(lost[0]))
            self._refuse_row(row, "following parents from it leads back to it", "The root is nobody's descendant")
        return np.array(reached)

    def _require_distinct(self, ids: np.ndarray) -> None:
        order = np.argsort(ids, kind="stable")
        again = order[1:][np.diff(ids[order]) == 0]
        if len(again):
            row = int(again.min())
            first = self._lines[int(np.flatnonzero(ids == ids[row])[0])]
            self._refuse_row(row, f"point {ids[row]} stands on line {first} too", "Give each point an id of its own")

    def _parents(self, ids: np.ndarray, said: np.ndarray) -> np.ndarray:
        """Rows of parents, -1 for roots."""
        order = np.argsort(ids)
        place = order[np.searchsorted(ids[order], said).clip(max=len(ids) - 1)]
        missing = (said >= 0) & (ids[place] != said)
        if missing.any():
            row = int(np.flatnonzero(missing)[0])
            self._refuse_row(row, f"its parent {said[row]} is not in the file", "The parent of the root is -1")
        return np.where(said < 0, -1, place)

    def _require_shape(self) -> None:
        roots = np.flatnonzero(self.parent < 0)
        if len(roots) == 0:
            _refuse(self._path, "no point has the parent -1, so that there is no root", "Give one point the parent -1")
        if len(roots) > 1:
            first = self._lines[roots[0]]
            what = f"a second root (the first stands on line {first}): {len(roots)} trees"
            self._refuse_row(int(roots[1]), what, "Keep one cell in a file, in one piece")
        if len(self.parent) == 1 and self._rows[0, 1] != SOMA:
            self._refuse_row(0, "a single point that is no soma", f"Alone, only a soma (type {SOMA}) has a surface")

    def _on_cycle(self, row: int) -> int:
        """The first point, in the file's order, of the cycle that parents of `row` run into."""
        seen: set[int] = set()
        while row not in seen:
            seen.add(row)
            row = int(self.parent[row])
        cycle = [row]
        while (above := int(self.parent[cycle[-1]])) != row:
            cycle.append(above)
        return min(cycle)

    def _refuse_row(self, row: int, what: str, fix: str) -> NoReturn:
        _refuse(f"{self._path}, line {self._lines[row]}", what, fix)


def _refuse(where: str, what: str, fix: str) -> NoReturn:
    raise BraincastError("E906", where, what, fix)
