"""How an answer lies in its store: labelled axes, a data type, and a regular grid of chunks within limits."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from braincast.errors import BraincastError
from braincast.forecasts.answers import dtype_problems
from braincast.forecasts.expected import LARGEST_CHUNK_BYTES, LARGEST_ENSEMBLE, MOST_FILES
from braincast.forecasts.header import header_of
from braincast.tasks.kinds import MEMBER

_N_OTHER_FILES = 3  # the manifest, the metadata of the group and of the array
_USUAL_CHUNK_BYTES = 8 << 20

Tile = tuple[slice, ...]


@dataclass(frozen=True)
class AnswerLayout:
    """One array in one store. `attributes` are about the answer: texts, numbers, booleans."""

    array: str
    labels: Mapping[str, Sequence[str]]
    dtype: np.dtype
    chunks: tuple[int, ...]
    attributes: Mapping[str, Any]

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the axes, in order."""
        return tuple(self.labels)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        return tuple(len(labels) for labels in self.labels.values())

    @cached_property
    def tiles(self) -> dict[str, Tile]:
        """Where each chunk lies in the array, by the name of its file, in index order."""
        return dict(self.within(tuple(slice(0, size) for size in self.shape)))

    def within(self, place: Tile) -> Iterator[tuple[str, Tile]]:
        """The same for the chunks that begin in one part of the array."""
        ranges = [
            range(part.start // step, math.ceil(part.stop / step))
            for part, step in zip(place, self.chunks, strict=True)
        ]
        for index in itertools.product(*ranges):
            yield "/".join([self.array, "c", *map(str, index)]), self._tile(index)

    def _tile(self, index: tuple[int, ...]) -> Tile:
        places = zip(index, self.chunks, self.shape, strict=True)
        return tuple(slice(i * step, min((i + 1) * step, size)) for i, step, size in places)

    def header(self, where: str) -> dict[str, Any]:
        """The attributes of the store's group."""
        return header_of(self.labels, self.attributes, where)


def answer_layout(
    array: str,
    labels: Mapping[str, Sequence[str]],
    dtype: np.dtype | type | str,
    attributes: Mapping[str, Any],
    chunks: tuple[int, ...] | None,
    where: str,
) -> AnswerLayout:
    """A layout within the limits of a store (see `limit_problems`); without `chunks`, usual ones.

    Numbers of numpy among the attributes become plain ones. Chunks of another number of axes are E106.
    """
    dtype, shape = np.dtype(dtype), tuple(len(names) for names in labels.values())
    chosen = chunks or usual_chunks(labels, dtype.itemsize)
    if len(chosen) != len(shape) or min(chosen) < 1:
        raise BraincastError("E106", where, f"chunks of {chosen} in an array of {shape}", "Give one size for each axis")
    fitting = tuple(max(1, min(chunk, size)) for chunk, size in zip(chosen, shape, strict=True))
    for problem in limit_problems(labels, dtype, fitting, where):
        raise problem
    plain = {str(name): value.item() if isinstance(value, np.generic) else value for name, value in attributes.items()}
    return AnswerLayout(array, labels, dtype, fitting, plain)


def limit_problems(
    labels: Mapping[str, Sequence[str]], dtype: np.dtype, chunks: tuple[int, ...], where: str
) -> Iterator[BraincastError]:
    """What no store may hold: types but floating-point ones (E209), large chunks, many files or members (E212)."""
    yield from dtype_problems(dtype.name, where)
    n_bytes = math.prod(chunks) * dtype.itemsize
    if n_bytes > LARGEST_CHUNK_BYTES:
        what = f"a chunk has {n_bytes:,} bytes, the limit is {LARGEST_CHUNK_BYTES:,}"
        yield BraincastError("E212", where, what, "Choose smaller chunks")
    n_chunks = math.prod(math.ceil(len(names) / step) for names, step in zip(labels.values(), chunks, strict=True))
    if n_chunks + _N_OTHER_FILES > MOST_FILES:
        what = f"it has {n_chunks:,} chunks; with all else a store has at most {MOST_FILES:,} files"
        yield BraincastError("E212", where, what, "Choose larger chunks")
    if len(labels.get(MEMBER, ())) > LARGEST_ENSEMBLE:
        what = f"it has {len(labels[MEMBER])} members, the limit is {LARGEST_ENSEMBLE}"
        yield BraincastError("E212", where, what, "Give fewer members, quantiles for example")


def usual_chunks(labels: Mapping[str, Sequence[str]], itemsize: int) -> tuple[int, ...]:
    """As many whole rows (cases) as take about 8 MiB; a larger row is cut along its neurons.

    In arrays of more than 50 GB chunks are larger, so that a store never has too many.
    """
    sizes = {axis: max(1, len(names)) for axis, names in labels.items()}
    first, *rest = sizes
    cut = next(axis for axis in reversed(rest) if axis != MEMBER)
    whole = math.prod(size for axis, size in sizes.items() if axis not in (first, cut)) * itemsize
    n_bytes = whole * sizes[first] * sizes[cut]
    largest = min(LARGEST_CHUNK_BYTES, max(_USUAL_CHUNK_BYTES, 3 * n_bytes // MOST_FILES))
    rows = max(1, min(sizes[first], largest // (whole * sizes[cut])))
    columns = max(1, min(sizes[cut], largest // whole))
    return tuple({**sizes, first: rows, cut: columns}.values())
