"""What bad submissions cost the validator: `python benchmarks/validator.py [--write|--table]`.

Each of the bad submissions of the tests is refused by the validator's child, timed from outside; then mutated ones are
read for some minutes. Figures go to results/validator.json and, with `--write`, into
docs/concepts/submissions-safety.md; `--table` shows once more what was recorded. Needs the packages of the `test`
extra.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from pages import put_between_markers, rounded

from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "validator.json", HERE.parent / "docs" / "concepts" / "submissions-safety.md"
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "faults")]

from bad_submissions import BAD_SUBMISSIONS, TOPICS  # noqa: E402
from fuzz_submissions import fuzz  # noqa: E402
from hostile.entry import Bad  # noqa: E402
from hostile.good import submission  # noqa: E402
from hostile.tasks import CARDS, EXPECTED  # noqa: E402

from braincast.forecasts.submissions.validation import validate  # noqa: E402

FUZZ_S, SEED = 300, 5


def main() -> None:
    """Measure everything, or with `--table` show once more what was recorded."""
    if "--table" not in sys.argv:
        write_json(RESULT, rounded(measured()))
    text = table(read_json(RESULT))
    if {"--write", "--table"} & set(sys.argv):
        put_between_markers(PAGE, text)
    print(text)


def measured() -> dict[str, Any]:
    """All figures of one run."""
    outcome = fuzz(FUZZ_S, SEED)
    return {
        "machine": {"system": platform.system(), "python": platform.python_version(), "cores": os.cpu_count()},
        "topics": {topic: _of_topic(topic) for topic in TOPICS},
        "fuzzing": {
            "seed": SEED,
            "seconds": outcome.seconds,
            "executions": outcome.executions,
            "valid": outcome.valid,
            "codes": dict(sorted(outcome.codes.items())),
            "largest_mb": outcome.largest_bytes / 1e6,
            "failures": len(outcome.failures),
        },
    }


def table(figures: dict[str, Any]) -> str:
    """The table of the page, and a sentence on fuzzing."""
    lines = ["| topic | bad submissions | refused with | slowest, s | largest, MB |", "|" + "---|" * 5]
    for topic, found in figures["topics"].items():
        codes = ", ".join(found["codes"])
        lines.append(f"| {topic} | {found['n']} | {codes} | {found['slowest_s']:.1f} | {found['largest_mb']:.0f} |")
    fuzzing = figures["fuzzing"]
    total, rate = sum(t["n"] for t in figures["topics"].values()), fuzzing["executions"] / fuzzing["seconds"]
    mutated = (
        f"{fuzzing['executions']:,} submissions in {fuzzing['seconds']:.0f} s ({rate:.0f} a second), of which "
        f"{fuzzing['valid']:,} are valid; {len(fuzzing['codes'])} codes; at most {fuzzing['largest_mb']:.0f} MB; "
        f"{fuzzing['failures']} failures"
    )
    return "\n".join([*lines, "", f"{total} in all, each refused. Mutated at random: {mutated}."])


def _of_topic(topic: str) -> dict[str, Any]:
    """How many were refused with the code they should have, and the slowest and largest of them."""
    seconds, sizes, codes = [], [0], set()
    for bad in BAD_SUBMISSIONS:
        if bad.topic == topic and (found := _refused(bad)):
            seconds.append(found[0])
            sizes.append(found[1])
            codes.add(bad.code)
    return {"n": len(seconds), "codes": sorted(codes), "slowest_s": max(seconds), "largest_mb": max(sizes) / 1e6}


def _refused(bad: Bad) -> tuple[float, int] | None:
    """Seconds and bytes of one refusal; nothing where this system cannot make such a submission."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = bad.make(submission(EXPECTED[bad.task]), Path(folder))
        except pytest.skip.Exception:
            return None
        begin = time.perf_counter()
        validation = validate(CARDS[bad.task], path)
        seconds = time.perf_counter() - begin
    if bad.code not in [problem.code for problem in validation.problems]:
        raise ValueError(f"{bad} was not refused with {bad.code}")
    return seconds, validation.peak_bytes or 0


if __name__ == "__main__":
    main()
