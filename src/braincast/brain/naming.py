"""Names of neurons, genes and units: unique, present, and found again by position."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.errors import BraincastError


def unique_names(names: Iterable[object], where: str) -> tuple[str, ...]:
    """The names as strings; an empty one is E107, one that occurs twice is E101."""
    # tolist, as stepping through a column of text takes a second for a whole fly.
    found = pd.Series(names.tolist() if isinstance(names, pd.Series) else list(names), dtype=object)
    empty = found.isna() | (found.astype(str).str.strip() == "")
    if empty.any():
        row = int(np.argmax(empty.to_numpy()))
        raise BraincastError("E107", f"{where}[{row}]", "this name is empty", "Give every entry a name")
    text = found.astype(str)
    if (twice := text.duplicated().to_numpy()).any():
        row = int(np.argmax(twice))
        first = int(np.argmax((text == text.iloc[row]).to_numpy()))
        what = f"{text.iloc[row]!r} occurs twice (first at {first})"
        raise BraincastError("E101", f"{where}[{row}]", what, "Keep one of them or rename")
    return tuple(text.tolist())


def positions(known: Sequence[str], wanted: Iterable[object], where: str, code: str = "E102") -> Int[np.ndarray, " n"]:
    """Where each wanted name stands in `known`; an unknown one is `code`, with the nearest known name."""
    names = pd.Index([str(name) for name in wanted], dtype=object)
    found = pd.Index(list(known), dtype=object).get_indexer(names)
    if (found < 0).any():
        place = int(np.argmax(found < 0))
        nearest = difflib.get_close_matches(names[place], known, n=3, cutoff=0.6)
        fix = f"Did you mean {', '.join(nearest)}?" if nearest else f"It has {len(known):,} names; check the spelling"
        raise BraincastError(code, f"{where}[{place}]", f"{names[place]!r} is not in the table", fix)
    return found.astype(np.int64)


def stated_unit(unit: str, where: str) -> str:
    """The unit without spaces around it; a missing or blank one is E105."""
    if not isinstance(unit, str) or not unit.strip():
        raise BraincastError("E105", where, "the unit is missing", "State it, for example unit='dF/F'")
    return unit.strip()
