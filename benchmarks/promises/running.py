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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promises.claim import Answer, Claim, Script, Tests, Told

ROOT = Path(__file__).parent.parent.parent
COPIED = ("benchmarks", "docs", "tests", "examples")


@dataclass(frozen=True)
class Ran:
    """What a command left for the claims that read it, or why there is nothing."""

    seconds: float
    answer: Any = None
    failed: str = ""

    def reached(self, claim: Claim) -> Any:
        source = claim.source
        if self.failed or isinstance(source, Told):
            return None
        return _counted(source, self.answer) if isinstance(source, Tests) else source.reads(self.answer)


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
    """Whether a claim has a command, and what that needs is there."""
    return claim.source.can_run() if isinstance(claim.source, Script) else isinstance(claim.source, Answer | Tests)


def shared(theme: str, claim: Claim) -> str:
    """What claims that run together have in common: a command, or the tests of a theme that are marked alike."""
    if not isinstance(claim.source, Tests):
        return claim.source.command
    return f"tests of {theme} {claim.source.where.partition(' -m ')[2]}".rstrip()


def run(claims: Sequence[Claim], scratch: Path) -> Ran:
    """The command that claims share, run once."""
    began = time.perf_counter()
    source = claims[0].source
    if isinstance(source, Tests):
        done, answer = _tests([claim.source for claim in claims if isinstance(claim.source, Tests)], scratch)
    elif isinstance(source, Script):
        done = _done([f"benchmarks/{source.name}.py", *source.arguments.split()], scratch / "tree")
        answer = None if done.returncode else _result(source, scratch)
    else:
        done = _done(["-m", "braincast", *source.command.split()[1:], "--quiet"], scratch)
        answer = None if done.returncode else json.loads(done.stdout)
    seconds = round(time.perf_counter() - began, 1)
    if answer is None:
        last = (done.stderr.strip() or done.stdout.strip() or f"exit {done.returncode}").splitlines()[-1]
        return Ran(seconds, failed=last[:200])
    return Ran(seconds, answer)


def _tests(sources: Sequence[Tests], scratch: Path) -> tuple[Any, Any]:
    """The tests of all these claims in one process: each with its file, its name and how it ended."""
    marker = sources[0].where.partition(" -m ")[2]
    every = dict.fromkeys(place for source in sources for place in source.where.partition(" -m ")[0].split())
    report = scratch / "tests.xml"
    report.unlink(missing_ok=True)
    marked = ["-m", *shlex.split(marker)] if marker else []
    done = _done(["-m", "pytest", *every, *marked, "-q", "-p", "no:cacheprovider", f"--junitxml={report}"], ROOT)
    return done, cases_of(report) if report.exists() else None


def cases_of(report: Path) -> list[ElementTree.Element]:
    """The tests in a file of pytest's --junitxml."""
    return list(ElementTree.parse(report).getroot().iter("testcase"))


def _counted(source: Tests, cases: Sequence[ElementTree.Element]) -> dict[str, Any]:
    """How the tests of one claim ended, and the names of those that failed."""
    places = source.where.partition(" -m ")[0].split()
    ended = [(case.attrib["name"], _end(case)) for case in cases if any(_lies_in(case, place) for place in places)]
    counts: dict[str, Any] = {end: sum(own == end for _, own in ended) for end in ("passed", "failed", "skipped")}
    return counts | ({"names": [name for name, own in ended if own == "failed"]} if counts["failed"] else {})


def _end(case: ElementTree.Element) -> str:
    told = {child.tag for child in case}
    return "failed" if told & {"failure", "error"} else "skipped" if "skipped" in told else "passed"


def _lies_in(case: ElementTree.Element, place: str) -> bool:
    path, _, test = place.partition("::")
    file = f"{case.attrib['classname'].replace('.', '/')}.py"
    named = case.attrib["name"].partition("[")[0]
    return (file == path or file.startswith(f"{path}/")) and test in ("", named)


def _done(words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A Python program, with one thread for linear algebra as the recorded figures had it."""
    environment = {"OMP_NUM_THREADS": "1", **os.environ}
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, env=environment)


def _result(source: Script, scratch: Path) -> Any:
    return json.loads((scratch / "tree" / "benchmarks" / "results" / f"{source.name}.json").read_text(encoding="utf-8"))
