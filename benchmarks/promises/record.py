"""What was reached, claim by claim, as it is kept in results/results.json."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from braincast.files import read_json, write_json
from promises.claim import RESULTS, Claim, Script, Told
from promises.running import Ran
from promises.themes import THEMES

RESULT = RESULTS / "results.json"
ROOT = RESULTS.parent.parent
CODE = ("src", "tests", "examples", "benchmarks/*.py", "pyproject.toml")


def every_claim() -> Iterator[tuple[str, Claim]]:
    """Each claim beside its full name."""
    for theme in THEMES:
        for claim in theme.claims:
            yield f"{theme.name}.{claim.name}", claim


def known() -> dict[str, Any]:
    """What is recorded of each claim; claims that never ran stand with the figure of their benchmark's own record."""
    kept = read_json(RESULT) if RESULT.exists() else {}
    return {name: _kept(kept.get(name), claim) or from_record(claim) for name, claim in every_claim()}


def keep(known: dict[str, Any]) -> None:
    write_json(RESULT, known)


def from_run(claim: Claim, ran: Ran) -> dict[str, Any]:
    """What a command that ran now says of a claim."""
    reached = ran.reached(claim)
    return {
        "reached": _plain(reached),
        "holds": False if ran.failed else claim.holds(reached),
        **({"failed": ran.failed} if ran.failed else {}),
        "source": "run",
        "seconds": ran.seconds,
        "commit": commit(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
    }


def from_record(claim: Claim) -> dict[str, Any]:
    """What stands in the file of a benchmark, with the commit that changed it last; or what was told by hand."""
    if isinstance(claim.source, Told):
        return {"reached": claim.source.reached, "holds": claim.source.holds, "source": "told"}
    if not isinstance(claim.source, Script):
        return {"reached": None, "holds": None, "source": "not run"}
    file = RESULTS / f"{claim.source.name}.json"
    when, which = _git("log", "-1", "--format=%as %h", "--", str(file)).split()
    reached = claim.source.recorded()
    found = {
        "reached": _plain(reached),
        "holds": claim.holds(reached),
        "source": "recorded",
        "commit": which,
        "date": when,
    }
    return found | _machine_of(read_json(file))


@cache
def commit() -> str:
    """The commit whose code runs, with a plus where files differ from it."""
    changed = _git("status", "--porcelain", "--", *CODE)
    return _git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


@cache
def unchanged_since(earlier: str) -> bool:
    """Whether the code that an earlier commit ran is the code that would run now."""
    if earlier.endswith("+") or commit().endswith("+"):
        return False
    words = ["git", "diff", "--quiet", earlier, "HEAD", "--", *CODE]
    return subprocess.run(words, cwd=ROOT, capture_output=True).returncode == 0


@cache
def machine() -> dict[str, Any]:
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "python": platform.python_version(),
    }


def _kept(entry: dict[str, Any] | None, claim: Claim) -> dict[str, Any] | None:
    """A run that is still of use; its verdict follows from the rule as it stands now."""
    if entry is None or entry["source"] != "run" or isinstance(claim.source, Told):
        return None
    return entry if "failed" in entry else entry | {"holds": claim.holds(entry["reached"])}


def _machine_of(found: Any) -> dict[str, Any]:
    """What a record says of its machine."""
    told = found if isinstance(found, dict) else {}
    about = told.get("about") or {}
    machine = told.get("machine") or {key: (about | told)[key] for key in ("cores",) if key in about | told}
    return {"machine": machine} if isinstance(machine, dict) and machine else {}


def _plain(reached: Any) -> Any:
    if isinstance(reached, dict):
        return {key: _plain(value) for key, value in reached.items()}
    if isinstance(reached, list | tuple):
        return [_plain(value) for value in reached]
    return float(f"{reached:.6g}") if isinstance(reached, float) else reached


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
