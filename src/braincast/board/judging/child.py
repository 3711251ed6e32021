"""The process that scores an entry: it limits itself, reads, scores, and leaves its results in a scratch folder.

Standard input is one JSON object, {"request": …, "limits": …, "submission": …, "scratch": …}; standard output has lines
{"did": …} as it goes on, a problem as {"code": …, "where": …, "what": …, "fix": …, "of": "submission" or "board"}, and
{"done": true, "forecast_hash": …} last. `python -m braincast.board.judging.child`, given the same by hand, shows what
one does that ends early.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from braincast.errors import BraincastError
from braincast.forecasts.submissions.child import LONGEST_TEXT
from braincast.forecasts.submissions.limits import confine

DOCUMENT, SAMPLES = "document.json", "samples.npz"
_OPEN_FILES = 1024
_LARGEST_FILE = 1 << 36


def main() -> None:
    """Score what standard input asks for."""
    asked = json.load(sys.stdin)
    limits = asked["limits"]
    confine(
        memory=int(limits["memory_bytes"]),
        open_files=_OPEN_FILES,
        file_bytes=_LARGEST_FILE,
        cpu_s=int(limits["seconds"]) + 1,
    )
    try:
        _judge(asked)
    except MemoryError:
        what = f"scoring took more than {int(limits['memory_bytes']) >> 20} MiB of memory"
        _tell(
            BraincastError("E808", "scoring", what, "Allow more in board.toml, or answer with fewer members"), "board"
        )


def _judge(asked: dict[str, Any]) -> None:
    # Only now, so that the limits hold for these modules, too.
    from braincast.board.judging.figures import Entry, forecast_hash
    from braincast.board.judging.request import Request
    from braincast.board.judging.samples import samples_file
    from braincast.files import canonical_json, write_bytes, write_text
    from braincast.forecasts.submissions.declaration import Submission

    scratch, request = Path(asked["scratch"]), Request(**asked["request"])
    submission = Submission.model_validate_json(json.dumps(asked["submission"]))
    blamed = "board"
    try:
        with Entry(request, submission) as entry:
            entry.fetch()
            _say({"did": "opened"})
            digest = forecast_hash(entry.submitted)
            _say({"did": "hashed"})
            blamed = "submission"
            document, samples = entry.figures()
            blamed = "board"
            write_text(scratch / DOCUMENT, canonical_json(document))
            write_bytes(scratch / SAMPLES, samples_file(samples))
            _say({"done": True, "forecast_hash": digest})
    except BraincastError as problem:
        _tell(problem, blamed)


def _tell(problem: BraincastError, of: str) -> None:
    _say({**{key: text[:LONGEST_TEXT] for key, text in problem.to_dict().items()}, "of": of})


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
