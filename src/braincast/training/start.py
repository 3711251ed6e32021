"""Another fit whose networks are begun from, as when an animal comes that it never saw."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from braincast.errors import BraincastError
from braincast.files import canonical_json
from braincast.models.blackbox.fitted import FittedNetwork
from braincast.models.interface import AnyModel, Learner, Settings
from braincast.tasks.kinds import AnyCard
from braincast.training.origin import Frames, Origin, frames_of, names_hash, recordings_of, require_unasked
from braincast.training.stored_folds import read_fit_record, read_fold

if TYPE_CHECKING:
    from braincast.training.fit import FittedFolds


@dataclass(frozen=True, eq=False)
class Beginning:
    """Arrays that a network may begin with; those with a number for each neuron (recording) only if these are the same.

    `fit` is the hash of the fit that they come from.
    """

    fit: str
    arrays: Mapping[str, np.ndarray]
    same_neurons: bool
    same_recordings: bool


@dataclass(frozen=True, eq=False)
class Start:
    """A fit to begin from: what its folds learned, from which frames and inputs; hashes of whom it was asked about."""

    task: str
    neurons: str
    recordings: str
    folds: tuple[FittedNetwork, ...]
    learned_from: tuple[tuple[Frames, ...], ...]
    fit: str
    inputs: str = "none"

    def origin(self, card: AnyCard) -> Origin:
        """The same for the record of a fit to a task; E705 where that fit would know what it is asked."""
        numbers = [self._number(fold, card.n_folds) for fold in range(card.n_folds)]
        for fold, number in enumerate(numbers):
            require_unasked(card, fold, self.learned_from[number])
        return Origin(self.fit, self.task, tuple(self.learned_from[number] for number in numbers))

    def settings(self, fold: int, card: AnyCard) -> Settings:
        """What was chosen in the fold that a fold begins from."""
        return self.folds[self._number(fold, card.n_folds)].settings

    def beginning(self, fold: int, card: AnyCard) -> Beginning:
        """What the network of a fold may begin with."""
        arrays = self.folds[self._number(fold, card.n_folds)].parameters
        same = names_hash(card.neurons) == self.neurons, names_hash(recordings_of(card)) == self.recordings
        return Beginning(self.fit, arrays, *same)

    def _number(self, fold: int, n_folds: int) -> int:
        if len(self.folds) == n_folds:
            return fold
        if len(self.folds) == 1:
            return 0
        what = f"it has {len(self.folds)} folds and the task {n_folds}, so that none stands for another"
        raise BraincastError("E705", "--from", what, "Begin from a fit with as many folds or with one")


def start_of(source: FittedFolds | Path, model: AnyModel) -> Start:
    """A fit in memory or on disk, for `model` to begin from; E705 if it is of another model or one in closed form."""
    if isinstance(source, Path):
        return _read(source, model)
    _require_same(source.model, model, "--from")
    card, folds = source.task.card, cast(tuple[FittedNetwork, ...], source.folds)
    hashes = names_hash(card.neurons), names_hash(recordings_of(card))
    return Start(card.name, *hashes, folds, source.learned_from, _hash(folds), getattr(source.task, "inputs", "none"))


def _read(path: Path, model: AnyModel) -> Start:
    record = read_fit_record(path)
    _require_same(record["model"], model, str(path))
    folds = tuple(read_fold(path, fold, model.fitted_type) for fold in range(len(record["choices"])))
    hashes = record["neurons"], record["recordings"]
    learned, told = frames_of(record["learned_from"]), record.get("inputs", "none")
    return Start(record["task"], *hashes, folds, learned, _hash(folds), told)


def _require_same(name: str, model: AnyModel, where: str) -> None:
    own = model.card.name
    if not isinstance(model, Learner):
        what, fix = f"{own} has a closed form: it has nothing to begin from", "Fit it anew, without --from"
        raise BraincastError("E705", where, what, fix)
    if name != own:
        raise BraincastError("E705", where, f"it is a fit of {name}, not of {own}", f"Begin from a fit of {own}")


def _hash(folds: tuple[FittedNetwork, ...]) -> str:
    """SHA-256 of all that was learned, the same in memory and on disk."""
    digest = hashlib.sha256()
    for fold in folds:
        digest.update(canonical_json(dict(fold.settings)).encode())
        for name, values in sorted(fold.parameters.items()):
            digest.update(canonical_json(_described(name, values)).encode())
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _described(name: str, values: np.ndarray) -> list[Any]:
    return [name, str(values.dtype), list(values.shape)]
