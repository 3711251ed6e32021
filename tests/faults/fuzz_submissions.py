"""Mutated submissions by the thousand: `python tests/faults/fuzz_submissions.py --seconds 300 --seed 1`.

Whatever is sent in, only coded problems come out, in bounded time and memory, and nothing is written. What is called
valid is decoded by zarr as well: its numbers are those that braincast reads, finite, in range and labelled as asked.
`--only N` repeats one execution of a seed, `--keep FOLDER` keeps the submissions that something went wrong with.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
import time
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import numpy as np  # noqa: E402
import zarr  # noqa: E402
from hostile.mutations import make_one  # noqa: E402
from hostile.reader import Reader  # noqa: E402
from hostile.tasks import CARDS, EXPECTED  # noqa: E402
from hostile.watching import sight_of  # noqa: E402

from braincast.errors import CODES  # noqa: E402
from braincast.forecasts.store import load_forecast  # noqa: E402

LARGEST_PEAK = 512 << 20
EACH_READER = 500  # executions, after which a fresh process begins


@dataclass
class Outcome:
    """What came out: how often each code was among the problems, how many were valid, and what went wrong."""

    executions: int = 0
    seconds: float = 0.0
    valid: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    largest_bytes: int = 0
    failures: list[str] = field(default_factory=list)


def fuzz(seconds: float, seed: int, keep: Path | None = None, only: int | None = None) -> Outcome:
    """Make and read submissions until the time is over."""
    outcome, reader, begin = Outcome(), Reader(), time.monotonic()
    numbers: Iterable[int] = itertools.count() if only is None else [only]
    with tempfile.TemporaryDirectory() as scratch:
        for number in numbers:
            outcome.seconds = time.monotonic() - begin
            if outcome.seconds >= seconds:
                break
            folder = Path(scratch, str(number))
            failure = _one(np.random.default_rng([seed, number]), folder, reader, outcome)
            if failure:
                outcome.failures.append(f"--seed {seed} --only {number}: {failure}")
                if keep is not None:
                    shutil.copytree(folder, keep / f"{seed}-{number}", symlinks=True)
            if failure or reader.answered >= EACH_READER:
                reader.end()
                reader = Reader()
            shutil.rmtree(folder)
    reader.end()
    return outcome


def _one(rng: np.random.Generator, folder: Path, reader: Reader, outcome: Outcome) -> str:
    """One submission made and read; what is wrong with how it was read."""
    folder.mkdir()
    task, path = make_one(rng, folder)
    before = sight_of(folder)
    answer = reader.answer(task, path)
    outcome.executions += 1
    outcome.largest_bytes = max(outcome.largest_bytes, answer["peak_bytes"] or 0)
    if "crash" in answer:
        return answer["crash"]
    problems = answer["problems"]
    outcome.codes.update({code for code, _, _ in problems})
    outcome.valid += not problems
    if sight_of(folder) != before:
        return "something was written"
    if outcome.largest_bytes > LARGEST_PEAK:
        return f"it took {outcome.largest_bytes:,} bytes"
    if problems:
        return _unfit(problems, folder)
    try:
        return _wrongly_valid(task, path, folder)
    except Exception as error:  # noqa: BLE001 (whatever stops the other reader)
        return f"called valid, but another reader cannot read it: {error!r}"


def _unfit(problems: list[tuple[str, str, str]], folder: Path) -> str:
    """What is wrong with the problems themselves: an unknown code, a place of this machine, E610, endless text."""
    for code, where, line in problems:
        if code not in CODES or code == "E610" or not where or str(folder) in line or len(line) > 2_000:
            return f"no good problem: {line}"
    return ""


def _wrongly_valid(task: str, path: Path, folder: Path) -> str:
    """What another reader finds in a submission that was called valid."""
    if path.is_file():
        with zipfile.ZipFile(path) as opened:
            opened.extractall(folder / "unpacked")
        path = folder / "unpacked"
    declared = tomllib.loads((path / "submission.toml").read_text(encoding="utf-8"))
    draws = {f"null-{null}-{draw}.zarr" for null, n in declared.get("nulls", {}).items() for draw in range(n)}
    wanted = draws | {f"seed-{seed}.zarr" for seed in declared["seeds"]}
    if {entry.name for entry in path.iterdir()} != {"submission.toml", *wanted}:
        return "its stores are not those that it declares"
    return "; ".join(filter(None, (_wrong_store(task, path / name) for name in sorted(wanted))))


def _wrong_store(task: str, path: Path) -> str:
    group = zarr.open_group(path, mode="r", zarr_format=3, use_consolidated=False)
    values, expected = np.asarray(group["activity"][...]), EXPECTED[task]
    axes = dict(group.attrs["axes"])
    members = axes.pop("member", None)
    if {axis: tuple(labels) for axis, labels in axes.items()} != dict(expected.axes):
        return f"{path.name}: its labels are not the task's"
    if values.shape != (*expected.shape, *([] if members is None else [len(members)])):
        return f"{path.name}: its shape is not the task's"
    lower, upper = (np.inf * sign if b is None else b for b, sign in ((expected.lower, -1), (expected.upper, 1)))
    if not (np.isfinite(values) & (values >= lower) & (values <= upper)).all():
        return f"{path.name}: not all its numbers are finite and in range"
    ours = load_forecast(path, CARDS[task]).values
    return "" if ours.dtype == values.dtype and ours.tobytes() == values.tobytes() else f"{path.name}: other bits"


def report(outcome: Outcome) -> str:
    """A few lines for people."""
    rate = outcome.executions / max(outcome.seconds, 1e-9)
    codes = ", ".join(f"{code} {count}" for code, count in sorted(outcome.codes.items()))
    lines = [
        f"{outcome.executions:,} submissions in {outcome.seconds:.0f} s ({rate:.0f} a second)",
        f"valid {outcome.valid:,}; {codes}",
        f"largest memory {outcome.largest_bytes / 1e6:.0f} MB; {len(outcome.failures)} failures",
    ]
    return "\n".join([*lines, *outcome.failures[:20]])


def main() -> int:
    """Fuzz and report; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    outcome = fuzz(chosen.seconds, chosen.seed, chosen.keep, chosen.only)
    sys.stdout.write(report(outcome) + "\n")
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
