"""The process that reads a submission: it limits itself, then tells each problem in a line of JSON.

Standard input is one JSON object, {"path": …, "expected": …}; the last line of standard output is
{"done": true, "submission": …, "peak_bytes": …}, and lines {"bytes": n} between tell how far it is. To see what a
child does that ends early, give it the same input by hand: `python -m braincast.forecasts.submissions.child`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from braincast.errors import BraincastError
from braincast.forecasts.submissions.limits import CPU_S, LARGEST_MEMORY, allow_cpu, confine, peak_bytes

MOST_PROBLEMS = 100
LONGEST_TEXT = 600
_BYTES_A_LINE, _CHUNKS_A_LINE = 32 << 20, 1000


def main() -> None:
    """Read what is asked from standard input, and answer on standard output."""
    request = json.load(sys.stdin)
    confine()
    submission = None
    try:
        submission = _examine(request["path"], request["expected"])
    except MemoryError:
        limit = f"reading took more than {LARGEST_MEMORY >> 20} MiB of memory"
        _tell(BraincastError("E610", "submission", limit, "Write chunks of at most 64 MiB, and fewer files"))
    _say({"done": True, "submission": submission, "peak_bytes": peak_bytes()})


def at_most(problems: Iterable[BraincastError], most: int = MOST_PROBLEMS) -> Iterator[BraincastError]:
    """The first problems, and one more that counts the others."""
    cut: list[str] = []
    for number, problem in enumerate(problems):
        if number < most:
            yield problem
        else:
            cut.append(problem.code)
    if cut:
        what = f"{len(cut):,} more problems were found, of the kinds {', '.join(sorted(set(cut)))}"
        yield BraincastError(cut[0], "submission", what, "Solve those above first")


def _examine(path: str, plain: dict[str, Any]) -> dict[str, Any] | None:
    """Tell all problems of a submission; its declaration as plain data."""
    # Only now, so that the limits hold for these modules, too.
    from braincast.forecasts.expected import Expected
    from braincast.forecasts.submissions.bundle import open_bundle
    from braincast.forecasts.submissions.contents import examine, largest_bytes

    expected = Expected.from_dict(plain)
    try:
        with open_bundle(path, largest_bytes(expected)) as bundle:
            submission, problems = examine(bundle, expected, _Progress().add)
            for problem in at_most(problems):
                _tell(problem)
    except BraincastError as problem:
        _tell(problem)
        return None
    return submission and submission.model_dump(mode="json")


class _Progress:
    """Tells how many bytes were looked at, not too often; whoever makes progress may go on."""

    def __init__(self) -> None:
        self._n_bytes, self._n_chunks = 0, 0

    def add(self, n_bytes: int) -> None:
        """One more chunk was looked at."""
        self._n_bytes, self._n_chunks = self._n_bytes + n_bytes, self._n_chunks + 1
        if self._n_bytes >= _BYTES_A_LINE or self._n_chunks >= _CHUNKS_A_LINE:
            _say({"bytes": self._n_bytes})
            self._n_bytes, self._n_chunks = 0, 0
            allow_cpu(CPU_S)


def _tell(problem: BraincastError) -> None:
    _say({key: text[:LONGEST_TEXT] for key, text in problem.to_dict().items()})


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
