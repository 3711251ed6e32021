"""Every promise checked again, and the page of results: `python benchmarks/referee.py --tier minutes`.

`--tier hours` takes the commands that take longer, `--only THEME` or `--only THEME.CLAIM` a part. What has run with the
same code is not run again, unless `--again` says so; each command's figures are kept as soon as it has ended.
`--timings` also measures claims about time, which otherwise are read from their record. `--table` only writes
docs/results.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from promises.claim import Claim, Tests
from promises.page import page
from promises.record import every_claim, from_run, keep, known, unchanged_since
from promises.running import can_run, copied_tree, run, shared

from braincast.files import write_text

PAGE = Path(__file__).parent.parent / "docs" / "results.md"


def main(arguments: list[str]) -> None:
    """Run what was asked for, keep it, write the page."""
    asked = _asked(arguments)
    found = known()
    if not asked.table:
        _check(asked, found)
    keep(found)
    write_text(PAGE, page(found))


def _check(asked: argparse.Namespace, found: dict[str, Any]) -> None:
    waiting = _waiting(asked, found)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        copied_tree(scratch)
        for number, (command, claims) in enumerate(waiting.items(), 1):
            print(f"[{number}/{len(waiting)}] {command}", flush=True)
            ran = run(list(claims.values()), scratch)
            found |= {name: from_run(claim, ran) for name, claim in claims.items()}
            keep(found)
            write_text(PAGE, page(found))
            for name, claim in claims.items():
                print(
                    f"    {name}: {ran.failed or claim.shown(found[name]['reached'])} {found[name]['holds']}",
                    flush=True,
                )


def _waiting(asked: argparse.Namespace, found: dict[str, Any]) -> dict[str, dict[str, Claim]]:
    """What runs together, with the claims that read it: those that can run here and have not run with this code."""
    every = [(name, claim) for name, claim in every_claim() if can_run(claim) and (asked.timings or not claim.timing)]
    together = {name: shared(name.split(".")[0], claim) for name, claim in every}
    wanted = dict.fromkeys(
        together[name]
        for name, claim in every
        if claim.tier == asked.tier and _named(name, asked.only) and (asked.again or not _done(found[name]))
    )
    return {command: {n: c for n, c in every if _with(command, together[n], c, asked)} for command in wanted}


def _with(command: str, own: str, claim: Claim, asked: argparse.Namespace) -> bool:
    """Whether a claim is read from this command; tests of another tier stay out."""
    return own == command and (claim.tier == asked.tier or not isinstance(claim.source, Tests))


def _named(name: str, only: str | None) -> bool:
    return only is None or name == only or name.split(".")[0] == only


def _done(entry: dict[str, Any]) -> bool:
    return entry["source"] == "run" and "failed" not in entry and unchanged_since(entry["commit"])


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tier", choices=("minutes", "hours"), default="minutes")
    parser.add_argument("--only")
    for switch in ("--again", "--timings", "--table"):
        parser.add_argument(switch, action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
