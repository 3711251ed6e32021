"""Is a submission fit to be scored? A process with limits of its own reads it; this one believes only plain text.

Windows limits neither memory nor files of a process; there only the time that a child may be silent is bounded.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braincast import progress
from braincast.errors import CODES, BraincastError
from braincast.forecasts.expected import expected_of
from braincast.forecasts.submissions.child import LONGEST_TEXT
from braincast.forecasts.submissions.declaration import Submission

if TYPE_CHECKING:
    from braincast.tasks.effects import AnyQuestion
    from braincast.tasks.kinds import AnyCard

SILENCE_S = 60.0
_MOST_OUTPUT = 4 << 20
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


def validate(asked: AnyCard | AnyQuestion, path: Path | str) -> Validation:
    """Whether the folder or zip archive at `path` is a submission to this task, or question about the circuit.

    Problems are listed, not raised. A child that dies, takes more memory than it may or goes silent is E610.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100  links in the path stay as they were given
    request = {"path": str(path), "expected": expected_of(asked).to_dict()}
    report = _Report()
    with _child() as child, progress.step(f"checking {path.name}") as advance, _Watch(child) as watch:
        _ask(child, request)
        with contextlib.suppress(ValueError, RecursionError):  # a child that says anything else is trusted no more
            for line in _lines(child):
                watch.restart()
                advance(report.add(line))
    if not report.done:
        report.problems.append(_ended(child, watch))
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
                self.problems.append(BraincastError(code, _printable(where), _printable(what), _printable(fix)))
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


class _Watch:
    """Ends a child that has said nothing for too long."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child, self.expired = child, False
        self._heard_s, self._over = time.monotonic(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def restart(self) -> None:
        """Wait from now on."""
        self._heard_s = time.monotonic()

    def _watch(self) -> None:
        while (left_s := self._heard_s + SILENCE_S - time.monotonic()) > 0:
            if self._over.wait(left_s):
                return
        self.expired = True
        self._child.kill()


@contextlib.contextmanager
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


def _ask(child: subprocess.Popen[bytes], request: dict[str, Any]) -> None:
    """Send the request. A child that died before it read it is noticed by what it does not say."""
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError), child.stdin as stream:
            stream.write(json.dumps(request).encode())


def _lines(child: subprocess.Popen[bytes]) -> Iterator[object]:
    """The child's lines as JSON, until it ends or has said more than it may; what is no JSON is a ValueError."""
    left = _MOST_OUTPUT
    while child.stdout is not None and left > 0 and (text := child.stdout.readline(left)):
        left -= len(text)
        yield json.loads(text)


def _printable(text: str) -> str:
    one_line = " ".join(text[:LONGEST_TEXT].split())
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in one_line)


def _ended(child: subprocess.Popen[bytes], watch: _Watch) -> BraincastError:
    reason = f"it said nothing for {SILENCE_S:g} s" if watch.expired else f"it ended with status {child.returncode}"
    what = f"the process that reads it did not come to its end ({reason})"
    return BraincastError("E610", "submission", what, "Write chunks of at most 64 MiB, and fewer files")
