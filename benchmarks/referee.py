"""Every promise checked again, and the page of results: `python benchmarks/referee.py --tier minutes`.

`--tier hours` takes the commands that take longer, `--only` the themes or claims (THEME.CLAIM) that follow it. What has
run with the same code is not run again, unless `--again` says so; each command's figures are kept as soon as it has
ended. `--timings` also measures claims about time, which otherwise are read from their record. `--table` only writes
docs/results.md. `--tests FILE ...` takes the outcomes of tests from what a whole run of them left with pytest's
`--junitxml`, at the commit that is checked out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from promises.claim import Claim, Tests
from promises.page import page
from promises.record import every_claim, from_run, keep, known, unchanged_since
from promises.running import Ran, can_run, cases_of, copied_tree, run, shared

from braincast.files import write_text

PAGE = Path(__file__).parent.parent / "docs" / "results.md"


def main(arguments: list[str]) -> None:
    """Run what was asked for, keep it, write the page."""
    asked = _asked(arguments)
    found = known()
    if asked.tests:
        found |= {name: from_run(claim, ran) for name, claim, ran in _ended(asked.tests)}
    elif not asked.table:
        _check(asked, found)
    _publish(found)


def _check(asked: argparse.Namespace, found: dict[str, Any]) -> None:
    waiting = _waiting(asked, found)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        copied_tree(scratch)
        for number, (command, claims) in enumerate(waiting.items(), 1):
            print(f"[{number}/{len(waiting)}] {command}", flush=True)
            ran = run(list(claims.values()), scratch)
            found |= {name: from_run(claim, ran) for name, claim in claims.items()}
            _publish(found)
            for name, claim in claims.items():
                shown = ran.failed or claim.shown(found[name]["reached"])
                print(f"    {name}: {shown} {found[name]['holds']}", flush=True)


def _publish(found: dict[str, Any]) -> None:
    keep(found)
    write_text(PAGE, page(found))


def _ended(files: Sequence[str]) -> Iterator[tuple[str, Claim, Ran]]:
    """Claims whose tests ran elsewhere with this code, from what pytest's --junitxml left."""
    ran = Ran(0.0, [case for file in files for case in cases_of(Path(file))])
    for name, claim in every_claim():
        if isinstance(claim.source, Tests) and any(ran.reached(claim)[end] for end in ("passed", "failed", "skipped")):
            yield name, claim, ran


def _waiting(asked: argparse.Namespace, found: dict[str, Any]) -> dict[str, dict[str, Claim]]:
    """What runs together, with the claims that read it: those that can run here and have not run with this code."""
    able = [(name, claim) for name, claim in every_claim() if can_run(claim) and (asked.timings or not claim.timing)]
    wanted = {
        name: shared(name.split(".")[0], claim)
        for name, claim in able
        if claim.tier == asked.tier and _named(name, asked.only) and (asked.again or not _done(found[name]))
    }
    together: dict[str, dict[str, Claim]] = {command: {} for command in wanted.values()}
    for name, claim in able:
        command = shared(name.split(".")[0], claim)
        if name in wanted or (command in together and not isinstance(claim.source, Tests)):
            together[command][name] = claim
    return together


def _named(name: str, only: Sequence[str]) -> bool:
    return not only or name in only or name.split(".")[0] in only


def _done(entry: dict[str, Any]) -> bool:
    return entry["source"] == "run" and "failed" not in entry and unchanged_since(entry["commit"])


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tier", choices=("minutes", "hours"), default="minutes")
    parser.add_argument("--only", nargs="+", default=())
    parser.add_argument("--tests", nargs="+", default=())
    for switch in ("--again", "--timings", "--table"):
        parser.add_argument(switch, action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
