"""Opening what somebody else sent: validated in a process of its own first, then read like any forecast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import xarray as xr

from braincast.errors import BraincastError
from braincast.files import write_bytes
from braincast.forecasts.expected import expected_of
from braincast.forecasts.store import load_forecast
from braincast.forecasts.submissions.bundle import open_bundle
from braincast.forecasts.submissions.declaration import (
    LARGEST_BYTES,
    NAME,
    Submission,
    null_store,
    read_declaration,
    seed_store,
)
from braincast.forecasts.submissions.validation import Validation, validate
from braincast.tasks.kinds import AnyCard


@dataclass(frozen=True, eq=False)
class Submitted:
    """A valid submission: what it says, its answer for each seed, and for each draw of each null."""

    submission: Submission
    seeds: tuple[xr.DataArray, ...]
    nulls: dict[str, tuple[xr.DataArray, ...]]


def is_submission(path: Path) -> bool:
    """Whether a path is to be read as a submission, and not as a forecast store."""
    return path.is_file() or (path / NAME).exists()


@contextmanager
def open_submission(card: AnyCard, path: Path) -> Iterator[Submitted]:
    """A submission to a task, for as long as the block lasts; the first of its problems is raised, if it has any.

    What is read is an archive's unpacked copy, or the folder itself, whose files must stay as they are meanwhile.
    """
    with open_validated(card, path, required(validate(card, path), path)) as submitted:
        yield submitted


@contextmanager
def open_validated(card: AnyCard, path: Path, submission: Submission | None = None) -> Iterator[Submitted]:
    """The same of a submission that was validated before, whose bytes are still those; with its declaration, if known.

    A declaration that cannot be read is the first of its problems.
    """
    submission = submission or _declared(card, path)
    with TemporaryDirectory() as scratch:
        folder = path if path.is_dir() else _unpacked(path, Path(scratch))
        seeds = tuple(load_forecast(folder / seed_store(seed), card) for seed in submission.seeds)
        nulls = {
            null: tuple(load_forecast(folder / null_store(null, draw), card) for draw in range(n_draws))
            for null, n_draws in submission.nulls.items()
        }
        yield Submitted(submission, seeds, nulls)


def _declared(card: AnyCard, path: Path) -> Submission:
    with open_bundle(path) as bundle:
        submission, problems = read_declaration(bundle.read(NAME, LARGEST_BYTES), expected_of(card))
    if submission is None:
        raise problems[0]
    return submission


def required(found: Validation, path: Path) -> Submission:
    """What a valid submission declares; the first problem of another is raised."""
    if found.submission is not None and found.valid:
        return found.submission
    first, *others = found.problems
    fix = f"{first.fix} (and {len(others)} more problems: braincast validate lists them)" if others else first.fix
    raise BraincastError(first.code, f"{path}: {first.where}", first.what, fix) from first


def _unpacked(path: Path, folder: Path) -> Path:
    """The files of a validated archive, under names that were checked."""
    with open_bundle(path) as bundle:
        for name, size in bundle.sizes.items():
            write_bytes(folder / name, bundle.read(name, size))
    return folder
