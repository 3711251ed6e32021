"""Does the own wiring give a model the own functional connectivity?

`python benchmarks/functional_connectivity.py --write`. Takes about half an hour on two cores.
Models of seven human brains run on by themselves, every region driven by its own errors alone; the correlations
between regions that come out are held against those measured, with the subject's own wiring, another subject's, and
wirings that are wrong on purpose. `--table` only writes the page again; `--models a,b` and `--draws N` are for a look.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded, with_interval
from threadpoolctl import threadpool_limits

import braincast as bc
from braincast.brain.specimen_nulls import with_wiring
from braincast.experiments.functional import FunctionalConnectivity, mean_interval
from braincast.files import read_json, write_json
from braincast.training.fit import fit

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "functional_connectivity.json"
PAGE = ROOT / "docs" / "findings" / "wiring.md"
TASK = "human-rollout"
# Models whose fit takes a minute have fewer draws.
MODELS: Mapping[str, int] = {"graph-var": 10, "expression-var": 10, "masked-var": 10, "hopf": 1, "rate-network": 1}
ARMS = ("others", "identity-permuted", "degree-preserving", "no-edges")


def main(arguments: Sequence[str]) -> None:
    """Measure every model in every arm, print the figures, and with `--write` keep figures and table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--draws", type=int)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.table:
        put_between_markers(PAGE, _table(read_json(RESULT)), "functional")
        return
    question = FunctionalConnectivity(bc.load_task(TASK))
    references = {**question.references(), "the wiring itself": question.of_wiring()}
    figures: dict[str, Any] = {
        "task": TASK,
        "task_hash": question.task.hash,
        "references": {name: asdict(one) for name, one in references.items()},
        "models": read_json(RESULT)["models"] if RESULT.exists() else {},
    }
    for model in asked.models.split(","):
        figures["models"][model] = _of_model(question, model, asked.draws or MODELS[model])
        print(model, {arm: found["value"] for arm, found in figures["models"][model].items()}, flush=True)
        if asked.write:
            write_json(RESULT, rounded(figures))
            put_between_markers(PAGE, _table(rounded(figures)), "functional")


def _of_model(question: FunctionalConnectivity, model: str, n_draws: int) -> dict[str, Any]:
    """Of each arm the likeness of each subject, mean over draws, and the own wiring's lead over it."""
    own = _likeness(question, model, "true", 0)
    found = {"true": {**_summary(own), "n_draws": 1}}
    for arm in ARMS:
        n = 1 if arm == "no-edges" else n_draws
        mean = np.mean([_likeness(question, model, arm, draw) for draw in range(n)], axis=0)
        lead = own - mean
        found[arm] = {**_summary(mean), "n_draws": n, "lead": float(lead.mean()), "lead_ci": mean_interval(lead)}
    return found


def _likeness(question: FunctionalConnectivity, model: str, arm: str, draw: int) -> np.ndarray:
    task = question.task
    with threadpool_limits(1):
        fitted = fit(model, task, structure=with_wiring(task.structure, arm, draw), wiring=arm)
        return np.array(question.of_model(fitted).each)


def _summary(each: np.ndarray) -> dict[str, Any]:
    return {"value": float(each.mean()), "ci": mean_interval(each), "each": each.tolist()}


def _table(figures: Mapping[str, Any]) -> str:
    lines = ["| what is compared with the measured one | correlation over pairs of regions |", "|---|---|"]
    lines += [f"| {name} | {with_interval(one)} |" for name, one in figures["references"].items()]
    lines += [
        "",
        "| model | own wiring | lead over another subject's | over identity-permuted | over degree-preserving |",
    ]
    lines[-1] += " over no edges | draws |"
    lines.append("|---|---|---|---|---|---|---|")
    for model, found in figures["models"].items():
        leads = " | ".join(_lead(found[arm]) for arm in ARMS)
        own = with_interval(found["true"])
        lines.append(f"| {model} | {own} | {leads} | {found[ARMS[0]]['n_draws']} |")
    return "\n".join(lines)


def _lead(arm: Mapping[str, Any]) -> str:
    return with_interval({"value": arm["lead"], "ci": arm["lead_ci"]}, "+.3f")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
