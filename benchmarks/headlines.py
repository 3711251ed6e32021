"""What is known so far, in one table: `python benchmarks/headlines.py --write`.

Every figure is taken from what the other scripts recorded. The table goes into docs/findings/README.md, a few of its
rows into the README, and each answer to the top of its own page, so that no two of them can disagree.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import known_circuits as circuits
import known_recordings as recordings
import known_worm as worm
from finding import Finding
from pages import put_between_markers

HERE = Path(__file__).parent
README, FOLDER = HERE.parent / "README.md", HERE.parent / "docs" / "findings"
INDEX = FOLDER / "README.md"
FINDINGS = (
    worm.worm_responses,
    worm.wiring_beside_all_else,
    worm.wiring_alone,
    recordings.wiring_of_forecasts,
    recordings.own_tracts,
    worm.courses,
    worm.mutant,
    worm.whose_wiring,
    worm.signs,
    worm.hidden_edges,
    recordings.human_forecasts,
    recordings.networks,
    recordings.other_animals,
    recordings.hidden_neurons,
    recordings.rollouts,
    circuits.larva,
    circuits.fly_motion,
    circuits.crab,
)


def main() -> None:
    """Print the table of all findings; with `--write`, put it where it belongs."""
    print(table(findings()))
    if "--write" in sys.argv:
        for page, text in shown().items():
            put_between_markers(page, text, "known")


def shown() -> dict[Path, str]:
    """What stands between the markers "known" of each page."""
    found = findings()
    pages = {FOLDER / name: paragraphs(f for f in found if f.page == name) for name in {f.page for f in found}}
    short = table((f for f in found if f.in_readme), "docs/findings/", with_command=False)
    return {INDEX: table(found), README: short, **pages}


@cache
def recorded(name: str) -> Any:
    """The figures that a script recorded last."""
    return json.loads((HERE / "results" / f"{name}.json").read_text(encoding="utf-8"))


def findings() -> list[Finding]:
    """All findings, each from recorded figures."""
    return [make(recorded) for make in FINDINGS]


def table(found: Iterable[Finding], pages: str = "", with_command: bool = True) -> str:
    """Findings in brief; `pages` leads from where the table stands to their pages."""
    titles = ["question", "answer", "over", "floor", "ceiling", "null", *(["command"] if with_command else [])]
    rows = [
        [
            f"[{f.question}]({pages}{f.page})",
            *(f.brief.answer, f.over, f.brief.floor, f.brief.ceiling, f.brief.null),
            *([f"`{f.command.removeprefix('python benchmarks/').removesuffix(' --write')}`"] if with_command else []),
        ]
        for f in found
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [titles, ["---"] * len(titles), *rows])


def paragraphs(found: Iterable[Finding]) -> str:
    """Findings as the top of their page says them."""
    return "\n\n".join(
        f"*{f.question}*\n**{f.full.answer}.**\n\n- Intervals over: {f.over}.\n- Floor: {f.full.floor}.\n"
        f"- Ceiling: {f.full.ceiling}.\n- Null: {f.full.null}.\n- Made by `{f.command}`."
        for f in found
    )


if __name__ == "__main__":
    main()
