"""Known and hidden edges found again in synthetic networks: `python benchmarks/recovery.py --write`.

300 neurons, 5 % of pairs connected, 1,600 frames to learn from; over signal-to-noise, and over length at high
signal-to-noise. Intervals are of the mean over networks. `--table` only writes the tables of the page again, from the
figures recorded last.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded, with_interval
from scipy import stats
from threadpoolctl import threadpool_limits

from braincast.experiments.recovery import activity_of, frames_for, planted_network, recovered, recovery_task
from braincast.files import read_json, write_json

PAGE = Path(__file__).parents[1] / "docs" / "concepts" / "graph-models.md"
RESULT = Path(__file__).parent / "results" / "recovery.json"
N_NEURONS, N_NETWORKS, N_FRAMES, HIGH = 300, 5, 1600, 100.0
SIGNAL_TO_NOISE = (HIGH, 30.0, 10.0, 3.0, 1.0, 0.3)
MODELS = ("masked-var", "masked-lds")
LENGTHS = (200, 400, 800, 1600, 3200)
SHOWN = {"correlation": "known weights, correlation", "auroc": "hidden edges, AUROC"}
GOALS = {"correlation": 0.9, "auroc": 0.85}
PENALTIES = (1e-3, 1e-2, 3e-2, 1e-1, 3e-1)
VAR = {"order": 1, "partner_frames": 1, "own_penalty": 1e-3, "exponent": 0.0, "wireless": False, "scope": "pooled"}
LDS = {"exponent": 0.0, "wireless": False, "iterations": 6, "scope": "pooled"}


def main(arguments: Sequence[str]) -> None:
    """Measure; `--write` keeps the figures and the tables of the page."""
    if "--table" not in arguments:
        with threadpool_limits(1):
            found = rounded(measured())
        if "--write" in arguments:
            write_json(RESULT, found)
    else:
        found = read_json(RESULT)
    print(table(found["noise"], "signal-to-noise"), table(found["length"], "frames"), sep="\n\n")
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, table(found["noise"], "signal-to-noise"), "recovery-noise")
        put_between_markers(PAGE, table(found["length"], "frames"), "recovery-length")


def measured() -> dict[str, Any]:
    """Both curves, and what was asked."""
    noise = {f"{level:g}": _over_networks(N_FRAMES, level) for level in SIGNAL_TO_NOISE}
    length = {f"{n:,}": _over_networks(n, HIGH, MODELS[:1]) for n in LENGTHS}
    reached = {
        model: {key: noise[f"{HIGH:g}"][model][key]["ci"][0] >= goal for key, goal in GOALS.items()} for model in MODELS
    }
    told = {"n_neurons": N_NEURONS, "n_networks": N_NETWORKS, "n_frames": N_FRAMES, "goals": GOALS, "reached": reached}
    return {**told, "noise": noise, "length": length}


def table(curve: dict[str, Any], over: str) -> str:
    """One row for each point of a curve, a column for each model and what was asked of it."""
    models = list(next(iter(curve.values())))
    heads = [f"{what}: `{model}`" for what in SHOWN.values() for model in models]
    lines = [f"| {over} | {' | '.join(heads)} |", "|---|" + "---|" * len(heads)]
    for point, row in curve.items():
        cells = [with_interval(row[model][key]) for key in SHOWN for model in models]
        lines.append(f"| {point} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _over_networks(n_frames: int, signal_to_noise: float, models: Sequence[str] = MODELS) -> dict[str, Any]:
    each = [_of_one(n_frames, signal_to_noise, models, seed) for seed in range(N_NETWORKS)]
    print(n_frames, signal_to_noise, each[0], file=sys.stderr, flush=True)
    return {model: {key: _mean([one[model][key] for one in each]) for key in GOALS} for model in models}


def _of_one(n_frames: int, signal_to_noise: float, models: Sequence[str], seed: int) -> dict[str, dict[str, float]]:
    """The system takes the penalty that validation windows chose for the autoregression."""
    network = planted_network(N_NEURONS, seed=seed)
    task = recovery_task(activity_of(network, frames_for(n_frames), signal_to_noise, seed=seed))
    by_var, chosen = recovered(network, task, "masked-var", [VAR | {"penalty": p} for p in PENALTIES])
    found = {"masked-var": vars(by_var)}
    if "masked-lds" in models:
        by_system, _ = recovered(network, task, "masked-lds", [LDS | {"penalty": chosen["penalty"]}])
        found["masked-lds"] = vars(by_system)
    return found


def _mean(values: list[float]) -> dict[str, Any]:
    """The mean over networks with its 95 % interval by Student's t."""
    mean, error = float(np.mean(values)), float(stats.sem(values))
    lower, upper = stats.t.interval(0.95, len(values) - 1, mean, error)
    return {"value": mean, "ci": [float(lower), float(upper)]}


if __name__ == "__main__":
    main(sys.argv[1:])
