"""The page of results: what falls short at the top, then every claim, theme by theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from promises.claim import Claim, Theme
from promises.record import every_claim
from promises.themes import THEMES

Known = Mapping[str, Mapping[str, Any]]

HEAD = """# What was promised, and what was reached

Every line that braincast promised while it grew, as a claim that can be checked: what was asked, what was reached, the
command that says so, the commit and the machine.

{counts}

The page is written by one command:

```sh
python benchmarks/referee.py --tier minutes   # what a laptop checks while you wait; --tier hours for the rest
```
"""

FOOT = """## How to run it again

```sh
pip install -c constraints.txt -e '.[test]'
python benchmarks/referee.py --tier minutes                # stops and starts again without losing what ran
python benchmarks/referee.py --tier minutes --only eye     # one theme, or one claim: --only eye.geometry
python benchmarks/referee.py --tier hours                  # whole line-ups, sweeps, boards under load
python benchmarks/referee.py --tests quick.xml slow.xml    # outcomes of tests from pytest --junitxml, as CI ran them
python benchmarks/referee.py --table                       # only this page, from what is recorded
```

Scripts run in a copy of the tree, so that figures recorded before stay as they are. A claim about time is read from the
record unless `--timings` is given, since it means something on a quiet machine only. Comparisons with other programs
need `BRIAN2_PYTHON`, `NEURON_PYTHON`, `JAXLEY_PYTHON` or `FLYVIS_PYTHON` to name an interpreter that has them, or
PyTorch, sbi, xskillscore and scores beside braincast; without, their recorded figures stand. Tests on real recordings
need `BRAINCAST_TEST_DATA`. The claims themselves are declared in
[benchmarks/promises](../benchmarks/promises), one file a theme.
"""

SOURCES = """*run*: the command ran again, at the commit and on the machine named. *recorded*: read from the file in
`benchmarks/results` that the command writes, with the day and the commit at which that file changed last; without a
letter the file names no machine (all of these had two cores). *by hand*: measured when the promise was made, in no
file."""


def page(known: Known) -> str:
    """The whole page, from what is recorded of every claim."""
    machines = _machines(known)
    parts = [
        HEAD.format(counts=_counts(known)),
        "## What falls short\n",
        *_shortfalls(known),
        *(_theme(theme, known, machines) for theme in THEMES),
        "## Where and when\n",
        SOURCES + "\n",
        "\n".join(f"- **{letter}**: {_described(dict(machine))}" for machine, letter in machines.items()) + "\n",
        FOOT,
    ]
    return "\n".join(parts)


def state(claim: Claim, entry: Mapping[str, Any]) -> str:
    """yes, yes with a reservation, no, or open."""
    if entry["holds"] is None:
        return "open"
    return ("yes, but" if claim.but else "yes") if entry["holds"] else "no"


def _counts(known: Known) -> str:
    states = [state(claim, known[name]) for name, claim in every_claim()]
    numbers = {which: states.count(which) for which in ("yes", "yes, but", "no", "open")}
    return (
        f"Of {len(states)} claims {numbers['yes']} are met, {numbers['yes, but']} are met with a reservation, "
        f"{numbers['no']} fall short and {numbers['open']} are open."
    )


def _shortfalls(known: Known) -> Iterable[str]:
    titles = {"no": "Not reached", "open": "Open", "yes, but": "Met, with a reservation"}
    for which, title in titles.items():
        of_this = [
            (theme, claim)
            for theme in THEMES
            for claim in theme.claims
            if state(claim, known[f"{theme.name}.{claim.name}"]) == which
        ]
        if of_this:
            yield f"### {title}\n"
            yield "\n".join(_shortfall(theme, claim, known) for theme, claim in of_this if _tells(theme, claim, known))
            waiting = sum(not _tells(theme, claim, known) for theme, claim in of_this)
            yield f"\n{waiting} more have not run yet; below they stand as open.\n" if waiting else ""


def _tells(theme: Theme, claim: Claim, known: Known) -> bool:
    """Whether there is more to say than that a command has not run yet."""
    return bool(claim.but) or known[f"{theme.name}.{claim.name}"]["source"] != "not run"


def _shortfall(theme: Theme, claim: Claim, known: Known) -> str:
    entry = known[f"{theme.name}.{claim.name}"]
    reached = f"the command failed: `{entry['failed']}`" if "failed" in entry else claim.shown(entry["reached"])
    why = claim.but
    return f"- **{theme.title}: {claim.line}.** Asked: {claim.asked.words}; reached: {reached}. {why}".rstrip()


def _theme(theme: Theme, known: Known, machines: Mapping[Any, str]) -> str:
    lines = [
        f"## {theme.title}\n",
        "| promised | asked | reached | | command | tier | when, where |",
        "|---|---|---|---|---|---|---|",
    ]
    for claim in theme.claims:
        entry = known[f"{theme.name}.{claim.name}"]
        which = state(claim, entry)
        reached = "failed" if "failed" in entry else claim.shown(entry["reached"])
        cells = (
            claim.line,
            claim.asked.words,
            reached,
            f"**{which}**" if which in ("no", "open") else which,
            f"`{claim.source.command}`",
            claim.tier,
            _where(claim, entry, machines),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _where(claim: Claim, entry: Mapping[str, Any], machines: Mapping[Any, str]) -> str:
    if entry["source"] in ("told", "not run"):
        return "by hand" if entry["source"] == "told" else "not run"
    letter = f", {machines[_key(entry)]}" if entry.get("machine") else ""
    load = f", load {entry['load']}" if claim.timing and "load" in entry else ""
    return f"{entry['source']} {entry['date']}, {entry['commit']}{letter}{load}"


def _machines(known: Known) -> dict[Any, str]:
    keys = dict.fromkeys(_key(entry) for entry in known.values() if entry.get("machine"))
    ordered = sorted(keys, key=lambda key: -len(key))
    return {key: chr(ord("A") + number) for number, key in enumerate(ordered)}


def _key(entry: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(entry["machine"].items()))


def _described(machine: Mapping[str, Any]) -> str:
    parts = [
        f"{machine['cores']} cores" if "cores" in machine else "",
        machine.get("processor", ""),
        f"{machine['memory_gb']} GB" if "memory_gb" in machine else "",
        machine.get("system", ""),
        f"Python {machine['python']}" if "python" in machine else "",
    ]
    return ", ".join(part for part in parts if part)
