"""Answers from anywhere: the forecast store and the submission validator."""

from __future__ import annotations

from typing import Any

from promises.claim import Claim, Script, Theme, at_least, at_most, exactly, tests


def _topics(key: str) -> Any:
    return lambda found: [topic[key] for topic in found["topics"].values()]


THEME = Theme(
    "answers",
    "Answers from anywhere",
    (
        Claim(
            "corpus",
            "Bad submissions that are refused with their code",
            at_least(60),
            Script("validator", lambda found: sum(_topics("n")(found))),
            "{}",
            "hours",
        ),
        Claim(
            "corpus-time",
            "The slowest refusal",
            at_most(10, "s"),
            Script("validator", lambda found: max(_topics("slowest_s")(found))),
            "{:.1f} s",
            "hours",
            timing=True,
        ),
        Claim(
            "corpus-memory",
            "The most memory of a refusal",
            at_most(512, "MB"),
            Script("validator", lambda found: max(_topics("largest_mb")(found))),
            "{:.0f} MB",
            "hours",
        ),
        Claim(
            "fuzzing",
            "Mutated submissions on which the validator failed, of thousands",
            exactly(0),
            Script("validator", lambda found: found["fuzzing"]["failures"]),
            "{}",
            "hours",
        ),
        tests(
            "refused",
            "Each is refused with its code, and nothing is written outside the work folder",
            "tests/faults/test_bad_submissions.py",
        ),
        tests(
            "fuzz",
            "A fuzzer runs a minute; what it calls valid is equal to zarr's own reading",
            "tests/faults/test_fuzzed_submissions.py -m slow",
        ),
        tests(
            "round-trip",
            "numpy-made, PyTorch-made and our own forecasts score to the same bits, packed and not",
            "tests/examples/test_strangers_examples.py",
        ),
        tests(
            "killed-writing",
            "20 SIGKILLs while writing: no store before the end, then the same bytes",
            "tests/forecasts/test_writer.py -m slow",
        ),
        tests(
            "killed-scoring",
            "20 SIGKILLs while scoring: a whole scorecard or none, the same numbers",
            "tests/faults/test_killed_scoring.py -m slow",
        ),
        tests(
            "validate",
            "`braincast validate`: exit 0 or 3, also for a missing path; places inside the submission",
            "tests/cli/test_command_submit.py",
        ),
    ),
)
