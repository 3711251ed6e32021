"""Running a claim's command: scripts in a copy of the tree, so that what they recorded before stays as it is."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promises.claim import Answer, Claim, Script, Tests

ROOT = Path(__file__).parent.parent.parent
COPIED = ("benchmarks", "docs", "tests", "examples")


@dataclass(frozen=True)
class Ran:
    """What a command left: an answer for each claim that reads it, or why there is none."""

    seconds: float
    answer: Any = None
    failed: str = ""

    def reached(self, claim: Claim) -> Any:
        if self.failed:
            return None
        source = claim.source
        return self.answer if isinstance(source, Tests) else source.reads(self.answer)  # pyright: ignore


def copied_tree(scratch: Path) -> Path:
    """The parts of the tree that scripts write into, in a scratch folder."""
    tree = scratch / "tree"
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.glob("*.*"):
        if file.is_file():
            shutil.copy(file, tree)
    return tree


def can_run(claim: Claim) -> bool:
    """Whether the peers that a script is compared with are there, and the file that a command names."""
    if not isinstance(claim.source, Script):
        return isinstance(claim.source, Answer | Tests)
    return all(peer in os.environ for peer in claim.source.needs) and "PATH" not in claim.source.arguments.split()


def run(claim: Claim, scratch: Path) -> Ran:
    """The command of a claim, run once."""
    began = time.perf_counter()
    source = claim.source
    if isinstance(source, Tests):
        done, answer = _tests(source, scratch)
    elif isinstance(source, Script):
        words = [sys.executable, f"benchmarks/{source.name}.py", *source.arguments.split()]
        done = subprocess.run(words, cwd=scratch / "tree", capture_output=True, text=True, env=_environment())
        answer = None if done.returncode else _result(source, scratch)
    else:
        words = [sys.executable, "-m", "braincast", *shlex.split(source.command)[1:]]  # pyright: ignore
        done = subprocess.run([*words, "--quiet"], cwd=scratch, capture_output=True, text=True, env=_environment())
        answer = None if done.returncode else json.loads(done.stdout)
    seconds = round(time.perf_counter() - began, 1)
    if answer is None:
        last = (done.stderr.strip() or done.stdout.strip() or f"exit {done.returncode}").splitlines()[-1]
        return Ran(seconds, failed=last[:200])
    return Ran(seconds, answer)


def _tests(source: Tests, scratch: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, int] | None]:
    report = scratch / "tests.xml"
    report.unlink(missing_ok=True)
    words = [sys.executable, "-m", "pytest", *shlex.split(source.where), "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*words, f"--junitxml={report}"], cwd=ROOT, capture_output=True, text=True, env=_environment()
    )
    if not report.exists():
        return done, None
    counts = next(ElementTree.parse(report).getroot().iter("testsuite")).attrib
    failed, skipped = int(counts["failures"]) + int(counts["errors"]), int(counts["skipped"])
    return done, {"passed": int(counts["tests"]) - failed - skipped, "failed": failed, "skipped": skipped}


def _result(source: Script, scratch: Path) -> Any:
    return json.loads((scratch / "tree" / "benchmarks" / "results" / f"{source.name}.json").read_text(encoding="utf-8"))


def _environment() -> dict[str, str]:
    """One thread for linear algebra, as the recorded figures had it."""
    return {"OMP_NUM_THREADS": "1", **os.environ}
