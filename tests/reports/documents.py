"""Made-up runs: the JSON document with all its keys, and a small task and dataset to go with it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from braincast.datasets.card import DatasetCard, HttpsSource, WheelSource
from braincast.scoring.exhibits import Exhibits
from braincast.tasks.card import Case, MetricUse, Stratum, TaskCard

STRATA = {"trials": ("1 trial", "2+ trials"), "hops": ("1 hop", "2 hops")}
METRICS = ("auroc", "auroc_within_fold", "auroc_per_stimulus", "average_precision", "log_loss", "correlation")
WORDS = ("distance", "graph-network", "communicability", "linear-dynamical", "boosted-features")
CLASSES = tuple(f"C{index:02d}" for index in range(25))


def small_task(**changes: Any) -> TaskCard:
    """A task of two neurons and two cases."""
    fields: dict[str, Any] = {
        "name": "tiny-perturbation",
        "version": "1",
        "kind": "perturbation",
        "title": "A tiny brain: who answers?",
        "question": "Does B respond when A is stimulated?",
        "dataset": "tiny",
        "dataset_hash": small_dataset().hash,
        "specimen": "only",
        "wiring": "atlas",
        "n_animals": "seven animals",
        "quantity": "probability of a response",
        "unit": "1",
        "lower": 0.0,
        "upper": 1.0,
        "leads": ("mean after onset",),
        "neurons": ("A", "B"),
        "cell_classes": ("A", "B"),
        "n_folds": 2,
        "fold_rule": "two folds by class",
        "cases": (
            Case(id="A", stimulated=("A",), fold=0, group="A"),
            Case(id="B", stimulated=("B",), fold=1, group="B"),
        ),
        "metrics": tuple(MetricUse(key=key, target="responds") for key in METRICS),
        "primary": "auroc",
        "resampling": "two-way bootstrap",
        "n_resamples": 1000,
        "equivalence_margin": 0.01,
        "artefact_limit": 10.0,
        "baselines": ("constant", "floor"),
        "baseline": "floor",
        "nulls": ("identity-permuted", "no-edges"),
        "decisive_nulls": ("identity-permuted",),
        "controls": ("transposed",),
        "lineup": ("constant", "floor", "wired"),
        "strata": {group: tuple(Stratum(label=label, lower=0) for label in labels) for group, labels in STRATA.items()},
        "ceiling": "split halves",
    }
    return TaskCard(**(fields | changes))


def small_dataset(**changes: Any) -> DatasetCard:
    """A dataset of one wheel and one https file."""
    wheel = WheelSource(package="tiny", version="1.0", filename="tiny-1.0.whl", sha256="a" * 64, size_bytes=1)
    page = HttpsSource(url="https://example.org/t.bin", filename="t.bin", sha256="b" * 64, size_bytes=1)
    fields: dict[str, Any] = {
        "name": "tiny",
        "version": "1",
        "title": "Tiny",
        "species": "Example exemplaris",
        "summary": "Made up.",
        "n_animals": "7",
        "licence": "CC0.",
        "citation": ("Doe J (2020) Brains & wires. Journal 1:2-3. doi:10.1234/a_b", "Roe R, in a drawer"),
        "sources": (wheel, page),
        "redistribute": "yes",
        "contents": (),
        "traps": ("Nothing here is real.",),
    }
    return DatasetCard(**(fields | changes))


def small_document() -> dict[str, Any]:
    """A finished run: two baselines, a model with 39 null draws that helps, and a model whose nulls are few."""
    models = {
        "constant": _entry("baseline", None, 0.4521),
        "floor": _entry("baseline", None, 0.6017),
        "wired": _entry("model", None, 0.7327),
        "weak": _entry("model", None, 0.5533),
    }
    for model, n_draws in (("wired", 39), ("weak", 3)):
        value = models[model]["metrics"]["auroc"]["value"]
        models[f"{model}@identity-permuted"] = _entry("null", model, value - 0.0517, n_draws)
        models[f"{model}@no-edges"] = _entry("null", model, value - 0.0602)
        models[f"{model}@transposed"] = _entry("control", model, value + 0.0113)
    document = {
        "task": "tiny-perturbation",
        "version": "1",
        "task_hash": "c" * 64,
        "baseline": "floor",
        "primary": "auroc",
        "models": models,
        "comparisons": [_comparison("wired", "floor"), _comparison("wired", "wired@identity-permuted")],
        "group_comparisons": [
            _comparison("wired", "wired@identity-permuted") | {"group": f"{group}: {label}"}
            for group, labels in STRATA.items()
            for label in labels
        ],
        "ceiling": {
            "min_trials": 8,
            "n_pairs": 5198,
            "split_half": 0.3575,
            "reliability": 0.5267,
            "reliability_ci": [0.4313, 0.6172],
            "correlation": 0.7257,
            "correlation_ci": [0.6567, 0.7856],
        },
        "headline": "wired",
        "headline_rule": "smallest log loss on inner folds of the training data",
        "validation_log_loss": {"constant": 0.19, "floor": 0.18, "wired": 0.17, "weak": 0.18},
        "wiring": {"weak": _verdict("weak", models, "cannot tell"), "wired": _verdict("wired", models, "helps")},
        "curves": {
            name: _curves(entry["metrics"]["auroc"]["value"]) for name, entry in models.items() if not entry["of"]
        },
        "measured": {"pairs": 1234, "responses": 56, "trials": 7890, "stimulated": 6, "responding": 9},
        "run": _run(),
    }
    return copy.deepcopy(document)


def large_document() -> dict[str, Any]:
    """A run of all models there will be: 16 models, each with four nulls and a control, and two baselines."""
    document = small_document()
    models = {name: entry for name, entry in document["models"].items() if entry["role"] == "baseline"}
    for index in range(16):
        name = f"{WORDS[index % len(WORDS)]}-model-{index:02d}"
        models[name] = _entry("model", None, 0.55 + 0.012 * index)
        for arm in ("identity-permuted", "degree-preserving", "class-permuted", "no-edges"):
            models[f"{name}@{arm}"] = _entry("null", name, 0.53 + 0.009 * index, 39 if index == 15 else 3)
        models[f"{name}@transposed"] = _entry("control", name, 0.54 + 0.01 * index)
    own = [name for name, entry in models.items() if entry["role"] == "model"]
    return document | {
        "models": models,
        "headline": own[-1],
        "validation_log_loss": dict.fromkeys(own, 0.2),
        "wiring": {name: _verdict(name, models, "helps" if name == own[-1] else "cannot tell") for name in own},
        "curves": {name: _curves(models[name]["metrics"]["auroc"]["value"]) for name in [*own, "constant", "floor"]},
    }


def small_exhibits(name: str = "N", models: tuple[str, ...] = ("wired", "floor"), **changes: Any) -> Exhibits:
    """Maps of 6 stimuli × 10 neurons, a worm of a line; neurons are called `name` and a letter."""
    rng = np.random.default_rng(7)
    shape, stimulated = (6, 10), np.array([0, 2, 3, 5, 7, 9])
    measured = rng.random(shape) < 0.7
    measured[np.arange(6), stimulated] = False
    responds = measured & (rng.random(shape) < 0.4)
    q = np.where(responds, rng.uniform(0, 0.049, shape), rng.uniform(0.051, 1, shape))
    fields: dict[str, Any] = {
        "neurons": tuple(f"{name}{letter}" for letter in "JIHGFEDCBA"),
        "classes": tuple(f"C{index // 2}" for index in range(10)),
        "regions": ("tail", "head", "head", "tail", "", "head", "tail", "head", "head", "tail"),
        "position_um": np.column_stack([rng.normal(0, 5, 10), np.linspace(-300, 400, 10), rng.normal(0, 20, 10)]),
        "stimulated": stimulated,
        "predicted": {model: rng.beta(1, 6, shape) for model in models},
        "responds": responds,
        "n_trials": np.where(measured, rng.integers(1, 20, shape), 0),
        "q": np.where(measured, q, np.nan),
        "mean_response": np.where(measured, rng.normal(0.1, 0.2, shape), np.nan),
        "unit": "dF/F",
    }
    return Exhibits(**(fields | changes))


def renamed(document: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The document with a model under another name, wherever it stands."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {change(key): change(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [change(inner) for inner in value]
        return value.replace(old, new) if isinstance(value, str) else value

    return change(document)


def _entry(role: str, of: str | None, auroc: float, n_draws: int = 1) -> dict[str, Any]:
    values = {key: auroc - 0.0111 * index for index, key in enumerate(METRICS)}
    groups = {group: {label: _score(auroc - 0.0201, 321) for label in labels} for group, labels in STRATA.items()}
    if of is None:
        classes = {name: _score(0.31 + 0.0123 * index, 40, ci=False) for index, name in enumerate(CLASSES)}
        groups["stimulated_class"] = classes | {"silent": _score(None, 9)}
    return {
        "role": role,
        "of": of,
        "metrics": {key: _score(value, 1234) for key, value in values.items()},
        "groups": groups,
        "replicates": [auroc + 0.0007 * (index - n_draws // 2) for index in range(n_draws)],
        "cost": {"fit_s": 1.53, "forecast_s": 0.021, "parameters": 324},
    }


def _score(value: float | None, n: int, *, ci: bool = True) -> dict[str, Any]:
    ends = None if value is None or not ci else [value - 0.0401, value + 0.0302]
    share = None if value is None else value / 0.7257
    return {"value": value, "ci": ends, "n": n, "skill": 0.1234, "ceiling_share": share, "by_lead": None}


def _curves(auroc: float) -> dict[str, Any]:
    """A curve of about that area, and four bins."""
    x = np.linspace(0, 1, 40)
    bins = [{"predicted": p, "observed": p * 0.9, "ci": [p * 0.5, p * 1.4], "n": 300} for p in (0.01, 0.03, 0.07, 0.2)]
    hits = x ** ((1 - auroc) / auroc)
    return {"false_alarms": x.round(4).tolist(), "hits": hits.round(4).tolist(), "calibration": bins}


def _comparison(a: str, b: str) -> dict[str, Any]:
    return {"a": a, "b": b, "metric": "auroc", "difference": 0.0517, "ci": [0.0203, 0.0911], "p": 0.002}


def _verdict(model: str, models: dict[str, Any], answer: str) -> dict[str, Any]:
    arms = [_arm(name, entry) for name, entry in models.items() if entry["of"] == model]
    value = models[model]["metrics"]["auroc"]["value"]
    sentence = f"What the wiring does for {model}: {answer}, auroc {value:.3f}."
    told = {"model": model, "metric": "auroc", "value": value, "sentence": sentence, "compared": arms}
    return {"verdict": answer, **told}


def _arm(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    arm, n_draws = name.partition("@")[2], len(entry["replicates"])
    return {
        "name": name,
        "arm": arm,
        "role": entry["role"],
        "decisive": arm in ("identity-permuted", "degree-preserving"),
        "n_draws": n_draws,
        "value": entry["metrics"]["auroc"]["value"],
        "difference": -0.0113 if entry["role"] == "control" else 0.0517,
        "ci": [-0.0391, 0.0142] if entry["role"] == "control" else [0.0203, 0.0911],
        "p": 1 / (1 + n_draws) if n_draws > 1 else None,
        "p_holm": None,
    }


def _run() -> dict[str, Any]:
    configuration = {
        "task": "tiny-perturbation",
        "task_hash": "c" * 64,
        "models": ["constant", "floor", "wired", "weak"],
        "n_seeds": 1,
        "wiring_test": False,
        "n_draws": None,
        "braincast": "0.1.0",
    }
    versions = {"python": "3.11.7", "platform": "Linux", "packages": {"numpy": "2.4.6"}}
    return {"configuration": configuration, "wall_s": 238.4, **versions}
