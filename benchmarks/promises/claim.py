"""A claim: one line of what was promised, what was asked of it, and where the figure that was reached is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from numbers import Real
from pathlib import Path
from typing import Any, Literal

from braincast.files import read_json

Reads = Callable[[Any], Any]
RESULTS = Path(__file__).parent.parent / "results"


@dataclass(frozen=True)
class Asked:
    """What was asked, in words, and whether a figure meets it; without a rule no figure can settle it."""

    words: str
    met: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Script:
    """A figure that a script of this folder records.

    `needs` names the packages of its peers, and in capitals variables with an interpreter that has them.
    """

    name: str
    reads: Reads
    arguments: str = "--write"
    needs: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        variables = [f"{peer}=…" for peer in self.needs if peer.isupper()]
        return " ".join([*variables, f"python benchmarks/{self.name}.py", *self.arguments.split()])

    def can_run(self) -> bool:
        """Whether all peers are there, and the file that the command names as PATH."""
        there = (peer in os.environ if peer.isupper() else find_spec(peer) for peer in self.needs)
        return all(there) and "PATH" not in self.arguments.split()

    def recorded(self, results: Path = RESULTS) -> Any:
        """The figure as it stands in the file of the script's results."""
        return self.reads(read_json(results / f"{self.name}.json"))


@dataclass(frozen=True)
class Answer:
    """A figure in the JSON document that a command of braincast prints."""

    command: str
    reads: Reads


@dataclass(frozen=True)
class Tests:
    """Tests that hold the promise; what is reached is how many passed."""

    where: str

    @property
    def command(self) -> str:
        return f"python -m pytest {self.where}"


@dataclass(frozen=True)
class Told:
    """A figure that was measured by hand when the promise was made, and that no file holds."""

    command: str
    reached: str
    holds: bool | None


@dataclass(frozen=True)
class Claim:
    """One checkable promise; `but` says why it falls short, or what weakens it although the figure is met."""

    name: str
    line: str
    asked: Asked
    source: Script | Answer | Tests | Told
    shows: str | Callable[[Any], str] = "{}"
    tier: Literal["minutes", "hours"] = "minutes"
    timing: bool = False
    but: str = ""

    def holds(self, reached: Any) -> bool | None:
        """Whether the figure meets what was asked, and None where there is no figure or no rule."""
        if isinstance(self.source, Told):
            return self.source.holds
        return None if reached is None or self.asked.met is None else bool(self.asked.met(reached))

    def shown(self, reached: Any) -> str:
        """The figure as the page shows it."""
        if reached is None:
            return "–"
        if callable(self.shows):
            return self.shows(reached)
        several = isinstance(reached, Sequence) and not isinstance(reached, str)
        return ", ".join(self.shows.format(value) for value in (reached if several else [reached]))


@dataclass(frozen=True)
class Theme:
    """Promises that belong together, under a title."""

    name: str
    title: str
    claims: tuple[Claim, ...]


def at_most(bound: float, unit: str = "") -> Asked:
    return Asked(f"at most {bound:,} {unit}".rstrip(), lambda reached: all(x <= bound for x in _several(reached)))


def at_least(bound: float, unit: str = "") -> Asked:
    return Asked(f"at least {bound:,} {unit}".rstrip(), lambda reached: all(x >= bound for x in _several(reached)))


def between(low: float, high: float, unit: str = "") -> Asked:
    words = f"{low:,} to {high:,} {unit}".rstrip()
    return Asked(words, lambda reached: all(low <= x <= high for x in _several(reached)))


def exactly(value: Any, words: str = "") -> Asked:
    return Asked(words or ", ".join(_plain(x) for x in _several(value)), lambda reached: reached == value)


def near(value: float | Sequence[float], *, percent: float = 1, by: float | None = None, unit: str = "") -> Asked:
    """Each figure within so many percent, or within so much, of the one asked for."""
    wanted = _several(value)
    within = f"± {percent:g} %" if by is None else f"± {by:g}"

    def met(reached: Any) -> bool:
        allowed = [abs(x) * percent / 100 if by is None else by for x in wanted]
        return all(abs(x - y) <= d for x, y, d in zip(_several(reached), wanted, allowed, strict=True))

    return Asked(f"{', '.join(f'{x:,}' for x in wanted)} {unit}".rstrip() + f" ({within})", met)


def passing() -> Asked:
    return Asked("the tests pass", lambda reached: reached["passed"] > 0 and not reached["failed"])


def holding(words: str) -> Asked:
    """Asked in words; the reading says whether it is so."""
    return Asked(words, lambda reached: reached is True)


def tests(name: str, line: str, where: str, **others: Any) -> Claim:
    """A claim that tests hold."""
    return Claim(name, line, passing(), Tests(where), shows=_counts, **others)


def _counts(reached: Any) -> str:
    named = [f"{reached[key]:,} {key}" for key in ("passed", "failed", "skipped") if reached[key] or key == "passed"]
    return ", ".join(named) + (f" ({', '.join(reached['names'])})" if reached.get("names") else "")


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _plain(value: Any) -> str:
    return f"{value:,}" if isinstance(value, Real) and not isinstance(value, bool) else str(value)
