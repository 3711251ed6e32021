"""The leakage audit of every forecaster on every forecast task: `python benchmarks/leakage.py --write`.

`--models a,b` audits these alone and keeps what was recorded of others; `--table` only writes the table of the page
again, from what was recorded last.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forecasts import PAGE, forecast_task
from pages import put_between_markers
from threadpoolctl import threadpool_limits

from braincast.experiments.leakage.audit import audit
from braincast.files import read_json, write_json
from braincast.models.interface import Learner
from braincast.models.registry import load_model, model_names
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.declared import DECLARED

# A network shows with few steps already what it looks at.
_FEW_STEPS = {"steps": 20, "every": 20}
WIRED_AUDITED = ("worm-forecast", "human-forecast", "synthetic-linear")
RESULT = Path(__file__).parent / "results" / "leakage.json"


def main(arguments: Sequence[str]) -> None:
    """Audit all that can answer each task; `--write` keeps what was found and the table of the page."""
    found = read_json(RESULT) if "--table" in arguments else _audited_all(arguments)
    print(table(found))
    if "--write" in arguments:
        write_json(RESULT, found)
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, table(found), "leakage")


def table(found: dict[str, Any]) -> str:
    """One row a task: how many models were audited, and which moved."""
    lines = ["| task | windows | models audited | forecasts that moved |", "|---|---|---|---|"]
    for name, row in found.items():
        moved = ", ".join(f"{model} ({n})" for model, n in row["moved"].items() if n) or "none"
        lines.append(f"| {name} | {row['windows']} | {len(row['moved'])} | {moved} |")
    return "\n".join(lines)


def audited_models(card: ForecastCard) -> list[str]:
    """Those that are audited on a task: all that can answer it, networks on the wiring on three tasks alone.

    Each of these compiles for a minute on every task, and looks at the same things in all.
    """
    able = [model for model in model_names() if load_model(model).card.can_answer(card)]
    return [model for model in able if card.name in WIRED_AUDITED or not _is_wired_network(model)]


def _is_wired_network(model: str) -> bool:
    loaded = load_model(model)
    return isinstance(loaded, Learner) and loaded.card.uses_connectome


def _audited_all(arguments: Sequence[str]) -> dict[str, Any]:
    if "--models" not in arguments:
        return {name: _audited(name, model_names(), {}) for name in DECLARED}
    known, chosen = read_json(RESULT), arguments[arguments.index("--models") + 1].split(",")
    return {name: _audited(name, chosen, known[name]["moved"]) for name in DECLARED}


def _audited(name: str, models: Sequence[str], known: dict[str, int]) -> dict[str, Any]:
    task = forecast_task(name)
    wanted = audited_models(task.card)
    moved = {model: n for model, n in known.items() if model in wanted}
    for model in models:
        loaded = load_model(model)
        if model in wanted:
            # One candidate of a network: the others look at the same things.
            settings = {**loaded.candidates[0], **_FEW_STEPS} if isinstance(loaded, Learner) else None
            with threadpool_limits(1):
                moved[model] = len(audit(loaded, task, settings=settings).moved)
            print(name, model, moved[model], file=sys.stderr, flush=True)
    return {"task_hash": task.hash, "windows": len(task.card.cases), "moved": dict(sorted(moved.items()))}


if __name__ == "__main__":
    main(sys.argv[1:])
