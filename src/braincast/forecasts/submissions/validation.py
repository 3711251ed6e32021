"""Is a submission fit to be scored? A process with limits of its own reads it; this one believes only plain text.

Windows limits neither memory nor files of a process; there only the time that a child may be silent is bounded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from braincast import progress
from braincast.errors import CODES, BraincastError
from braincast.forecasts.expected import expected_of
from braincast.forecasts.submissions.declaration import Submission

if TYPE_CHECKING:
    from braincast.tasks.effects import EffectQuestion
    from braincast.tasks.kinds import AnyCard

SILENCE_S = 60.0
_MOST_LINES, _LONGEST_LINE = 1 << 20, 1 << 20
_LONGEST_TEXT = 600
_CHILD = "braincast.forecasts.submissions.child"
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True)
class Validation:
    """All that is wrong with a submission, and its declaration as far as it can be read."""

    valid: bool
    problems: tuple[BraincastError, ...]
    submission: Submission | None
    peak_bytes: int | None

    def to_dict(self) -> dict[str, Any]:
        """What `braincast validate --json` prints."""
        problems = [{key: getattr(p, key) for key in ("code", "where", "what", "fix")} for p in self.problems]
        return {"valid": self.valid, "problems": problems}


def validate(asked: AnyCard | EffectQuestion, path: Path | str) -> Validation:
    """Whether the folder or zip archive at `path` is a submission to this task, or question about the circuit.

    Problems are listed, not raised. A child that dies, takes more memory than it may or goes silent is E610.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100  links in the path stay as they were given
    request = {"path": str(path), "expected": expected_of(asked).to_dict()}
    report = _Report()
    with _child() as child, progress.step(f"checking {path.name}") as advance, _Watch(child) as watch:
        _ask(child.stdin, request)
        for line in _lines(child.stdout):
            watch.restart()
            advance(report.add(line))
    if not report.done:
        report.problems.append(_ended(child, watch))
    return Validation(not report.problems, tuple(report.problems), report.submission, report.peak_bytes)


class _Report:
    """What a child has said so far. Its lines are data: any other line means that it is not to be trusted."""

    def __init__(self) -> None:
        self.problems: list[BraincastError] = []
        self.submission: Submission | None = None
        self.peak_bytes: int | None = None
        self.done = False

    def add(self, line: dict[str, Any]) -> int:
        """Take one line in; how many bytes it says were looked at."""
        if "code" in line:
            self.problems.append(_problem(line))
        elif line.get("done") is True:
            self.peak_bytes, self.done = line["peak_bytes"], True
            if line["submission"] is not None:
                self.submission = Submission.model_validate_json(json.dumps(line["submission"]))
        return int(line.get("bytes", 0))


class _Watch:
    """Ends a child that has said nothing for too long."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child, self.expired = child, False
        self._timer = threading.Timer(SILENCE_S, self._expire)

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def restart(self) -> None:
        """Wait from now on."""
        self._timer.cancel()
        self._timer = threading.Timer(SILENCE_S, self._expire)
        self._timer.start()

    def _expire(self) -> None:
        self.expired = True
        self._child.kill()


@contextmanager
def _child() -> Iterator[subprocess.Popen[bytes]]:
    """A child that ends with the block, however that ends. It starts where there is nothing to find or overwrite."""
    command = [sys.executable, "-P", "-B", "-X", "utf8", "-m", _CHILD]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        cwd=Path(sys.executable).anchor,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def _environment() -> dict[str, str]:
    """Nearly nothing: where this package is, and one thread."""
    home = Path(__file__).parents[3]
    given = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(folder).is_absolute()]
    folders = given if home.name.endswith("-packages") else [str(home), *given]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    return kept | threads | {"PYTHONPATH": os.pathsep.join(folders)}


def _ask(stream: IO[bytes] | None, request: dict[str, Any]) -> None:
    """Send the request; a child that died before it read it will be noticed by its silence."""
    if stream is not None:
        try:
            stream.write(json.dumps(request).encode())
            stream.close()
        except (BrokenPipeError, OSError):
            return


def _lines(stream: IO[bytes] | None) -> Iterator[dict[str, Any]]:
    """The child's lines as long as they are JSON objects of bounded length and number."""
    for _ in range(_MOST_LINES if stream is not None else 0):
        text = stream.readline(_LONGEST_LINE)  # pyright: ignore[reportOptionalMemberAccess]
        try:
            line = json.loads(text)
        except ValueError:
            return
        if not isinstance(line, dict):
            return
        yield line


def _problem(line: dict[str, Any]) -> BraincastError:
    """A problem as told by the child, fit to be printed."""
    code = line["code"] if line["code"] in CODES else "E610"
    return BraincastError(code, *(_printable(str(line.get(key, ""))) for key in ("where", "what", "fix")))


def _printable(text: str) -> str:
    short = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} …"
    one_line = " ".join(short.split())
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in one_line)


def _ended(child: subprocess.Popen[bytes], watch: _Watch) -> BraincastError:
    reason = f"it said nothing for {SILENCE_S:g} s" if watch.expired else f"it ended with status {child.returncode}"
    what = f"the process that reads it did not come to its end ({reason})"
    return BraincastError("E610", "submission", what, "Write chunks of at most 64 MiB, and fewer files")
