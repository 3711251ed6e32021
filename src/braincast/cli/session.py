"""What surrounds every command: progress on standard error, results on standard output, coded errors, exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from braincast.errors import EXIT_INTERRUPTED, BraincastError

if TYPE_CHECKING:
    from braincast.progress import Advance, Reporter

_UNHARMED = "Nothing was half written."
_interruptions: list[int] = []  # signals that asked this process to end


@contextmanager
def session(*, quiet: bool = False, offline: bool = False) -> Iterator[None]:
    """Show progress as bars on a terminal and as lines elsewhere; obey --offline."""
    from braincast.progress import Bars, Lines, Silent, reporting

    reporter: Reporter = Silent() if quiet else Bars() if sys.stderr.isatty() else Lines()
    if offline:
        os.environ["BRAINCAST_OFFLINE"] = "1"
    with reporting(Attentive(reporter)):
        yield


def print_json(document: Any) -> None:
    """One JSON document on standard output, escaped where that is not UTF-8; NaN is a bug and refused."""
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=not is_utf8, allow_nan=False) + "\n")


def done(document: Any, line: str, json_: bool) -> None:
    """What a command says at its end: the document with --json, else a line."""
    if json_:
        print_json(document)
    else:
        sys.stdout.write(f"{line}\n")


def console() -> Any:
    """A rich console on standard output."""
    from rich.console import Console

    return Console(highlight=False)


class Interrupted(BaseException):
    """Ctrl-C, or a request to end; the message says how to go on.

    Not KeyboardInterrupt, which typer would turn into an exit code of its own.
    """


class Attentive:
    """Another reporter's progress; whoever moves a step on after an interruption that was lost is interrupted there.

    An exception that comes inside a callback from C, or while an object is deleted, is printed and forgotten.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def start(self, what: str, total: float | int | None) -> Advance:
        advance = self._reporter.start(what, total)

        def attentive(amount: float | int, note: str = "", /) -> None:
            if _interruptions:
                raise Interrupted(_UNHARMED)
            advance(amount, note)

        return attentive

    def finish(self, what: str) -> None:
        self._reporter.finish(what)


@contextmanager
def resumable(again: str) -> Iterator[None]:
    """Say after an interruption what goes on with what was finished."""
    try:
        yield
    except Interrupted as interruption:
        raise Interrupted(f"What was finished is kept; {again} goes on.") from interruption


def guarded(command: Any) -> None:
    """Run the application: a coded error is one line on standard error, an interruption exit 4."""
    _open_streams()
    for number in _asks_to_end():
        signal.signal(number, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows another in its place; it is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace" if stream is sys.stdout else "backslashreplace")
    try:
        _flushed(command)
    except BraincastError as error:
        _end(error)
    except Interrupted as interruption:
        sys.stderr.write(f"Interrupted. {interruption}\n")
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader went away (as with `| head`): nothing more can be said to it.
        _silence()
        sys.exit(1)
    except (OSError, MemoryError) as error:
        _end(_refused_by_system(error))


def _asks_to_end() -> list[int]:
    """Ctrl-C, a request, and a terminal that is closed, unless that is to be ignored as by nohup."""
    found: list[int] = [signal.SIGINT, signal.SIGTERM]
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        found.append(hangup)
    return found


def _open_streams() -> None:
    """Give a process that was started without one of its three streams an empty one.

    Else the next file that is opened would get its number, and whatever is printed there.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))


def _flushed(command: Any) -> None:
    """Run it, and notice what could not be printed while that can still be told."""
    try:
        command()
    finally:
        sys.stdout.flush()


def _refused_by_system(error: OSError | MemoryError) -> BraincastError:
    """What the operating system would not do, which no code nearer to it has told: E506."""
    if isinstance(error, MemoryError):
        what = str(error) or "there is not enough of it"
        return BraincastError("E506", "memory", what, "Ask for less, or take a machine with more")
    where = " and ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    fix = "Check this path, its permissions and the free space"
    return BraincastError("E506", where or "a file or a stream", error.strerror or str(error), fix)


def _end(error: BraincastError) -> NoReturn:
    sys.stderr.write(f"{error}\n")
    try:
        sys.stdout.flush()
    except OSError:
        _silence()
    sys.exit(error.exit_code)


def _silence() -> None:
    """Let what cannot be printed on standard output go nowhere, or Python would try again as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupt(signal_number: int, frame: Any) -> None:
    _interruptions.append(signal_number)
    raise Interrupted(_UNHARMED)
