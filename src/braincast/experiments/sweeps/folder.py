"""The folder of a sweep: what is swept, a line for each trial, and the training that is in progress.

Finished when its manifest is there; after that it goes on only with more trials.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braincast import files
from braincast.errors import BraincastError
from braincast.experiments.sweeps.trials import Trial, as_text, read_trials

CONFIGURATION, TRIALS, RESULT = "sweep.json", "trials.jsonl", "result.json"
_TRAINING = "trial-{:05d}"


@dataclass(frozen=True)
class SweepFolder:
    """Where a sweep notes its trials."""

    path: Path

    def trials(self) -> tuple[Trial, ...]:
        """The trials of before; what a kill left of a line, or of trainings that ended, is removed."""
        path = self.path / TRIALS
        found = read_trials(path)
        if path.exists() and path.read_bytes() != as_text(found).encode():
            files.write_text(path, as_text(found))
        for training in self.path.glob("trial-*"):
            if training != self.training(len(found)):
                files.remove_tree(training)
        return found

    def training(self, number: int) -> Path:
        """Where a training of that trial keeps its checkpoints."""
        return self.path / _TRAINING.format(number)

    def note(self, trial: Trial) -> None:
        """Add a trial, whose training is not needed any more."""
        files.append_line(self.path / TRIALS, trial.as_line())
        files.remove_tree(self.training(trial.number))

    @property
    def is_finished(self) -> bool:
        return (self.path / files.MANIFEST).is_file()


@contextmanager
def sweep_folder(
    path: Path, configuration: Mapping[str, Any], n_trials: int, *, resume: bool = False, force: bool = False
) -> Iterator[SweepFolder]:
    """Hold `path` for a sweep of `configuration`.

    What is there already is E501 unless `resume`, then E502 if it is a sweep of something else, and E501 if more than
    `n_trials` are finished there. With `force` it stays as it is until a new sweep, made in a hidden folder beside it,
    is finished and takes its place. What is no sweep at all is E501 even with `force`.
    """
    with files.lock(path):
        _refuse_foreign(path)
        place = path
        if force and not resume and (path / CONFIGURATION).exists():
            place = path.with_name(f".{path.name}.next")
            if not _is_of(place, configuration) or SweepFolder(place).is_finished:
                files.remove_tree(place)
        elif (path / CONFIGURATION).exists():
            _refuse_other(path, configuration, n_trials, resume)
        files.remove_leftovers(place)
        if not (place / CONFIGURATION).exists():
            files.write_json(place / CONFIGURATION, dict(configuration))
        yield SweepFolder(place)
        if not SweepFolder(place).is_finished:
            files.write_manifest(place)
        if place != path:
            files.replace_folder(place, path)


def reopened(folder: SweepFolder) -> None:
    """A finished sweep is in progress again."""
    (folder.path / files.MANIFEST).unlink(missing_ok=True)


def _refuse_foreign(path: Path) -> None:
    if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / CONFIGURATION).is_file())):
        fix = "Choose another --out; --force does not overwrite what braincast sweep did not write"
        raise BraincastError("E501", str(path), "it exists and is not a braincast sweep", fix)


def _refuse_other(path: Path, configuration: Mapping[str, Any], n_trials: int, resume: bool) -> None:
    if not resume:
        what = (
            "it holds a finished sweep" if SweepFolder(path).is_finished else "a sweep that was not finished is there"
        )
        raise BraincastError("E501", str(path), what, "Add --resume to go on with it, or --force to sweep again")
    recorded = files.read_json(path / CONFIGURATION)
    if not _is_of(path, configuration):
        differing = _differing(recorded, configuration)
        what = f"it holds a sweep with another {differing}"
        raise BraincastError("E502", str(path), what, "Choose another --out, or add --force without --resume")
    if (n_found := len(read_trials(path / TRIALS))) > n_trials:
        what, fix = f"it holds {n_found} trials already, not {n_trials}", "Ask for more with --trials, or add --force"
        raise BraincastError("E501", str(path), what, fix)


def _is_of(path: Path, configuration: Mapping[str, Any]) -> bool:
    recorded = path / CONFIGURATION
    if not recorded.is_file():
        return False
    return files.sha256_of_json(files.read_json(recorded)) == files.sha256_of_json(dict(configuration))


def _differing(recorded: Any, configuration: Mapping[str, Any]) -> str:
    known = recorded if isinstance(recorded, dict) else {}
    return next((key for key, value in configuration.items() if known.get(key) != value), "configuration")
