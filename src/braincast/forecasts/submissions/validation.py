"""Is a submission fit to be scored? A process with limits of its own reads it; this one believes only plain text.

Windows limits neither memory nor files of a process; there only the time that a child may be silent is bounded.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braincast import progress
from braincast.errors import CODES, BraincastError
from braincast.forecasts.expected import expected_of
from braincast.forecasts.submissions.declaration import Submission
from braincast.forecasts.submissions.process import Watch, ask, child_process, lines_of, printable

if TYPE_CHECKING:
    from braincast.tasks.effects import AnyQuestion
    from braincast.tasks.kinds import AnyCard

SILENCE_S = 60.0
_CHILD = "braincast.forecasts.submissions.child"


@dataclass(frozen=True)
class Validation:
    """All that is wrong with a submission, and its declaration as far as it can be read."""

    valid: bool
    problems: tuple[BraincastError, ...]
    submission: Submission | None
    peak_bytes: int | None

    def to_dict(self) -> dict[str, Any]:
        """What `braincast validate --json` prints."""
        problems = [problem.to_dict() for problem in self.problems]
        return {"valid": self.valid, "problems": problems}


def validate(asked: AnyCard | AnyQuestion, path: Path | str) -> Validation:
    """Whether the folder or zip archive at `path` is a submission to this task, or question about the circuit.

    Problems are listed, not raised. A child that dies, takes more memory than it may or goes silent is E610.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100  links in the path stay as they were given
    request = {"path": str(path), "expected": expected_of(asked).to_dict()}
    report = _Report()
    with (
        child_process(_CHILD) as child,
        progress.step(f"checking {path.name}") as advance,
        Watch(child, SILENCE_S) as watch,
    ):
        ask(child, request)
        with contextlib.suppress(ValueError, RecursionError):  # a child that says anything else is trusted no more
            for line in lines_of(child):
                watch.restart()
                advance(report.add(line))
    if not report.done:
        report.problems.append(_ended(watch))
    return Validation(not report.problems, tuple(report.problems), report.submission, report.peak_bytes)


class _Report:
    """What a child has said so far."""

    def __init__(self) -> None:
        self.problems: list[BraincastError] = []
        self.submission: Submission | None = None
        self.peak_bytes: int | None = None
        self.done = False

    def add(self, line: object) -> int:
        """Take one line in; how many bytes it says were looked at. Another line than a child's is a ValueError."""
        match line:
            case {"code": str(code), "where": str(where), "what": str(what), "fix": str(fix)} if code in CODES:
                self.problems.append(BraincastError(code, printable(where), printable(what), printable(fix)))
            case {"done": True, "submission": dict(declared), "peak_bytes": int() | None as peak_bytes}:
                self.submission = Submission.model_validate_json(json.dumps(declared))
                self.done, self.peak_bytes = True, peak_bytes
            case {"done": True, "submission": None, "peak_bytes": int() | None as peak_bytes} if self.problems:
                self.done, self.peak_bytes = True, peak_bytes
            case {"bytes": int(n_bytes)}:
                return n_bytes
            case _:
                raise ValueError("no line of a child")
        return 0


def _ended(watch: Watch) -> BraincastError:
    what = f"the process that reads it did not come to its end ({watch.reason()})"
    return BraincastError("E610", "submission", what, "Write chunks of at most 64 MiB, and fewer files")
