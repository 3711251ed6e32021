"""A made-up forecast run: a task on random walks, answers to it, and the JSON document with all its keys."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from made_recordings import made_dataset, made_recording, made_task, random_walks
from scipy.stats import norm

from braincast.scoring.forecasting.exhibits import ForecastExhibits, forecast_exhibits
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask

N_NEURONS, HORIZON, CONTEXT = 12, 6, 8
METRICS = ("mae", "mse", "r2", "correlation", "crps", "coverage", "spread_skill", "active_fraction_error")
REGIONS = ("tectum", "hindbrain", "pallium")
QUARTERS = ("least active quarter", "second quarter", "third quarter", "most active quarter")
# Error at the first lead and at the last.
ERRORS = {
    "mean": ("baseline", 0.8312, 0.8401),
    "persistence": ("baseline", 0.3521, 0.8203),
    "ar": ("model", 0.3433, 0.7011),
    "pooled-linear": ("model", 0.3307, 0.6904),
    "lds": ("model", 0.3602, 0.7215),
    "nlinear": ("model", 0.3518, 0.7109),
}


@cache
def forecast_task(*, outside: bool = True) -> ForecastTask:
    """Twelve neurons with regions and places, in two conditions and, with `outside`, a third that is held out."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        [("rest", 0, 300), ("flash", 301, 600), ("taxis", 601, 900)], columns=["name", "start", "stop"]
    )
    places = {axis: rng.normal(0, size, N_NEURONS) for axis, size in (("x_um", 80), ("y_um", 200), ("z_um", 30))}
    anatomy = pd.DataFrame({"region": [REGIONS[k % 3] for k in range(N_NEURONS)], **places})
    recording = made_recording(random_walks(900, N_NEURONS), conditions=table, anatomy=anatomy)
    held_out = ("taxis",) if outside else ()
    return made_task(made_dataset(recording), context=CONTEXT, horizon=HORIZON, held_out=held_out)


def forecast_card(**changes: Any) -> ForecastCard:
    """The task's card with some words changed."""
    return forecast_task().card.model_copy(update=changes)


@cache
def contenders(task: ForecastTask) -> dict[str, Contender]:
    """Persistence, the mean, and two models: one with members, one without."""
    last = np.repeat(task.cases().contexts()[:, -1:, :], HORIZON, axis=1)
    decay = (0.9 ** np.arange(1, HORIZON + 1))[None, :, None]
    spread = 0.37 * np.sqrt(np.arange(1, HORIZON + 1))[None, :, None, None]
    members = (decay * last)[..., None] + spread * norm.ppf((np.arange(10) + 0.5) / 10)
    answers = {"mean": 0 * last, "persistence": last, "ar": 0.99 * decay * last, "pooled-linear": members}
    roles = {name: ERRORS[name][0] for name in answers}
    return {name: Contender((answer.astype(np.float32),), roles[name]) for name, answer in answers.items()}


@cache
def made_exhibits(*, outside: bool = True) -> ForecastExhibits:
    """What a report shows of the task's neurons."""
    task = forecast_task(outside=outside)
    neurons = score_forecasts(task, contenders(task)).neurons
    found = forecast_exhibits(task, contenders(task), "pooled-linear", ("pooled-linear", "ar"), neurons)
    assert found is not None
    return found


def forecast_document() -> dict[str, Any]:
    """A finished run of two baselines and four models, with groups, intervals and comparisons."""
    models = {name: _entry(name) for name in ERRORS}
    own = [name for name, (role, _, _) in ERRORS.items() if role == "model"]
    task = forecast_task()
    document = {
        "task": task.name,
        "version": "1",
        "task_hash": task.hash,
        "baseline": "persistence",
        "best_simple": {"name": "ar", "chosen_on": "validation"},
        "primary": "mae",
        "leads": list(task.card.leads),
        "n_cases": 240,
        "models": models,
        "comparisons": [_pair(a, b) for a in own for b in ("persistence", "ar") if a != b],
        "group_comparisons": [
            _pair(name, "persistence") | {"group": group}
            for name in own
            for group in (*(f"lead: {lead}" for lead in task.card.leads), "distribution: in", "distribution: out")
        ],
        "drops": [_drop(name) for name in ERRORS],
        "intervals": {
            "how": task.card.resampling,
            "n_resamples": 1000,
            "n_animals": 1,
            "n_blocks": 9,
            "block_frames": 24,
            "within_one_animal": True,
            "coverage": 0.9321,
            "lowest_coverage": 0.9012,
            "coverage_by_model": dict.fromkeys(ERRORS, 0.93),
            "n_surrogates": 200,
            "flag": False,
            "groups": {
                "condition": {"rest": _checked(9, 0.95), "flash": _checked(5, 0.92), "taxis": _checked(3, 0.81)}
            },
        },
        "ceiling": {"text": task.card.ceiling, "noise_floor": None},
        "n_animals": task.card.n_animals,
        "wiring_of": "none",
        "headline": "pooled-linear",
        "headline_rule": "smallest absolute error on validation windows",
        "validation_absolute_error": {name: (first + last) / 2 for name, (_, first, last) in ERRORS.items()},
        "settings": {name: [{"penalty": 10.0}] for name in own},
        "caveats": {},
        "wiring": {},
        "curves": {},
        "measured": None,
        "run": {
            "configuration": {"task": task.name, "models": own, "n_seeds": 1, "braincast": "0.1.0"},
            "wall_s": 12.3,
            "python": "3.11.7",
            "platform": "Linux",
            "packages": {"numpy": "2.4.6"},
        },
    }
    return copy.deepcopy(document)


def _drop(name: str) -> dict[str, Any]:
    skills = [{"over": over} | _fall(0.151, 0.031) for over in ("persistence", "mean") if over != name]
    return (
        {"model": name, "metric": "mae", "group": "distribution", "relative": 0.35}
        | _fall(0.512, 0.691)
        | {"skills": skills}
    )


def _fall(inside: float, outside: float) -> dict[str, Any]:
    difference = outside - inside
    return {
        "in": inside,
        "out": outside,
        "difference": difference,
        "ci": [difference - 0.0613, difference + 0.0721],
        "p": 0.01,
    }


def _checked(n_blocks: int, share: float) -> dict[str, Any]:
    each = {"persistence": share, "pooled-linear": share}
    told = {"coverage": share, "lowest_coverage": share, "coverage_by_model": each, "flag": share < 0.9}
    return {"n_cases": 24 * n_blocks, "n_animals": 1, "n_blocks": n_blocks, **told}


def _entry(name: str) -> dict[str, Any]:
    role, first, last = ERRORS[name]
    groups = {
        "distribution": ("in", "out"),
        "condition": ("rest", "flash", "taxis"),
        "region": REGIONS,
        "activity": QUARTERS,
    }
    with_members = name in ("pooled-linear", "lds")
    metrics = {key: _score(first + 0.0101 * k, last + 0.0101 * k, 12_345) for k, key in enumerate(METRICS)}
    if not with_members:
        for key in ("coverage", "spread_skill"):
            metrics[key] = _undefined()
    return {
        "role": role,
        "of": None,
        "metrics": metrics,
        "groups": {
            group: {label: _score(first + 0.0203 * k, last + 0.0203 * k, 678) for k, label in enumerate(labels)}
            for group, labels in groups.items()
        },
        "replicates": [(first + last) / 2],
        "cost": {"fit_s": 1.53, "forecast_s": 0.021, "parameters": 324},
        "neurons": {
            "over": "persistence",
            "n": N_NEURONS,
            "quartiles": [0.0511, 0.1022, 0.1533],
            "share_better": 0.75,
            "median_by_lead": [0.1] * HORIZON,
        },
    }


def _score(first: float, last: float, n: int) -> dict[str, Any]:
    by_lead = np.linspace(first, last, HORIZON)
    value = float(by_lead.mean())
    return {
        "value": value,
        "ci": [value - 0.0411, value + 0.0312],
        "n": n,
        "skill": 1 - value / 0.5862,
        "ceiling_share": None,
        "by_lead": by_lead.tolist(),
        "by_lead_ci": [[v - 0.0407, v + 0.0309] for v in by_lead.tolist()],
        "skill_over_simple": 1 - value / 0.5222,
    }


def _undefined() -> dict[str, Any]:
    nothing = [None] * HORIZON
    score = {"value": None, "ci": None, "n": 12_345, "skill": None, "ceiling_share": None}
    return score | {"by_lead": nothing, "by_lead_ci": nothing}


def _pair(a: str, b: str) -> dict[str, Any]:
    return {"a": a, "b": b, "metric": "mae", "difference": -0.0517, "ci": [-0.0911, -0.0203], "p": 0.002}
