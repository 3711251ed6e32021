"""Which neurons are meant: some of them drawn, or named by id, by type, or by a list of these in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int

from braincast.brain.null_wirings.relabelled import TYPE_COLUMNS
from braincast.errors import BraincastError, unknown_name

LARGEST_COUNT = 1_000_000  # lone integers below it are a number of neurons; ids of FlyWire have 18 digits
Rows = Int[np.ndarray, " chosen"]
_MANY_NAMES = 60
_COLUMNS = (*TYPE_COLUMNS, "annotation")  # senses of the larva stand in the last


@dataclass(frozen=True)
class Named:
    """Neurons by what they were called by: one id, or a type with all its neurons."""

    name: str
    rows: Rows


def others(readout: Named, condition: Named, is_read: Bool[np.ndarray, " neuron"] | None = None) -> Rows:
    """Rows of a readout without the condition's own neurons, which answer nothing; all, where nobody else is in it.

    `is_read` marks the readout among all neurons, where that is at hand.
    """
    read = condition.rows if is_read is None else condition.rows[is_read[condition.rows]]
    left = np.setdiff1d(readout.rows, read, assume_unique=True) if len(read) else readout.rows
    return left if len(left) else readout.rows


class Directory:
    """Finds neurons by id, cell type, class, region or annotation; the first of these that has the name counts."""

    def __init__(self, neurons: pd.DataFrame) -> None:
        self.n_neurons = len(neurons)
        self._rows = {str(name): row for row, name in enumerate(neurons["id"])}
        self._types = _rows_of_types(neurons)

    def chosen(self, text: str, option: str, *, seed: int) -> Rows:
        """Rows, rising, of what an option names; a lone integer below 1,000,000 is how many are drawn by `seed`."""
        if (count := lone_count(text)) is not None:
            return self._drawn(count, option, seed)
        return np.unique(np.concatenate([named.rows for named in self.named(words_of(text, option), option)]))

    def named(self, words: Sequence[str], option: str) -> list[Named]:
        """Neurons of each word; E308 for a word that is neither an id nor a type."""
        return [Named(word, self._found(word, option)) for word in words]

    def conditions(self, text: str, option: str, *, seed: int) -> list[Named]:
        """One entry for each id or type; `all` is every neuron by itself, `each:TYPE` every neuron of a type, an
        integer so many neurons drawn by `seed`, each by itself."""
        if text.strip() == "all":
            return self._singly(np.arange(self.n_neurons))
        if lone_count(text) is not None:
            return self._singly(self.chosen(text, option, seed=seed))
        found: dict[str, Named] = {}
        for word in words_of(text, option):
            kind, colon, name = word.partition(":")
            apart = self._singly(self._found(name, option)) if colon and kind == "each" else self.named([word], option)
            found |= {named.name: named for named in apart}
        return list(found.values())

    def _singly(self, rows: Rows) -> list[Named]:
        ids = list(self._rows)
        return [Named(ids[row], np.array([row])) for row in rows]

    def _found(self, word: str, option: str) -> Rows:
        if word in self._rows:
            return np.array([self._rows[word]])
        if word in self._types:
            return self._types[word]
        known = list(self._types)
        if 0 < len(known) <= _MANY_NAMES:
            error = unknown_name("E308", "neuron or type", word, known)
            raise BraincastError("E308", option, error.what, error.fix)
        what = f"{word!r} is none of the {self.n_neurons:,} neurons and no type, class, region or annotation of theirs"
        raise BraincastError("E308", option, what, "Give ids or types as the wiring spells them")

    def _drawn(self, count: int, option: str, seed: int) -> Rows:
        if count > self.n_neurons:
            what = f"{count:,} neurons were asked for, the wiring has {self.n_neurons:,}"
            raise BraincastError("E305", option, what, "Ask for fewer")
        rng = np.random.default_rng(np.random.SeedSequence([seed, 1]))
        return np.sort(rng.choice(self.n_neurons, count, replace=False))


def lone_count(text: str) -> int | None:
    """The number of neurons that a text asks for; None for names. `12,` with its comma is the id 12."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and int(plain) < LARGEST_COUNT else None


def words_of(text: str, option: str) -> list[str]:
    """Names between commas, each once; of `@file` those in its lines. No name at all is E305, no file E405."""
    if text.startswith("@"):
        text = _text_of(Path(text[1:]))
    words = list(dict.fromkeys(word for part in text.splitlines() for word in _parts(part)))
    if not words:
        raise BraincastError(
            "E305", option, "it names no neuron", "Give a number, ids or types between commas, or @file"
        )
    return words


def _parts(line: str) -> list[str]:
    return [word for part in line.split(",") if (word := part.strip().strip('"'))]


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BraincastError("E405", str(path), "there is no such file", "Check the path after @") from error
    except (OSError, UnicodeDecodeError) as error:
        what = f"no list of names can be read there ({error})"
        raise BraincastError("E117", str(path), what, "Give a text file with a name in each line") from error


def _rows_of_types(neurons: pd.DataFrame) -> Mapping[str, Rows]:
    """Rows of each type, class, region and annotation; a name in several columns is that of the first."""
    found: dict[str, Rows] = {}
    for column in (name for name in _COLUMNS if name in neurons.columns):
        text = neurons[column].astype("string").fillna("").str.strip()
        groups = pd.Series(np.arange(len(neurons))).groupby(text.to_numpy(dtype=object))
        found = {str(name): rows.to_numpy() for name, rows in groups if name} | found
    return found
