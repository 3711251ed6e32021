"""Judging an entry: its submission is validated, then a process with limits of its own scores it, without network.

The scoring process starts with nearly no environment, may write in a scratch folder that is removed afterwards, opens
no socket to a network (on Linux; elsewhere braincast itself fetches nothing there), and ends with this one. What it
leaves is plain data: JSON, and arrays that are read without unpickling.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from braincast.board.judging.child import DOCUMENT, SAMPLES
from braincast.board.judging.nursery import Nursery
from braincast.board.judging.request import Judged, Limits, Request
from braincast.board.judging.samples import samples_in
from braincast.datasets.cache import home
from braincast.errors import CODES, BraincastError
from braincast.forecasts.submissions.declaration import Submission
from braincast.forecasts.submissions.process import Watch, ask, lines_of, printable
from braincast.forecasts.submissions.validation import validate
from braincast.tasks.kinds import card_of_json


def judge(request: Request, limits: Limits | None = None, nursery: Nursery | None = None) -> Judged:
    """The figures of an entry, or the problems of its submission; the same bits whenever it is asked again.

    A process that dies, or takes more memory or time than it may, is E808; what keeps any entry of the task from being
    scored, such as data that are not there, is raised as it is. Whoever judges many gives a `nursery`.
    """
    limits, began_s = limits or Limits(), time.monotonic()
    found = validate(card_of_json(request.card), Path(request.submission))
    if found.submission is None or not found.valid:
        return Judged(found.problems, found.submission)
    with nullcontext(nursery) if nursery is not None else Nursery() as source:
        judged = _scored(request, limits, found.submission, source)
    return replace(judged, duration_s=time.monotonic() - began_s)


def _scored(request: Request, limits: Limits, submission: Submission, nursery: Nursery) -> Judged:
    with TemporaryDirectory(prefix="braincast-judging-") as folder:
        asked = {
            "request": request.to_dict(),
            "limits": limits.to_dict(),
            "submission": submission.model_dump(mode="json"),
            "scratch": folder,
        }
        known = {"BRAINCAST_OFFLINE": "1", "BRAINCAST_HOME": str(home().absolute()), "TMPDIR": folder}
        heard = _Heard()
        with nursery.child(known) as child, Watch(child, limits.silence_s, limits.seconds) as watch:
            ask(child, asked)
            with contextlib.suppress(ValueError, RecursionError):  # a child that says anything else is trusted no more
                for line in lines_of(child):
                    watch.restart()
                    heard.add(line)
            child.kill()
            child.wait()
        if heard.problem is not None:
            return _blamed(heard, submission)
        if watch.expired or heard.forecast_hash is None:  # also what came while it was being ended is too late
            raise _ended(watch)
        return _left(Path(folder), submission, heard.forecast_hash)


@dataclass
class _Heard:
    """What a child has said so far."""

    problem: BraincastError | None = None
    of_submission: bool = False
    forecast_hash: str | None = None

    def add(self, line: object) -> None:
        """Take one line in; another line than a child's is a ValueError."""
        match line:
            case {"done": True, "forecast_hash": str(digest)} if len(digest) == 64:
                self.forecast_hash = digest
            case {"code": str(code), "where": str(where), "what": str(what), "fix": str(fix), "of": of} if (
                code in CODES
            ):
                self.problem = BraincastError(code, *map(printable, (where, what, fix)))
                self.of_submission = of == "submission"
            case {"did": str()}:
                return
            case _:
                raise ValueError("no line of a child")


def _blamed(heard: _Heard, submission: Submission) -> Judged:
    """What is wrong with the submission itself is its refusal; all else is raised."""
    if heard.problem is not None and not heard.of_submission:
        raise heard.problem
    return Judged((heard.problem,) if heard.problem else (), submission)


def _left(folder: Path, submission: Submission, digest: str) -> Judged:
    """What a child that came to its end has left in its folder."""
    try:
        document: dict[str, Any] = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
        content = (folder / SAMPLES).read_bytes()
        samples = samples_in(content)
    except (OSError, ValueError, RecursionError) as error:
        what = "the process that scores it left nothing that can be read"
        raise BraincastError("E808", "scoring", what, "Score it again") from error
    return Judged(
        problems=(),
        submission=submission,
        forecast_hash=digest,
        document=document,
        samples=samples,
        samples_bytes=content,
        samples_hash=hashlib.sha256(content).hexdigest(),
    )


def _ended(watch: Watch) -> BraincastError:
    what = f"the process that scores it did not come to its end ({watch.reason()})"
    return BraincastError("E808", "scoring", what, "Allow more memory or time in board.toml, or answer with less")
