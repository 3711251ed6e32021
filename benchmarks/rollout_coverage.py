"""How often intervals of rollout measures hold a known mean: `python benchmarks/rollout_coverage.py --write`.

Recordings of three independent autoregressions are made again and again; of each, truth against truth is measured as in
the rollout tasks on chaotic worlds. The known value is the mean over all recordings. `--table` only writes the table of
the page again, from the figures recorded last.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded
from rollouts import PAGE, SHOWN
from scipy.signal import lfilter
from threadpoolctl import threadpool_limits

from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.datasets.dataset import Dataset
from braincast.datasets.registry import dataset_card
from braincast.datasets.synthetic.conditions import equal_conditions
from braincast.files import read_json, write_json
from braincast.scoring.metrics import load_metric
from braincast.scoring.rollouts.assessor import RolloutAssessor
from braincast.scoring.rollouts.controls import TRUTH
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.rollouts.build import build_rollout
from braincast.tasks.rollouts.declared import DECLARED

RESULT = Path(__file__).parent / "results" / "rollout_coverage.json"
MEMORY, N_NEURONS, FRAMES, N_RECORDINGS, N_RESAMPLES = 0.9, 3, 3000, 100, 200
CONDITIONS = (4, 8)  # each is a block of initial states
KEYS = (*SHOWN, "drift")


def main(arguments: Sequence[str]) -> None:
    """Count coverage; `--write` keeps the figures and the table of the page."""
    if "--table" in arguments:
        put_between_markers(PAGE, table(read_json(RESULT)), "coverage")
        return
    with threadpool_limits(1):
        figures = rounded({str(n): coverage(n) for n in CONDITIONS})
    print(json.dumps(figures, indent=1))
    if "--write" in arguments:
        write_json(RESULT, figures)
        put_between_markers(PAGE, table(figures), "coverage")


def coverage(n_conditions: int) -> dict[str, Any]:
    """Of each measure, the mean and the share of intervals that hold it."""
    measured = [_truth_against_truth(n_conditions, seed) for seed in range(N_RECORDINGS)]
    found: dict[str, Any] = {"n_recordings": N_RECORDINGS}
    for key in KEYS:
        mean = float(np.mean([each[key][0] for each in measured]))
        found[key] = {
            "mean": mean,
            "held": float(np.mean([low <= mean <= high for _, (low, high) in _of(measured, key)])),
        }
    return found


def table(figures: dict[str, Any]) -> str:
    """A row for each number of blocks."""
    titles = {**SHOWN, "drift": "drift of the mean"}
    lines = [f"| blocks | {' | '.join(titles.values())} |", "|---|" + "---|" * len(titles)]
    for n, found in figures.items():
        lines.append(f"| {n} | {' | '.join(format(found[key]['held'], '.0%') for key in titles)} |")
    return "\n".join([*lines, "", f"{next(iter(figures.values()))['n_recordings']} recordings each."])


def _of(measured: Sequence[dict[str, Any]], key: str) -> list[Any]:
    return [each[key] for each in measured]


def _truth_against_truth(n_conditions: int, seed: int) -> dict[str, Any]:
    """Value and interval of each measure of one recording."""
    noise = np.random.default_rng(seed).standard_normal((FRAMES * n_conditions, N_NEURONS))
    activity = lfilter([1.0], [1.0, -MEMORY], noise, axis=0).astype(np.float32)
    neurons = tuple(f"n{number}" for number in range(N_NEURONS))
    conditions = equal_conditions(len(activity), n_conditions)
    recording = Recording(activity, neurons, None, "arbitrary units", conditions=conditions)
    declared = DECLARED["lorenz63-rollout"]
    specimen = Specimen("made", "synthetic", recordings={"made": recording})
    dataset = Dataset(dataset_card(declared.dataset), {"made": specimen})
    design = {"n_resamples": N_RESAMPLES, "title": f"Surrogate {seed}"}  # the title makes resamples of its own
    card = build_rollout(dataset, "surrogate", declared.design, declared.rollout, **design)
    assessor = RolloutAssessor(ForecastTask(card, lambda: dataset.specimens))
    found = assessor.measure([load_metric(key) for key in KEYS], [assessor.control_sums(TRUTH, 0)])
    return {key: (float(own.overall[0]), assessor.spread.interval(own.overall)) for key, own in found.items()}


if __name__ == "__main__":
    main(sys.argv[1:])
