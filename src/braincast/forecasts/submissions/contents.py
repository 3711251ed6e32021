"""Everything that is wrong with a submission, in a fixed order: its files, its declaration, then store by store.

Nothing is allocated or decoded before its size was held to the task. This module and all it imports know no zarr, no
xarray and no task: what is expected comes as plain data, so that a small process can do the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from braincast.errors import BraincastError
from braincast.forecasts.expected import LARGEST_CHUNK_BYTES, MOST_FILES, Expected
from braincast.forecasts.submissions.bundle import Bundle
from braincast.forecasts.submissions.declaration import (
    LARGEST_BYTES,
    MOST_DRAWS,
    MOST_SEEDS,
    NAME,
    Submission,
    read_declaration,
)
from braincast.forecasts.submissions.stored_files import StoredFiles, manifest_of
from braincast.forecasts.submissions.stored_metadata import (
    MOST_PADDING,
    labels_of_store,
    layout_of_store,
)
from braincast.forecasts.submissions.stored_values import Advance, value_problems
from braincast.forecasts.submissions.strays import stray_files

_OVERHEAD = 64 << 20  # of a store: its metadata and its manifest
_STORE = re.compile(r"(seed|null-[a-z0-9-]{1,64})-[0-9]{1,20}\.zarr")


def examine(bundle: Bundle, expected: Expected, advance: Advance) -> tuple[Submission | None, Iterator[BraincastError]]:
    """The declaration, as far as it can be read, and all problems; values are read as the problems are asked for.

    A submission with links or unfit names is read no further. `advance` is told the bytes that were looked at.
    """
    if bundle.problems:
        return None, iter(bundle.problems)
    shape_problem = _wrong_shape(bundle)
    if shape_problem and "zarr.json" not in bundle.sizes:
        return None, iter([shape_problem])
    if shape_problem:
        return None, chain([shape_problem], store_problems(bundle, "", expected, advance))
    submission, problems = _declaration(bundle, expected)
    stores = submission.stores if submission else sorted(_found_stores(bundle))
    strays = stray_files(bundle, {NAME, *(f"{store}/" for store in stores)})
    each = (store_problems(bundle, store, expected, advance) for store in stores)
    return submission, chain(strays, problems, chain.from_iterable(each))


def largest_bytes(expected: Expected) -> int:
    """More bytes than any submission to this task needs: every seed and null that may be listed, hardly compressed."""
    n_stores = MOST_SEEDS + MOST_DRAWS * len(expected.nulls)
    return n_stores * (MOST_PADDING * expected.largest_bytes + LARGEST_CHUNK_BYTES + _OVERHEAD)


def store_problems(bundle: Bundle, store: str, expected: Expected, advance: Advance) -> Iterator[BraincastError]:
    """All problems of one store, whose files lie below the folder `store` (or at the top, if that is empty)."""
    files = StoredFiles(bundle, store, expected)
    if not files.sizes:
        what = "submission.toml lists this store, but it is not there"
        yield BraincastError("E201", store, what, "Add the store, or correct `seeds` and `nulls`")
        return
    if len(files.sizes) > MOST_FILES:
        what = f"it has {len(files.sizes):,} files, at most {MOST_FILES:,} are read"
        yield BraincastError("E603", store or "zarr.json", what, "Write fewer, larger chunks")
        return
    labels, label_problems = labels_of_store(files)
    layout, layout_problems = layout_of_store(files, labels)
    listed, manifest_problems = manifest_of(files)
    changed = [files.differs(name, listed) for name in ("zarr.json", f"{expected.array}/zarr.json")]
    yield from chain(label_problems, layout_problems, manifest_problems, filter(None, changed))
    if layout and labels:
        yield from value_problems(files, layout, labels, listed, advance)


def _declaration(bundle: Bundle, expected: Expected) -> tuple[Submission | None, list[BraincastError]]:
    if NAME not in bundle.sizes:
        fix = "Write one; `braincast submit template` prints a form"
        return None, [BraincastError("E605", NAME, "this file is missing", fix)]
    if bundle.sizes[NAME] > LARGEST_BYTES:
        what = f"it has {bundle.sizes[NAME]:,} bytes, at most {LARGEST_BYTES:,} are read"
        return None, [BraincastError("E605", NAME, what, "Shorten it")]
    try:
        return read_declaration(bundle.read(NAME, LARGEST_BYTES), expected)
    except BraincastError as error:
        return None, [error]


def _wrong_shape(bundle: Bundle) -> BraincastError | None:
    """A store in the place of a submission, or a submission one folder too deep: told once, not file by file."""
    if NAME in bundle.sizes:
        return None
    if "zarr.json" in bundle.sizes:
        fix = "Pack it: braincast submit pack makes a submission of a forecast store"
        return BraincastError("E605", NAME, "this is a forecast store, not a submission", fix)
    tops = {name.split("/")[0] for name in bundle.sizes}
    top = tops.pop() if len(tops) == 1 else ""
    if f"{top}/{NAME}" in bundle.sizes:
        fix = "Submit that folder, or zip what is in it instead of the folder"
        return BraincastError("E604", top, "everything lies inside this folder, one level too deep", fix)
    if f"{top}/zarr.json" in bundle.sizes and not _STORE.fullmatch(top):
        fix = "Pack it: braincast submit pack makes a submission of a forecast store"
        return BraincastError("E605", NAME, "this holds a forecast store and no submission", fix)
    return None


def _found_stores(bundle: Bundle) -> set[str]:
    """Folders named like stores: what is checked when the declaration does not say which there should be."""
    tops = {name.split("/")[0] for name in bundle.sizes if "/" in name}
    return {top for top in tops if _STORE.fullmatch(top)}
