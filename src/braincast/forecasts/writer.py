"""Writing an answer tile by tile: what is killed at any moment goes on later, and ends with the same bytes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from braincast import files
from braincast.brain.arrays import create_array, create_group, encoded_chunk
from braincast.errors import BraincastError
from braincast.forecasts.journal import Journal, opened_journal
from braincast.forecasts.layout import AnswerLayout, Tile, answer_layout

_WHOLE = "Write the tiles that `remaining()` lists, or several of them that lie side by side"


class AnswerWriter:
    """Takes an answer in parts, in any order; a part is some whole chunks."""

    def __init__(self, store: Path, layout: AnswerLayout, journal: Journal) -> None:
        self._store, self._layout, self._journal = store, layout, journal

    @property
    def chunks(self) -> tuple[int, ...]:
        """The size of a chunk along each axis."""
        return self._layout.chunks

    def remaining(self) -> list[Tile]:
        """Where the chunks lie that are not written yet, one slice for each axis, in index order."""
        return [tile for name, tile in self._layout.tiles.items() if name not in self._journal.entries]

    def remaining_rows(self) -> list[slice]:
        """The same along the first axis alone (cases): all other axes are to be written whole."""
        return [rows for rows, _ in itertools.groupby(tile[0] for tile in self.remaining())]

    def write(self, tile: slice | Tile, values: np.ndarray) -> None:
        """Write the values at `tile`; axes that it does not name are whole. What was there before is replaced.

        A tile that cuts chunks, or values of another shape, are E106, of another type E209; a full disk is E505.
        """
        place = self._place(tile)
        self._check(place, values)
        for name, chunk in self._layout.within(place):
            inside = (slice(c.start - p.start, c.stop - p.start) for c, p in zip(chunk, place, strict=True))
            content = encoded_chunk(self._padded(values[tuple(inside)]))
            self._journal.add(name, files.add_file(self._store / name, content))

    def finish(self) -> None:
        """Sign the store with its manifest; E202 while anything remains to be written."""
        remaining = len(self.remaining())
        if remaining:
            what = f"{remaining} of {len(self._layout.tiles)} chunks were not written"
            raise BraincastError("E202", self._store.name, what, "Write all that `remaining()` lists")
        files.write_manifest(self._store, self._journal.entries)

    def _place(self, tile: slice | Tile) -> Tile:
        """The tile with a slice for each axis, from number to number."""
        given = (tile,) if isinstance(tile, slice) else tile
        shape, chunks = self._layout.shape, self._layout.chunks
        full = (*given, *(slice(None) for _ in shape[len(given) :]))
        if len(full) == len(shape):
            place = [slice(*part.indices(size)) for part, size in zip(full, shape, strict=True)]
            if all(map(_is_aligned, place, chunks, shape)):
                return tuple(place)
        raise BraincastError("E106", "tile", f"{tile} is no part of {shape} in whole chunks of {chunks}", _WHOLE)

    def _check(self, place: Tile, values: np.ndarray) -> None:
        shape = tuple(part.stop - part.start for part in place)
        if values.shape != shape:
            what = f"its values have the shape {values.shape}, the tile has {shape}"
            raise BraincastError("E106", "tile", what, _WHOLE)
        if values.dtype.newbyteorder("=") != self._layout.dtype.newbyteorder("="):
            what = f"its values are {values.dtype.name}, the store is {self._layout.dtype.name}"
            raise BraincastError("E209", "tile", what, "Convert the values to that type")

    def _padded(self, values: np.ndarray) -> np.ndarray:
        """A whole chunk; beyond the array's end it holds zeros."""
        beyond = [(0, size - found) for size, found in zip(self._layout.chunks, values.shape, strict=True)]
        return np.pad(values, beyond)


def _is_aligned(part: slice, chunk: int, size: int) -> bool:
    begins = part.start % chunk == 0 and part.start < max(1, size)
    return part.step == 1 and begins and part.start <= part.stop and (part.stop % chunk == 0 or part.stop == size)


@contextmanager
def writing_answer(
    path: Path | str,
    *,
    labels: Mapping[str, Sequence[str]],
    dtype: np.dtype | type | str = np.float32,
    attributes: Mapping[str, Any] | None = None,
    chunks: tuple[int, ...] | None = None,
    source: str | None = None,
    array: str = "activity",
    force: bool = False,
) -> Iterator[AnswerWriter]:
    """A writer for an answer on labelled axes; the store appears at `path`, complete, when the block ends well.

    `source` says, with the rest of what is declared here, all that the values follow from (a hash of a fit, for
    example). Where an earlier attempt with the same source was stopped, by whatever it was, its chunks are kept and
    only the others remain. Without a source nothing can be gone on with, and nothing stays behind an exception.

    An existing `path` is E501 unless `force`, another writer at work E504, and what a store cannot hold E106, E107,
    E209 or E212.

    >>> import tempfile
    >>> labels = {"case": ["a", "b"], "lead": ["1"], "neuron": ["AVAL", "AVAR"]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with writing_answer(f"{folder}/f.zarr", labels=labels, chunks=(1, 1, 2)) as writer:
    ...         for tile in writer.remaining():
    ...             writer.write(tile, np.zeros((1, 1, 2), np.float32))
    ...     sorted(p.name for p in Path(folder, "f.zarr").iterdir())
    ['activity', 'manifest.json', 'zarr.json']
    """
    path = Path(path)
    layout = answer_layout(array, labels, dtype, attributes or {}, chunks, str(path))
    header = layout.header(str(path))
    with files.resumable_folder(path, keep=source is not None, force=force, what="forecast") as work:
        writer = _begun(work / path.name, work / "journal.jsonl", layout, header, source)
        yield writer
        writer.finish()


@contextmanager
def answer_within(
    folder: Path,
    name: str,
    *,
    labels: Mapping[str, Sequence[str]],
    source: str,
    attributes: Mapping[str, Any] | None = None,
    chunks: tuple[int, ...] | None = None,
) -> Iterator[AnswerWriter]:
    """A writer for a store of float32 `activity` in a folder that is itself unfinished and gone on with after a kill.

    Chunks of an earlier attempt with the same `source` are kept, as its journal `name.jsonl` beside the store says; the
    journal is for whoever finishes the folder to remove.
    """
    layout = answer_layout("activity", labels, np.float32, attributes or {}, chunks, name)
    writer = _begun(folder / name, folder / f"{name}.jsonl", layout, layout.header(name), source)
    yield writer
    writer.finish()


def _begun(
    store: Path, journal: Path, layout: AnswerLayout, header: Mapping[str, Any], source: str | None
) -> AnswerWriter:
    made = [source, layout.array, layout.dtype.name, layout.chunks, header]
    opened = opened_journal(journal, store, made)
    create_group(store, header)
    create_array(store, layout.array, layout.axes, layout.shape, layout.dtype, layout.chunks)
    return AnswerWriter(store, layout, opened)
