"""The export document of a made-up board, as `braincast board export --json` writes it."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import numpy as np

METRICS = {
    "mae": (False, "mean absolute error"),
    "mse": (False, "mean squared error"),
    "correlation": (True, "correlation"),
    "crps": (False, "continuous ranked probability score"),
}
REGIONS = ("pallium", "thalamus", "tectum", "hindbrain")
CONDITIONS = ("rest", "gratings", "looming")
QUARTERS = ("least active quarter", "second quarter", "third quarter", "most active quarter")
SPREAD = 0.02
# Name, track, seeds, and how far the error lies from that of persistence.
MODELS = (
    ("spectral-mixer", "open", 3, -0.171),
    ("graph-ode", "wiring-required", 3, -0.168),
    ("nlinear", "open", 5, -0.120),
    ("pooled-linear", "no-stimulus", 3, -0.112),
    ("tiny-transformer", "open", 1, -0.095),
    ("echo-state", "open", 3, 0.014),
)
AUTHORS = ("ada", "cajal-lab")
TRACKS = ("open", "no-stimulus", "wiring-required")
TASKS = (
    ("zebrafish-regions", "A larval zebrafish, region by region: what happens in the next eight frames?", 1),
    ("worm-forecast", "A moving worm's whole brain: what do its neurons do in the next five seconds?", 2),
    ("human-forecast", "Seven resting human brains: what does BOLD do in the next six seconds?", None),
)


@cache
def _made(n_tasks: int, n_models: int, n_neurons: int) -> dict[str, Any]:
    tasks, entries = [], []
    for index in range(n_tasks):
        name, title, priority = TASKS[index] if index < len(TASKS) else (f"task-{index}", f"Task {index}", None)
        own = _entries(name, index, n_models, n_neurons, first=1 + len(entries))
        entries += own
        tasks.append(_task(name, title, priority, index, own, n_neurons))
    return {"format": 1, "board": _board(entries), "tasks": tasks, "entries": entries}


def board_document(n_tasks: int = 3, n_models: int = 6, n_neurons: int = 40) -> dict[str, Any]:
    """Tasks with two baselines each and models of two authors, of whom the first two cannot be told apart.

    The second task is hidden; the first may be shown and has places of neurons and traces.
    """
    return copy.deepcopy(_made(n_tasks, n_models, n_neurons))


def _board(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "title": "Forecasts of brains",
        "about": "A made-up board: no score on it is of a real model.",
        "contact": "board@example.org",
        "scorer": "1",
        "braincast": "0.1.0",
        "generated": max(entry["scored_at"] or entry["submitted_at"] for entry in entries),
        "tries": 10,
    }


def _card(name: str, title: str, n_neurons: int) -> dict[str, Any]:
    return {
        "name": name,
        "version": "1",
        "kind": "forecast",
        "answer": "activity",
        "title": title,
        "question": "Given 16 frames of a brain, what does each neuron do in the next 8 frames?",
        "dataset": "made-brain",
        "wiring": "same animal",
        "n_animals": "1",
        "quantity": "activity",
        "unit": "standard deviations of the recording's training frames",
        "context": 16,
        "horizon": 8,
        "stride": 4,
        "dt_s": 0.6,
        "jitter": 0.0,
        "inputs": "none",
        "fold_rule": "one fit; of each condition the first 70 % train, the next 10 % choose, the last 20 % test",
        "resampling": "moving blocks of consecutive windows within each condition",
        "n_resamples": 1000,
        "primary": "mae",
        "baselines": ["mean", "persistence"],
        "baseline": "persistence",
        "ceiling": "the noise floor: the error of a forecast that knows the law and the state",
        "windows": {"train": {"rest": 800}, "validation": {"rest": 100}, "test": {"rest": 200}},
        "neurons": [f"n{k}" for k in range(n_neurons)],
    }


def _task(
    name: str, title: str, priority: int | None, index: int, own: list[dict[str, Any]], n_neurons: int
) -> dict[str, Any]:
    hidden, placed = index == 1, index == 0
    rng = np.random.default_rng([7, index])
    ranked = sorted(own, key=lambda entry: entry["score"]["metrics"]["mae"]["value"])
    return {
        "name": name,
        "version": "1",
        "hash": f"{index + 1:064x}",
        "title": title,
        "question": "Given 16 frames of a brain, what does each neuron do in the next 8 frames?",
        "kind": "forecast",
        "priority": priority,
        "reason": "Whoever forecasts a whole brain well knows something about how it works." if priority else "",
        "hidden": hidden,
        "truth_hash": f"{index + 100:064x}" if hidden else None,
        "dataset": {
            "name": "made-brain",
            "title": "A made-up brain",
            "citation": "Doe et al. (2024) A made-up brain. Journal of Examples. doi:10.1234/example.5",
            "licence": "CC-BY-4.0",
            "redistribute": placed,
            "url": "https://example.org/data",
        },
        "wiring": ("same animal", "atlas", None)[index % 3],
        "card": _card(name, title, n_neurons),
        "primary": "mae",
        "metrics": [
            {
                "key": key,
                "title": title,
                "larger_is_better": larger,
                "perfect": float(larger),
                "aim": False,
                "source": "",
            }
            for key, (larger, title) in METRICS.items()
        ],
        "leads": [str(lead) for lead in range(1, 9)],
        "lead_s": [round(0.6 * lead, 3) for lead in range(1, 9)],
        "unit": "standard deviations of the recording's training frames",
        "baseline": "persistence",
        "baselines": ["mean", "persistence"],
        "nulls": ["identity-permuted"],
        "tracks": list(TRACKS),
        "noise_floor": None if hidden else [round(0.2 + 0.03 * lead, 3) for lead in range(1, 9)],
        "n_cases": 200,
        "n_neurons": n_neurons,
        "animals": "1",
        "neurons": [f"n{k}" for k in range(n_neurons)],
        "positions_um": rng.normal(0, (80, 200, 40), (n_neurons, 3)).round(1).tolist() if placed else None,
        "regions": [REGIONS[k % 4] for k in range(n_neurons)] if placed else None,
        "traces": _traces(rng) if placed else None,
        "standing": [_standing(entry, place) for place, entry in enumerate(ranked)],
        "comparisons": _comparisons(ranked),
        "history": _history(own),
    }


def _standing(entry: dict[str, Any], place: int) -> dict[str, Any]:
    if entry["role"] == "baseline":
        return {"entry": entry["id"], "rank": None, "why": "a baseline"}
    if len(entry["seeds"]) < 3:
        return {"entry": entry["id"], "rank": None, "why": "fewer than 3 seeds"}
    return {"entry": entry["id"], "rank": [1, 2] if place < 2 else [place + 1, place + 1], "why": None}


def _traces(rng: np.random.Generator) -> dict[str, Any]:
    time_s = np.arange(60) * 0.6
    waves = [np.sin(time_s / (1 + k)) + 0.1 * rng.normal(size=60) for k in range(3)]
    return {
        "neurons": ["n0", "n1", "n2"],
        "time_s": time_s.round(3).tolist(),
        "truth": [wave.round(3).tolist() for wave in waves],
        "forecasts": {},
    }


def _comparisons(ranked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    out = []
    for i, a in enumerate(ranked[:12]):
        for b in ranked[i + 1 : 12]:
            difference = a["score"]["metrics"]["mae"]["value"] - b["score"]["metrics"]["mae"]["value"]
            ci = [round(difference - SPREAD / 2, 4), round(difference + SPREAD / 2, 4)]
            p = 0.6 if ci[1] > 0 else 0.002
            pair = {"a": a["id"], "b": b["id"], "metric": "mae", "difference": round(difference, 4), "ci": ci, "p": p}
            out.append(pair)
    return out


def _history(own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    best, out = np.inf, []
    for entry in own:
        value = entry["score"]["metrics"]["mae"]["value"]
        if value < best:
            best = value
            out.append({"at": entry["scored_at"], "entry": entry["id"], "value": value})
    return out


def _entries(task: str, index: int, n_models: int, n_neurons: int, first: int) -> list[dict[str, Any]]:
    out = [_entry(first, task, "mean", "baseline", "braincast", "open", 1, 0.25, index, n_neurons)]
    out.append(_entry(first + 1, task, "persistence", "baseline", "braincast", "open", 1, 0.0, index, n_neurons))
    for k in range(n_models):
        name, track, n_seeds, gain = MODELS[k % len(MODELS)]
        round_ = k // len(MODELS)
        name, gain = (name, gain) if round_ == 0 else (f"{name}-{round_}", gain + 0.003 * round_)
        author = AUTHORS[k % len(AUTHORS)]
        out.append(_entry(first + 2 + k, task, name, "model", author, track, n_seeds, gain, index, n_neurons))
    return out


def _entry(
    number: int,
    task: str,
    model: str,
    role: str,
    author: str,
    track: str,
    n_seeds: int,
    gain: float,
    index: int,
    n_neurons: int,
) -> dict[str, Any]:
    rng = np.random.default_rng([number, 3])
    hidden = index == 1
    at = f"2026-11-{1 + number % 25:02d}T{number % 24:02d}:05:00.000000Z"
    return {
        "id": number,
        "task": task,
        "model": model,
        "role": role,
        "author": author,
        "authors": ["Ada Lovelace", "Santiago Ramón y Cajal"] if role == "model" else ["braincast"],
        "contact": "ada@example.org",
        "links": ["https://example.org/code"],
        "licence": "CC-BY-4.0",
        "description": f"{model}: one set of weights for all neurons.\nChosen on validation frames (p < 0.05).",
        "training_data": ["the task's training frames"],
        "track": track,
        "seeds": list(range(n_seeds)),
        "parameters": 1000 * number,
        "hardware": "2 cores",
        "hours": 0.25,
        "packages": {"numpy": "2.4.6"},
        "nulls": {"identity-permuted": 10} if track == "wiring-required" else {},
        "submitted_at": at,
        "scored_at": at,
        "status": "scored",
        "visibility": "shown",
        "task_hash": f"{index + 1:064x}",
        "forecast_hash": None if hidden else f"{number:064x}",
        "submission_hash": None if hidden else f"{number + 5000:064x}",
        "scorer": "1",
        "tries": 2 if hidden and role == "model" else None,
        "cost": {"fit_s": 12.5 * number, "forecast_s": 0.4, "parameters": 1000 * number},
        "score": _score_document(model, track, n_seeds, gain, rng, n_neurons, hidden),
    }


def _score_document(
    model: str, track: str, n_seeds: int, gain: float, rng: np.random.Generator, n_neurons: int, hidden: bool
) -> dict[str, Any]:
    metrics = {
        "mae": _score(0.60 + gain, -gain / 0.60),
        "mse": _score(0.72 + 1.5 * gain, -1.5 * gain / 0.72),
        "correlation": _score(0.45 - gain, -gain / 0.55, rising=False),
        "crps": _score(0.44 + gain / 1.4, -gain / 1.4 / 0.44),
    }
    around = {"in": 0.0, "out": 0.06}
    names = {"distribution": tuple(around), "condition": CONDITIONS, "region": REGIONS, "activity": QUARTERS}
    groups = {
        group: {label: _score(0.60 + gain + 0.02 * k, -gain / 0.60 - 0.04 * k) for k, label in enumerate(labels)}
        for group, labels in names.items()
    }
    skill = np.clip(rng.normal(-gain / 0.6, 0.15, n_neurons), -0.9, 0.9).round(4).tolist()
    return {
        "metrics": metrics,
        "groups": groups,
        "replicates": [round(0.60 + gain + 0.001 * k, 4) for k in range(n_seeds)],
        "nulls": _nulls(gain) if track == "wiring-required" else {},
        "comparisons": [_pair(model, key, gain) for key in METRICS],
        "group_comparisons": [
            _pair(model, "mae", gain) | {"group": group}
            for group in (*(f"lead: {lead}" for lead in range(1, 9)), "distribution: in", "distribution: out")
        ],
        "drop": {"in": 0.60 + gain, "out": 0.66 + gain, "difference": 0.06, "ci": [0.02, 0.11], "p": 0.01},
        "neurons": None if hidden else {"over": "persistence", "skill": [None, *skill[1:]]},
        "ceiling": None,
        "intervals": {"n_animals": 1, "n_blocks": 9, "within_one_animal": True, "coverage": 0.93, "flag": False},
    }


def _score(value: float, skill: float, *, rising: bool = True) -> dict[str, Any]:
    steps = np.linspace(-0.12, 0.09, 8) if rising else np.linspace(0.15, -0.1, 8)
    by_lead = [round(float(value + step), 4) for step in steps]
    return {
        "value": round(value, 4),
        "ci": [round(value - SPREAD, 4), round(value + SPREAD, 4)],
        "n": 8000,
        "skill": round(skill, 4),
        "ceiling_share": None,
        "by_lead": by_lead,
        "by_lead_ci": [[round(v - SPREAD, 4), round(v + SPREAD, 4)] for v in by_lead],
    }


def _pair(model: str, key: str, gain: float) -> dict[str, Any]:
    sign = -1 if METRICS[key][0] else 1
    difference = round(sign * gain, 4)
    ci = [round(difference - SPREAD, 4), round(difference + SPREAD, 4)]
    return {
        "a": model,
        "b": "persistence",
        "metric": key,
        "difference": difference,
        "ci": ci,
        "p": 0.002 if abs(gain) > SPREAD else 0.4,
    }


def _nulls(gain: float) -> dict[str, Any]:
    comparison = {"metric": "mae", "difference": -0.031, "ci": [-0.052, -0.012], "p": 0.004}
    return {
        "identity-permuted": {"metrics": {"mae": _score(0.631 + gain, -gain / 0.6 - 0.05)}, "comparison": comparison}
    }
