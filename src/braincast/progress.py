"""One progress interface: a bar on a terminal, plain lines in a log, silence otherwise.

Library code calls `step` and never prints; the command line chooses a reporter with `reporting`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TextIO, runtime_checkable


@runtime_checkable
class Advance(Protocol):
    """Moves a step on by an amount; a note (a loss, say) is shown beside it until the next one."""

    def __call__(self, amount: float | int, note: str = "", /) -> None: ...


@runtime_checkable
class Reporter(Protocol):
    """What shows progress to a person."""

    def start(self, what: str, total: float | int | None) -> Advance:
        """Begin a step of `total` units (None: unknown) and return what moves it on."""
        ...

    def finish(self, what: str) -> None:
        """End the step named `what`."""
        ...


class Silent:
    """Shows nothing; what a library user gets unless they ask for more."""

    def start(self, what: str, total: float | int | None) -> Advance:
        return lambda amount, note="", /: None

    def finish(self, what: str) -> None:
        return None


class Lines:
    """One line when a step begins, one when it ends, and in between one at most every `every_s` seconds: for a log."""

    def __init__(self, stream: TextIO | None = None, every_s: float = 30.0) -> None:
        self._stream, self._every_s = stream or sys.stderr, every_s
        self._since: dict[str, float] = {}

    def start(self, what: str, total: float | int | None) -> Advance:
        self._since[what] = latest = time.monotonic()
        self._write(f"{what} ...")
        done = 0.0

        def advance(amount: float | int, note: str = "", /) -> None:
            nonlocal done, latest
            done += amount
            if time.monotonic() - latest >= self._every_s:
                latest = time.monotonic()
                self._write(f"{what}: {done:g}{f' of {total:g}' if total else ''}{f', {note}' if note else ''}")

        return advance

    def finish(self, what: str) -> None:
        elapsed_s = time.monotonic() - self._since.pop(what, time.monotonic())
        self._write(f"{what}: {elapsed_s:.1f} s")

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()


class Bars:
    """Rich progress bars on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        described = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}")
        columns = (*described, TimeElapsedColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._tasks: dict[str, Any] = {}

    def start(self, what: str, total: float | int | None) -> Advance:
        if not self._tasks:
            self._progress.start()
        task = self._tasks[what] = self._progress.add_task(what, total=total, note="")

        def advance(amount: float | int, note: str = "", /) -> None:
            self._progress.update(task, advance=amount)
            if note:
                self._progress.update(task, note=note)

        return advance

    def finish(self, what: str) -> None:
        self._progress.remove_task(self._tasks.pop(what))
        if not self._tasks:
            self._progress.stop()


_current: Reporter = Silent()


@contextmanager
def reporting(reporter: Reporter) -> Iterator[None]:
    """Show progress through `reporter` inside the block."""
    global _current
    before, _current = _current, reporter
    try:
        yield
    finally:
        _current = before


@contextmanager
def step(what: str, total: float | int | None = None) -> Iterator[Advance]:
    """A named step of work; call the yielded function with the amount done."""
    reporter = _current
    advance = reporter.start(what, total)
    try:
        yield advance
    finally:
        reporter.finish(what)
