"""Does the wiring help? Verdicts on families of models: `python benchmarks/wiring.py --task human-forecast --write`.

`--models a,b` are some of the task's families, `--draws N` another number of draws of the nulls that decide. Runs are
kept in `BRAINCAST_HOME`: a run that was stopped goes on with the same command. `--table` only writes the page again,
from the figures recorded last. worm-forecast needs `--data PATH`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from interval_figure import Row, write_figure
from pages import put_between_markers, rounded, with_interval

import braincast as bc
from braincast.datasets.cache import home
from braincast.experiments.folder import run_folder
from braincast.experiments.run import configure, run
from braincast.files import read_json, write_json
from braincast.scoring.metrics import load_metric
from braincast.tasks.registry import task_card

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "wiring.json"
FIGURE = ROOT / "docs" / "figures" / "wiring.svg"
PAGE = ROOT / "docs" / "findings" / "wiring.md"
FULL, FEW = 39, 1
# Draws of the nulls that decide: many for what fits in seconds, one for what takes a minute and more.
FAMILIES: Mapping[str, Mapping[str, int]] = {
    "worm-perturbation": {
        "direct-weights": FULL,
        "connectome-propagator": FULL,
        "signed-propagator": FULL,
        "communicability": FULL,
        "connectome-regression": FULL,
    },
    "worm-forecast": {
        "graph-var": FULL,
        "masked-var": FULL,
        "expression-var": FULL,
        "masked-lds": FEW,
        "graph-forecaster": FEW,
    },
    "human-forecast": {
        "graph-var": FULL,
        "masked-var": FULL,
        "expression-var": FULL,
        "masked-lds": FEW,
        "rate-network": FEW,
    },
    "human-transfer": {
        "graph-var": FEW,
        "masked-var": FEW,
        "expression-var": FEW,
        "masked-lds": FEW,
        "rate-network": FEW,
    },
}
_COLUMNS = ("true", "identity", "degree", "none", "unconstrained", "others")


def main(arguments: Sequence[str]) -> None:
    """Run what is asked for, print each verdict, and with `--write` keep figures, table and picture."""
    asked = _asked(arguments)
    if asked.table:
        publish(read_json(RESULT))
        return
    families = FAMILIES[asked.task]
    for model in asked.models.split(",") if asked.models else families:
        found = tested(asked.task, model, asked.draws or families.get(model, FEW), asked.data, asked.workers)
        print(f"{asked.task}, {found['sentence']}", flush=True)
        if asked.write:
            figures = read_json(RESULT) if RESULT.exists() else {}
            figures.setdefault(asked.task, {})[model] = rounded(found)
            write_json(RESULT, {task: figures[task] for task in FAMILIES if task in figures})
            publish(figures)


def tested(name: str, model: str, n_draws: int, data: Path | None, n_workers: int) -> dict[str, Any]:
    """The verdict on one model, as in a run's document, its floor beside it and what it took."""
    card = task_card(name)
    configuration = configure(card, [model], wiring_test=n_draws > FEW, n_draws=n_draws)
    place = home() / "benchmarks" / "wiring" / f"{name}-{model}-{n_draws}-{card.hash[:12]}"
    with run_folder(place, configuration.to_dict(), force=True) as folder:
        result = run(bc.load_task(name, data=data), configuration, folder=folder, n_workers=n_workers)
    document = result.to_dict()
    verdict = document["wiring"][model]
    kept = ("arm", "n_draws", "value", "difference", "ci", "p", "p_holm")
    return {
        **{key: value for key, value in verdict.items() if key != "model"},
        "compared": [{key: arm[key] for key in kept} for arm in verdict["compared"]],
        "floor": {document["baseline"]: document["models"][document["baseline"]]["metrics"][card.primary]["value"]},
        "wiring_of": document["wiring_of"],
        "task_hash": card.hash,
        "fit_s": document["models"][model]["cost"]["fit_s"],
        "wall_s": result.wall_s,
    }


def publish(figures: Mapping[str, Any]) -> None:
    """The page's tables and its picture."""
    for task, found in figures.items():
        put_between_markers(PAGE, _table(found), task)
    title = "What the true wiring changes, against identity-permuted wirings"
    write_figure(FIGURE, title, "better with the true wiring than with permuted ones", _rows(figures))


def _table(found: Mapping[str, Any]) -> str:
    metric = next(iter(found.values()))["metric"]
    lines = [
        f"| model ({metric}) | verdict | lead, 95 % interval | p | draws | {' | '.join(_COLUMNS)} |",
        "|---" * (5 + len(_COLUMNS)) + "|",
    ]
    for model, verdict in found.items():
        lead = "–" if verdict["effect"] is None else with_interval(_interval(verdict), "+.4f")
        p = "–" if verdict["p"] is None else f"{verdict['p']:.3f}"
        values = " | ".join(_shown(verdict["arms"].get(arm)) for arm in _COLUMNS)
        lines.append(f"| {model} | {verdict['verdict']} | {lead} | {p} | {verdict['draws']} | {values} |")
    return "\n".join(lines)


def _interval(verdict: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": verdict["effect"], "ci": verdict["ci"]}


def _shown(arm: Mapping[str, Any] | None) -> str:
    return "–" if arm is None or arm["value"] is None else f"{arm['value']:.4f}"


def _rows(figures: Mapping[str, Any]) -> list[Row]:
    """Leads over identity-permuted wirings, turned so that more is better, by task."""
    rows = []
    for task, found in figures.items():
        rows.append(Row(task))
        for model, verdict in found.items():
            sign = 1 if load_metric(verdict["metric"]).larger_is_better else -1
            arm = next(arm for arm in verdict["compared"] if arm["arm"] == "identity-permuted")
            if arm["ci"] is not None:
                lower, upper = sorted(sign * end for end in arm["ci"])
                rows.append(Row(model, sign * arm["difference"], (lower, upper)))
    return rows


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=FAMILIES, default="human-forecast")
    parser.add_argument("--models", default="")
    parser.add_argument("--draws", type=int)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
