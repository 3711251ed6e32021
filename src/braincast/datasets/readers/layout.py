"""The simple layout: arrays with telling names, as they lie in npz, MATLAB, HDF5 and zarr files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from braincast.datasets.readers.candidates import Candidate
from braincast.datasets.readers.clock import counts_frames
from braincast.datasets.readers.draft import Draft, Origin, Track
from braincast.datasets.readers.matrices import connectome_of_matrix
from braincast.datasets.readers.vocabulary import (
    ACTIVITY,
    ANATOMY,
    BEHAVIOURS,
    MATRICES,
    NEURONS,
    RATES,
    STEPS,
    STIMULI,
    TIMES,
    first_of,
    plain,
)

_UNKNOWN = len(ACTIVITY)
_LARGEST_COMPANION = 1 << 27  # values; names and times are read whole
_NO_ACTIVITY = frozenset({*STIMULI, *BEHAVIOURS, "regioncentroids", "centroids", "positions", "coordinates", "mask"})


@dataclass(frozen=True)
class Arrays:
    """Arrays by name (`group/name`), unread where the format allows, and how to make texts of one of them."""

    by_name: Mapping[str, Any]
    texts: Callable[[Any], tuple[str, ...] | None]

    def beside(self, name: str) -> dict[str, Any]:
        """Arrays in the same group as `name`, then those of the groups above it, by their last name."""
        parts = name.split("/")[:-1]
        found: dict[str, Any] = {}
        for depth in range(len(parts), -1, -1):
            group = parts[:depth]
            for other, array in self.by_name.items():
                *folder, last = other.split("/")
                if folder == group and other != name:
                    found.setdefault(last, array)
        return found


def candidates(arrays: Arrays) -> list[Candidate]:
    """Every matrix of numbers: those called like activity first; square ones called like wiring are connectomes."""
    found = []
    for name, array in arrays.by_name.items():
        if len(array.shape) != 2 or min(array.shape) < 1 or np.dtype(array.dtype).kind not in "fiub":
            continue
        word = plain(name)
        if array.shape[0] == array.shape[1] and (word in MATRICES or any(m in word for m in MATRICES if len(m) > 1)):
            rank = next(n for n, m in enumerate(MATRICES) if m == word or (len(m) > 1 and m in word))
            found.append(Candidate(name, "connectome", rank, array.shape, _wiring(arrays, name)))
        elif word not in _NO_ACTIVITY and array.shape[0] > 2 and word not in NEURONS[:4]:
            rank = ACTIVITY.index(word) if word in ACTIVITY else _UNKNOWN
            found.append(Candidate(name, "recording", rank, array.shape, _drafting(arrays, name)))
    return found


def origin(arrays: Arrays) -> Origin:
    """Species, strain and so on, where arrays of one text are called so."""
    words = {plain(name): array for name, array in arrays.by_name.items()}

    def text(*names: str) -> str:
        return next((_one_text(arrays, words[n]) for n in names if n in words), "")

    citation = text("citation", "cite")
    return Origin(
        text("species"),
        text("strain"),
        text("animal", "subject", "subjectid"),
        text("licence", "license"),
        (citation,) if citation else (),
    )


def _drafting(arrays: Arrays, name: str) -> Callable[[], Draft]:
    return lambda: draft_of(arrays, name)


def _wiring(arrays: Arrays, name: str) -> Callable[[], Any]:
    def connectome() -> Any:
        matrix = arrays.by_name[name]
        names = _names(arrays, arrays.beside(name), matrix.shape)
        return connectome_of_matrix(np.asarray(matrix[:, :]), names, name)

    return connectome


def draft_of(arrays: Arrays, name: str, axes: tuple[str, str] | None = None) -> Draft:
    """The matrix `name` with the times, names and tracks that lie beside it."""
    matrix, beside = arrays.by_name[name], arrays.beside(name)
    time, unit = _time(beside, matrix.shape)
    neurons = _names(arrays, beside, matrix.shape)
    tracks = {words: _tracks(arrays, beside, words, matrix.shape) for words in (STIMULI, BEHAVIOURS)}
    unit_array = next((beside[n] for n in ("unit", "units") if n in beside), None)
    indicator = beside.get("indicator")
    return Draft(
        matrix,
        axes,
        neurons,
        time,
        unit,
        _rate(beside),
        unit="" if unit_array is None else _one_text(arrays, unit_array),
        indicator="" if indicator is None else _one_text(arrays, indicator),
        stimulus=tracks[STIMULI],
        behaviour=tracks[BEHAVIOURS],
        anatomy={} if neurons is None else _anatomy(arrays, beside, neurons),
    )


def _time(beside: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[np.ndarray | None, str]:
    """Times of one axis; whole numbers from 0 or 1 without a stated unit are frame numbers."""
    vectors = {n: a for n, a in beside.items() if _length(a) not in (None, 1) and _is_number(a)}
    # Without a fitting one, times of another length are handed on, to be refused rather than overlooked.
    name = first_of(TIMES, [n for n, a in vectors.items() if _length(a) in shape]) or first_of(TIMES, vectors)
    if name is None:
        return None, "s"
    time = np.asarray(beside[name][...]).reshape(-1)
    stated = "s" if name.lower().endswith("_s") else TIMES[plain(name)]
    return time, stated or ("frames" if counts_frames(time) else "s")


def _rate(beside: Mapping[str, Any]) -> float | None:
    single = [n for n, a in beside.items() if _length(a) in (None, 1) and _is_number(a)]
    if (name := first_of(RATES, single)) is not None:
        return _one_number(beside[name])
    if (name := first_of(STEPS, single)) is not None and (step := _one_number(beside[name])) > 0:
        return 1 / step
    return None


def _names(arrays: Arrays, beside: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[str, ...] | None:
    fitting = [n for n, a in beside.items() if _length(a) is not None and (_length(a) in shape or _is_certain(n, a))]
    twice = None
    while (name := first_of(NEURONS, fitting)) is not None:
        if (texts := _texts(arrays, beside[name])) is not None:
            if len(set(texts)) == len(texts):
                return texts
            twice = texts if twice is None and _is_certain(name, beside[name]) else twice
        fitting.remove(name)
    return twice  # to be refused rather than overlooked


def _is_certain(name: str, array: Any) -> bool:
    """Names of neurons for sure; with a length that does not fit they are refused rather than overlooked."""
    return plain(name) in NEURONS[:4] and _length(array) != 1


def _anatomy(arrays: Arrays, beside: Mapping[str, Any], neurons: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, array in beside.items():
        column = ANATOMY.get(plain(name))
        if column is None or column in found or _length(array) != len(neurons):
            continue
        if column.endswith("_um"):
            if _is_number(array):
                found[column] = np.asarray(array[...], np.float64).reshape(-1).tolist()
        elif (texts := _texts(arrays, array)) is not None and texts != neurons:
            found[column] = texts
    return found


def _tracks(
    arrays: Arrays, beside: Mapping[str, Any], words: tuple[str, ...], shape: tuple[int, ...]
) -> tuple[Track, ...]:
    named = [n for n, a in beside.items() if plain(n) in words and _is_number(a) and len(a.shape) in (1, 2)]
    small = [n for n in named if a_size(beside[n]) <= _LARGEST_COMPANION and beside[n].shape[0] in shape]
    return tuple(Track(n, np.asarray(beside[n][...])) for n in small)


def a_size(array: Any) -> int:
    """Number of values of an unread array."""
    return int(np.prod(array.shape, dtype=np.int64))


def _length(array: Any) -> int | None:
    """Length of a vector, also of one stored as a matrix with one row or column; None for anything else."""
    longer = [n for n in array.shape if n != 1]
    if len(array.shape) not in (1, 2) or len(longer) > 1 or a_size(array) > _LARGEST_COMPANION:
        return None
    return int(longer[0]) if longer else 1


def _is_number(array: Any) -> bool:
    return np.dtype(array.dtype).kind in "fiub"


def _one_number(array: Any) -> float:
    return float(np.asarray(array[...]).reshape(-1)[0])


def _one_text(arrays: Arrays, array: Any) -> str:
    texts = _texts(arrays, array) if a_size(array) <= _LARGEST_COMPANION else None
    return texts[0].strip() if texts else ""


def _texts(arrays: Arrays, array: Any) -> tuple[str, ...] | None:
    if np.dtype(array.dtype).kind in "iu":
        return tuple(str(value) for value in np.asarray(array[...]).reshape(-1))
    return arrays.texts(array)
