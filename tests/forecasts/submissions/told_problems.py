"""What is told about the contents of a submission, for the tests of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from made_submissions import (
    EXPECTED,
    Files,
    as_folder,
    as_zip,
    edited,
    store_files,
    submission_files,
)

from braincast.errors import BraincastError
from braincast.forecasts.expected import Expected
from braincast.forecasts.submissions.bundle import Bundle, open_bundle
from braincast.forecasts.submissions.contents import examine

STORE = "seed-0.zarr"
CHUNK = "activity/c/1/0/0"
GROUP, ARRAY, MANIFEST = "zarr.json", "activity/zarr.json", "manifest.json"


def problems_of(bundle: Bundle, expected: Expected) -> Iterator[BraincastError]:
    """All problems of a submission."""
    return examine(bundle, expected, lambda n_bytes: None)[1]


def problems(files: Files, folder: Path, expected: Expected = EXPECTED) -> list[BraincastError]:
    """What is wrong with these files, which must be the same in a folder and in an archive."""
    found = []
    for path in (as_folder(files, folder / "s"), as_zip(files, folder / "s.zip")):
        with open_bundle(path) as bundle:
            found.append(list(problems_of(bundle, expected)))
    assert [str(problem) for problem in found[0]] == [str(problem) for problem in found[1]]
    for problem in found[0]:
        assert all((problem.code, problem.where, problem.what, problem.fix)) and str(folder) not in str(problem)
    return found[0]


def only(files: Files, folder: Path, code: str, where: str, *words: str, expected: Expected = EXPECTED) -> None:
    """There is exactly one problem, with this code, at this place, and these words."""
    found = problems(files, folder, expected)
    assert [(problem.code, problem.where) for problem in found] == [(code, where)], [str(p) for p in found]
    assert all(word in str(found[0]) for word in words), str(found[0])


def with_store(inside: Files) -> Files:
    """A submission with this store, signed."""
    return submission_files({STORE: inside})


def changed_store(name: str, *path: str, **changes: object) -> Files:
    """A submission whose store has other metadata, signed again as a forger would."""
    inside = store_files()
    return with_store(inside | {name: edited(inside[name], *path, **changes)})
