"""A small synthetic worm: 40 neurons in 22 classes whose responses follow the wiring and a propensity, and its task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from braincast.brain.connectome import Connectome
from braincast.brain.homologues import worm_cell_classes
from braincast.brain.responses import Responses
from braincast.brain.specimen import Specimen
from braincast.tasks.card import Case, MetricUse, Stratum, TaskCard
from braincast.tasks.cases import Cases
from braincast.tasks.folds import balanced_folds
from braincast.tasks.task import Task
from braincast.tasks.training import Training

PAIRED = tuple(f"BA{letter}" for letter in "ABCDEFGHIJKMNOPQST")
NEURONS = (*(f"{name}{side}" for name in PAIRED for side in "LR"), "CAA", "CAB", "CAC", "CAD")
LEAD = "mean after onset"
N_FOLDS = 5
ARTEFACT = -105.3  # one trial of one pair, far outside what the task accepts
_N_STIMULATED = 34


@cache
def worm(seed: int = 3) -> Specimen:
    """The specimen. Responses list the neurons in another order than the connectome, and one more."""
    rng = np.random.default_rng(seed)
    connectome = random_wiring(rng)
    return Specimen(
        "synthetic",
        "none",
        connectome=connectome,
        responses=_responses(connectome, rng),
        wiring="atlas",
        n_animals=7,
    )


def random_wiring(rng: np.random.Generator, neurons: tuple[str, ...] = NEURONS) -> Connectome:
    """About five chemical edges and two gap junctions a neuron; electrical edges stand in both directions."""
    n = len(neurons)
    chemical = np.argwhere((rng.random((n, n)) < 5 / n) & ~np.eye(n, dtype=bool))
    electrical = np.argwhere(np.triu(rng.random((n, n)) < 2 / n, 1))
    gap = rng.integers(1, 6, len(electrical)).astype(float)
    ends = np.vstack([chemical, electrical, electrical[:, ::-1]])
    edges = pd.DataFrame(
        {
            "pre": ends[:, 0],
            "post": ends[:, 1],
            "kind": ["chemical"] * len(chemical) + ["electrical"] * (2 * len(electrical)),
            "weight": np.concatenate([rng.integers(1, 20, len(chemical)), gap, gap]).astype(float),
            "sign": 0,
            "delay_s": np.nan,
        }
    )
    table = pd.DataFrame({"id": neurons, "cell_class": worm_cell_classes(neurons), "side": [n[-1] for n in neurons]})
    return Connectome(table, edges, name="synthetic")


def _responses(connectome: Connectome, rng: np.random.Generator) -> Responses:
    order = rng.permutation(connectome.n_neurons)
    neurons = (*(connectome.neuron_ids[row] for row in order), "unwired")
    n = len(neurons)
    strength = np.zeros((n, n))
    strength[:-1, :-1] = np.log1p(connectome.adjacency().toarray())[np.ix_(order, order)]
    signal = 0.4 * strength + 0.5 * rng.normal(size=n)[None, :]
    responds = rng.random((n, n)) < 1 / (1 + np.exp(2.0 - 2.5 * signal))
    stimulated = np.isin(np.arange(n), rng.permutation(n - 1)[:_N_STIMULATED])
    n_trials = np.where(stimulated[:, None] & (rng.random((n, n)) < 0.8), rng.geometric(0.15, (n, n)), 0)
    q = np.where(responds, rng.uniform(0, 0.0499, (n, n)), rng.uniform(0.05, 1, (n, n)))
    q = np.where(n_trials > 0, q, np.nan)
    trial_values = np.repeat(signal.ravel(), n_trials.ravel()) + rng.normal(size=n_trials.sum())
    trial_values[np.cumsum(n_trials.ravel())[np.flatnonzero(n_trials.ravel() >= 9)[0]] - 1] = ARTEFACT
    offsets = np.concatenate([[0], n_trials.ravel().cumsum()])
    totals = np.add.reduceat(np.r_[trial_values, 0.0], offsets[:-1]).reshape(n, n)
    return Responses(
        neurons=neurons,
        q=q,
        q_equivalence=1 - q,
        mean=np.where(n_trials > 0, totals / np.maximum(n_trials, 1), np.nan),
        n_trials=n_trials,
        trial_values=trial_values,
        trial_offsets=offsets,
        kernel_terms=np.zeros((0, 4)),
        kernel_offsets=np.zeros(n * n + 1, dtype=np.int64),
        unit="dF/F",
        source="synthetic",
    )


_ON_OUTCOMES = ("auroc", "auroc_within_fold", "auroc_per_stimulus", "average_precision", "brier", "log_loss", "mae")
_STRATA = {
    "trials": (
        Stratum(label="1–3 trials", lower=1, upper=3),
        Stratum(label="4–7 trials", lower=4, upper=7),
        Stratum(label="8+ trials", lower=8),
    ),
    "hops": (
        Stratum(label="1 hop", lower=1, upper=1),
        Stratum(label="2 hops", lower=2, upper=2),
        Stratum(label="3+ hops", lower=3),
    ),
}


def card_of(specimen: Specimen, **changes: object) -> TaskCard:
    """The declaration of a task on a specimen, folds by cell class as in the worm's own."""
    neurons = tuple(specimen.connectome.neuron_ids)
    classes = worm_cell_classes(neurons)
    class_of = dict(zip(neurons, classes, strict=True))
    responses = specimen.responses
    stimulated = [responses.neurons[row] for row in np.flatnonzero(responses.measured.any(axis=1))]
    groups = [class_of[neuron] for neuron in stimulated]
    folds = balanced_folds(groups, N_FOLDS).tolist()
    declared = {
        "name": "synthetic-perturbation",
        "version": "1",
        "kind": "perturbation",
        "title": "Which neurons of the synthetic worm answer?",
        "question": "Does each neuron respond?",
        "dataset": "synthetic",
        "dataset_hash": "0" * 64,
        "specimen": "synthetic",
        "wiring": "atlas",
        "n_animals": "7",
        "quantity": "probability of a response",
        "unit": "1",
        "lower": 0.0,
        "upper": 1.0,
        "leads": (LEAD,),
        "neurons": neurons,
        "cell_classes": tuple(classes),
        "n_folds": N_FOLDS,
        "fold_rule": "by cell class",
        "cases": tuple(
            Case(id=neuron, stimulated=(neuron,), fold=fold, group=group)
            for neuron, fold, group in zip(stimulated, folds, groups, strict=True)
        ),
        "metrics": (
            *(MetricUse(key=key, target="responds") for key in (*_ON_OUTCOMES, "r2")),
            *(MetricUse(key=k, target="mean_response", min_trials=8) for k in ("correlation", "rank_correlation")),
        ),
        "primary": "auroc",
        "resampling": "two-way bootstrap",
        "n_resamples": 100,
        "equivalence_margin": 0.01,
        "artefact_limit": 10.0,
        "baselines": ("constant", "responder-propensity"),
        "baseline": "responder-propensity",
        "nulls": ("identity-permuted",),
        "decisive_nulls": ("identity-permuted",),
        "controls": ("transposed",),
        "lineup": ("constant", "responder-propensity", "connectome-propagator"),
        "strata": _STRATA,
        "ceiling": "repeatability over pairs with 8 or more trials",
    }
    return TaskCard(**(declared | changes))


def task_on(specimen: Specimen, **changes: object) -> Task:
    """A task on a specimen in memory."""
    return Task(card_of(specimen, **changes), lambda: specimen)


def small_task(**changes: object) -> Task:
    """The task on the synthetic worm."""
    return task_on(worm(), **changes)


def answer(task: Task, values: np.ndarray, **attributes: object) -> xr.DataArray:
    """A labelled forecast of all test cases from an array [case, neuron] or [case, lead, neuron]."""
    cases = task.cases()
    labels = {"case": list(cases.ids), "lead": list(cases.leads), "neuron": list(cases.neurons)}
    attrs = {"task": task.name, "task_hash": task.hash, **attributes}
    return xr.DataArray(np.reshape(values, cases.shape), labels, ("case", "lead", "neuron"), "activity", attrs)


def random_answer(task: Task, seed: int = 0, **attributes: object) -> xr.DataArray:
    """A forecast of random probabilities with two decimals, so that there are ties."""
    values = np.random.default_rng(seed).random(task.cases().shape)
    return answer(task, (np.round(values, 2) * 0.98 + 0.01).astype(np.float32), **attributes)


def made_training(
    responds: np.ndarray, stimulated: list[str], neurons: list[str], classes: Mapping[str, str] | None = None
) -> Training:
    """Training responses written down by hand: [case, neuron] with 1, 0 or NaN."""
    class_of: Callable[[str], str] = (classes or dict(zip(neurons, neurons, strict=True))).__getitem__
    cases = tuple(Case(id=s, stimulated=(s,), fold=0, group=class_of(s)) for s in stimulated)
    table = np.asarray(responds, dtype=np.float64)
    gathered = Cases.of(cases, tuple(neurons), (LEAD,))
    return Training(gathered, table, table.copy(), tuple(class_of(neuron) for neuron in neurons))


def wired(neurons: list[str], weights: np.ndarray, kind: str = "chemical") -> Specimen:
    """A specimen with these weights [pre, post] and nothing else."""
    pre, post = np.nonzero(weights)
    names = np.array(neurons)
    connectome = Connectome.from_edges(neurons, names[pre], names[post], kind=kind, weight=weights[pre, post])
    return Specimen("by hand", "none", connectome=connectome)


def reordered(task: Task, rng: np.random.Generator, rename: Callable[[str], str] = str) -> Task:
    """The same brain and task with every table's rows in another order and, if asked, other names."""
    specimen, card = task.specimen, task.card
    connectome = specimen.connectome.subgraph(rng.permutation(specimen.connectome.neuron_ids).tolist())
    table = connectome.neurons.assign(id=[rename(name) for name in connectome.neurons["id"]])
    moved = Connectome(table, connectome.edges, connectome.name)
    class_of = dict(zip(card.neurons, card.cell_classes, strict=True))
    cases = tuple(
        Case(id=rename(c.id), stimulated=(rename(c.stimulated[0]),), fold=c.fold, group=rename(c.group))
        for c in (card.cases[row] for row in rng.permutation(len(card.cases)))
    )
    changes = {
        "cases": cases,
        "neurons": tuple(moved.neuron_ids),
        "cell_classes": tuple(rename(class_of[name]) for name in connectome.neuron_ids),
    }
    responses = reordered_responses(specimen.responses, rng.permutation(specimen.responses.n_neurons), rename)
    changed = replace(specimen, connectome=moved, responses=responses)
    return Task(card.model_copy(update=changes), lambda: changed)


def reordered_responses(responses: Responses, order: np.ndarray, rename: Callable[[str], str] = str) -> Responses:
    """The same responses with neurons in another order."""
    pairs = np.ix_(order, order)
    trials = [responses.trials(responses.neurons[i], responses.neurons[j]) for i in order for j in order]
    return replace(
        responses,
        neurons=tuple(rename(responses.neurons[row]) for row in order),
        q=responses.q[pairs],
        q_equivalence=responses.q_equivalence[pairs],
        mean=responses.mean[pairs],
        n_trials=responses.n_trials[pairs],
        trial_values=np.concatenate(trials),
        trial_offsets=np.r_[0, np.cumsum([len(t) for t in trials])],
    )
