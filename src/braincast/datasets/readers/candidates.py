"""The matrices of a file that could be what is wanted, and which of them is taken."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from braincast.datasets.readers.draft import UNSTATED, Origin
from braincast.errors import BraincastError

Kind = Literal["recording", "connectome"]


@dataclass(frozen=True)
class Wanted:
    """What the user asks for; None leaves the choice to the reader.

    `series` names one of several matrices, `rate_hz` and `bin_s` set the time step, `frames` counts frames whatever
    the times say, `drop` leaves out neurons that cannot be used.
    """

    kind: Kind | None = None
    series: str | None = None
    rate_hz: float | None = None
    bin_s: float | None = None
    frames: bool = False
    drop: bool = False

    def __post_init__(self) -> None:
        for option, value in (("--rate", self.rate_hz), ("--bin", self.bin_s)):
            if value is not None and not (0 < value < math.inf):
                raise BraincastError("E305", option, f"{value} is impossible", "Give a positive number")


@dataclass(frozen=True)
class Candidate:
    """One matrix: `rank` is 0 for what is most surely meant, `open` makes a Draft or a Wired connectome of it."""

    name: str
    kind: Kind
    rank: int
    shape: tuple[int, ...]
    open: Callable[[], Any]

    @property
    def label(self) -> str:
        """Name and size, as shown to people."""
        return f"{self.name} ({' × '.join(map(str, self.shape))})"


@dataclass(frozen=True)
class Contents:
    """A file of a known format: what it could give, and of whom it is."""

    format: str
    candidates: tuple[Candidate, ...]
    origin: Origin = UNSTATED


def chosen(candidates: Sequence[Candidate], wanted: Wanted, path: Path) -> tuple[Candidate, tuple[str, ...]]:
    """The best candidate, and the labels of the others; E118 where there is none, E119 where two are equally good."""
    fitting = [c for c in candidates if wanted.kind in (None, c.kind)]
    if not fitting:
        raise _nothing(candidates, wanted, path)
    best = _best(fitting, path) if wanted.series is None else _named(fitting, wanted.series, path)
    return best, tuple(c.label for c in candidates if c is not best)


def _best(fitting: list[Candidate], path: Path) -> Candidate:
    """The surest kind of series, and of these the largest; a recording comes before a connectome."""
    recordings = [c for c in fitting if c.kind == "recording"] or fitting
    order = sorted(recordings, key=lambda c: (c.rank, -math.prod(c.shape)))
    first = order[0]
    equal = [c for c in order if (c.rank, math.prod(c.shape)) == (first.rank, math.prod(first.shape))]
    if len(equal) > 1:
        what = f"{len(equal)} series are equally good: {', '.join(c.label for c in equal)}"
        raise BraincastError("E119", str(path), what, f"Choose one, for example --series {equal[0].name}")
    return first


def _named(fitting: list[Candidate], series: str, path: Path) -> Candidate:
    """The candidate of that name, or the only one whose name ends so."""
    ends = [c for c in fitting if c.name == series] or [c for c in fitting if c.name.endswith(f"/{series}")]
    if len(ends) == 1:
        return ends[0]
    names = [c.name for c in ends or fitting]
    if ends:
        raise BraincastError(
            "E119", str(path), f"{series!r} means {len(ends)} series", f"Use one of {', '.join(names)}"
        )
    nearest = difflib.get_close_matches(series, names, n=1, cutoff=0.5)
    hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
    raise BraincastError("E118", str(path), f"it has no series {series!r}", f"{hint}It has {', '.join(names)}")


def _nothing(candidates: Sequence[Candidate], wanted: Wanted, path: Path) -> BraincastError:
    what = f"no {wanted.kind or 'recording or connectome'} was found in it"
    if candidates:
        names = ", ".join(c.label for c in candidates)
        return BraincastError("E118", str(path), what, f"It has {names}: leave out --kind")
    page = "docs/guides/your-recording.md"
    fix = f"A recording is a matrix of numbers with time and neurons as its axes; {page} shows each form"
    return BraincastError("E118", str(path), what, fix)
