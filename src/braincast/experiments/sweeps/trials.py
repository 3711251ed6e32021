"""Trials of a sweep: what was tried, how it went, and one JSON line for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from braincast.errors import BraincastError
from braincast.files import canonical_json
from braincast.models.interface import Settings

DONE, FAILED = "done", "failed"


@dataclass(frozen=True)
class Trial:
    """One trial: all its settings, and its validation error, or the code of why there is none.

    One that was proposed before is not fitted again: it repeats that one (`repeats` is its number).
    """

    number: int
    settings: Settings
    validation: float | None
    state: str
    fit_s: float
    code: str | None = None
    repeats: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, the same whether the trial was read or made."""
        return {**asdict(self), "settings": dict(sorted(self.settings.items()))}

    def as_line(self) -> str:
        """The line, without its end."""
        return canonical_json(self.to_dict())


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The trial with the smallest validation error, the earlier one on a tie; None where all failed."""
    done = [trial for trial in trials if trial.validation is not None]
    return min(done, key=lambda trial: trial.validation or 0.0, default=None)


def as_text(trials: Iterable[Trial]) -> str:
    """All lines."""
    return "".join(f"{trial.as_line()}\n" for trial in trials)


def read_trials(path: Path) -> tuple[Trial, ...]:
    """The trials that were noted; a part of a line, left by a kill, is none. Damaged lines are E403."""
    if not path.exists():
        return ()
    lines = path.read_bytes().split(b"\n")[:-1]
    return tuple(_trial(line, number, f"{path}:{number + 1}") for number, line in enumerate(lines))


def _trial(line: bytes, number: int, where: str) -> Trial:
    try:
        found = Trial(**json.loads(line.decode()))
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(where, f"this is not a trial ({error})") from error
    kinds = (int, dict, (float, int, type(None)), str, (float, int), (str, type(None)), (int, type(None)))
    for field, kind in zip(fields(Trial), kinds, strict=True):
        if not isinstance(getattr(found, field.name), kind):
            raise _damaged(where, f"{field.name} is {getattr(found, field.name)!r}")
    if found.number != number:
        raise _damaged(where, f"this is trial {found.number}, not {number}")
    return found


def _damaged(where: str, what: str) -> BraincastError:
    return BraincastError("E403", where, what, "Sweep again with --force")
