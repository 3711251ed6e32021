"""How often the 95 % intervals hold the truth, on made-up atlases: `python benchmarks/interval_coverage.py [N]`.

Each atlas has the real one's stimuli, responders, classes and mask of what was measured. Its outcomes are drawn from a
known population: effects of the stimulated class and neuron, of the responding class and neuron, and of the pair.
Forecasts know part of these. The true value of a metric is its mean over very many atlases drawn alike; what counts is
the share of intervals that hold it. Written to results/interval_coverage.json and docs/concepts/method.md.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers
from scipy.special import expit
from scipy.stats import beta

import braincast as bc
from braincast.scoring.assessor import Assessor
from braincast.scoring.bootstrap import draw_resamples, interval
from braincast.scoring.evidence import Evidence, gather
from braincast.scoring.metrics import load_metric
from braincast.tasks.truth import open_truth

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "interval_coverage.json", HERE.parent / "docs" / "concepts" / "method.md"
METRICS = ("auroc", "auroc_within_fold", "average_precision", "log_loss", "correlation")
N_RESAMPLES = 1000
N_TRUTH = 3000  # atlases that the true values are averaged over
# Spread of log odds by class and by neuron, on each side; chosen to give the real rate and AUROCs near 0.8.
CLASS_SD, NEURON_SD, PAIR_SD, RATE_LOG_ODDS = 0.7, 0.4, 1.0, -4.1


class Population:
    """Atlases like the real one, and two forecasts of each: one that knows more, one that knows less."""

    def __init__(self) -> None:
        task = bc.load_task("worm-perturbation")
        self.units = Assessor(task).units
        self.measured = open_truth(task).measured[:, 0]
        self.hash = task.hash

    def draw(self, rng: np.random.Generator) -> tuple[Evidence, Evidence]:
        """The evidence of both forecasts against one new atlas."""
        n_cases, n_neurons = self.measured.shape
        units = self.units
        rows = rng.normal(0, CLASS_SD, len(units.row_names))[units.row] + rng.normal(0, NEURON_SD, n_cases)
        columns = rng.normal(0, CLASS_SD, len(units.column_names))[units.column] + rng.normal(0, NEURON_SD, n_neurons)
        pair = rng.normal(0, PAIR_SD, self.measured.shape)
        responds = rng.random(self.measured.shape) < expit(RATE_LOG_ODDS + rows[:, None] + columns + pair)
        truth = np.where(self.measured, responds.astype(float), np.nan)
        everything = np.ones_like(self.measured[:, None])
        noise = rng.normal(0, 0.5, n_neurons)
        better = expit(RATE_LOG_ODDS + 0.3 * rows[:, None] + columns + noise + 0.9 * pair)
        worse = np.broadcast_to(expit(RATE_LOG_ODDS + columns + noise), better.shape).copy()
        # One lead.
        return tuple(gather(answer[:, None], truth[:, None], everything, units) for answer in (better, worse))


def main() -> None:
    """Coverage of single metrics and of differences, with the binomial interval of the coverage itself."""
    n_atlases = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    began = time.perf_counter()
    population = Population()
    truth = _true_values(population)
    held, held_uncorrected = dict.fromkeys(truth, 0), dict.fromkeys(truth, 0)
    n_rows, n_columns = len(population.units.row_names), len(population.units.column_names)
    for number in range(n_atlases):
        evidence = population.draw(np.random.default_rng([1, number]))
        seed = f"{number:015x}"
        resamples = draw_resamples(seed, n_rows, n_columns, N_RESAMPLES)
        for key in METRICS:
            better, worse = (load_metric(key).values(e, resamples.rows, resamples.columns) for e in evidence)
            for name, values in ((key, better), (f"{key} difference", better - worse)):
                held[name] += _holds(interval(values), truth[name])
                # The first half of the resamples draws both ways; uncorrected, its percentiles are the interval.
                plain = np.nanquantile(values[1 : 1 + N_RESAMPLES // 2], [0.025, 0.975])
                held_uncorrected[name] += _holds(tuple(plain), truth[name])
    figures = {
        "atlases": n_atlases,
        "resamples": N_RESAMPLES,
        "wall_s": round(time.perf_counter() - began),
        "coverage": {name: _share(count, n_atlases, truth[name]) for name, count in held.items()},
        "uncorrected": {name: _share(count, n_atlases, truth[name]) for name, count in held_uncorrected.items()},
    }
    RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    put_between_markers(PAGE, table(figures))
    print(table(figures))


def table(figures: dict[str, Any]) -> str:
    """The coverage of each metric and of differences, as Markdown."""
    found, plain = figures["coverage"], figures["uncorrected"]
    rows = [
        f"| {key} | {_held(found[key])} | {_held(found[f'{key} difference'])} | {_held(plain[key])} "
        f"| {_held(plain[f'{key} difference'])} |"
        for key in METRICS
    ]
    head = f"| {figures['atlases']} made-up atlases | single score | difference of two forecasts "
    return "\n".join([f"{head}| uncorrected, single | uncorrected, difference |", "|---|---|---|---|---|", *rows])


def _holds(ci: tuple[float, float] | None, value: float) -> bool:
    return ci is not None and ci[0] <= value <= ci[1]


def _held(share: dict[str, Any]) -> str:
    return f"{100 * share['share']:.1f} % ({100 * share['ci'][0]:.1f} to {100 * share['ci'][1]:.1f})"


def _true_values(population: Population) -> dict[str, float]:
    """Mean over atlases of each metric and difference: what the sample value estimates without bias."""
    once = np.ones((1, len(population.units.row_names)), int), np.ones((1, len(population.units.column_names)), int)
    totals = dict.fromkeys([name for key in METRICS for name in (key, f"{key} difference")], 0.0)
    for number in range(N_TRUTH):
        better, worse = population.draw(np.random.default_rng([2, number]))
        for key in METRICS:
            values = [float(load_metric(key).values(e, *once)[0]) for e in (better, worse)]
            totals[key] += values[0] / N_TRUTH
            totals[f"{key} difference"] += (values[0] - values[1]) / N_TRUTH
    return totals


def _share(count: int, total: int, truth: float) -> dict[str, float | list[float]]:
    ci = [float(beta.ppf(0.025, count, total - count + 1)), float(beta.ppf(0.975, count + 1, max(total - count, 1e-9)))]
    return {"true_value": round(truth, 4), "share": round(count / total, 4), "ci": [round(bound, 4) for bound in ci]}


if __name__ == "__main__":
    main()
