"""Brains made on the spot: small ones whose responses follow their wiring as strongly as asked, and a task on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from braincast.brain.connectome import Connectome
from braincast.brain.nulls import identity_permuted
from braincast.brain.responses import Responses
from braincast.brain.specimen import Specimen
from braincast.tasks.card import Case, TaskCard
from braincast.tasks.folds import balanced_folds
from braincast.tasks.registry import task_card
from braincast.tasks.task import Task

N_FOLDS = 5


def made_brain(*, seed: int = 0, n_classes: int = 16, strength: float = 3.0, own_wiring: bool = True) -> Specimen:
    """Left-right classes wired at random; a direct connection raises the log odds of a response by about `strength`.

    Without `own_wiring` responses follow an identity-permuted copy of the connectome that is handed out.
    """
    rng = np.random.default_rng(seed)
    connectome = _connectome(rng, n_classes)
    followed = connectome if own_wiring else identity_permuted(connectome, seed=seed + 10_000)
    weights = followed.adjacency().toarray()
    n = connectome.n_neurons
    log_odds = -1.5 + rng.normal(0, 0.7, n)[None, :] + strength * np.minimum(np.log1p(weights), 1.5)
    responds = rng.random((n, n)) < expit(log_odds)
    return Specimen(
        "made",
        "none",
        connectome=connectome,
        responses=_responses(rng, connectome.neuron_ids, responds),
        wiring="atlas",
    )


def made_card(specimen: Specimen, *, n_folds: int = N_FOLDS, **changes: Any) -> TaskCard:
    """The declaration of a small task: as the worm's, on the neurons of `specimen`, with 60 resamples."""
    assert specimen.connectome is not None
    neurons = tuple(specimen.connectome.neuron_ids)
    classes = tuple(specimen.connectome.neurons["cell_class"])
    folds = balanced_folds(classes, n_folds)
    cases = tuple(
        Case(id=neuron, stimulated=(neuron,), fold=int(fold), group=group)
        for neuron, fold, group in zip(neurons, folds, classes, strict=True)
    )
    made = {
        "name": "made-task",
        "dataset": "made-brain",
        "specimen": "made",
        "neurons": neurons,
        "cell_classes": classes,
        "cases": cases,
        "n_folds": n_folds,
        "n_resamples": 60,
    }
    return TaskCard(**{**task_card("worm-perturbation").model_dump(), **made, **changes})


def made_task(specimen: Specimen | None = None, **changes: Any) -> Task:
    """A small task on `specimen`, or on a brain that follows its wiring."""
    specimen = specimen or made_brain()
    return Task(made_card(specimen, **changes), lambda: specimen)


def _connectome(rng: np.random.Generator, n_classes: int) -> Connectome:
    classes = [f"C{number:02d}" for number in range(n_classes)]
    table = pd.DataFrame([{"id": name + side, "cell_class": name, "side": side} for name in classes for side in "LR"])
    n = len(table)
    chemical = np.argwhere((rng.random((n, n)) < 0.12) & ~np.eye(n, dtype=bool))
    gaps = np.argwhere(np.triu(rng.random((n, n)) < 0.03, 1))
    ends = np.vstack([chemical, gaps, gaps[:, ::-1]])
    gap_weights = rng.integers(1, 4, len(gaps))
    edges = pd.DataFrame(
        {
            "pre": ends[:, 0],
            "post": ends[:, 1],
            "kind": ["chemical"] * len(chemical) + ["electrical"] * 2 * len(gaps),
            "weight": np.concatenate([rng.integers(1, 12, len(chemical)), gap_weights, gap_weights]).astype(float),
            "sign": 0,
            "delay_s": np.nan,
        }
    )
    return Connectome(table, edges, "made wiring")


def _responses(rng: np.random.Generator, neurons: list[str], responds: np.ndarray) -> Responses:
    """One in five pairs is not measured, the others in 1 to 12 trials of standard deviation 0.3."""
    n = len(neurons)
    measured = (rng.random((n, n)) < 0.8) & ~np.eye(n, dtype=bool)
    n_trials = np.where(measured, rng.integers(1, 13, (n, n)), 0)
    offsets = np.concatenate([[0], np.cumsum(n_trials)])
    trials = rng.normal(0, 0.3, offsets[-1]) + np.repeat(0.4 * responds.ravel(), n_trials.ravel())
    total = np.add.reduceat(np.append(trials, 0.0), offsets[:-1])
    mean = np.divide(total.reshape(n, n), n_trials, out=np.full((n, n), np.nan), where=measured)
    q = np.where(measured, np.where(responds, rng.uniform(0, 0.049, (n, n)), rng.uniform(0.051, 1, (n, n))), np.nan)
    return Responses(
        neurons=tuple(neurons),
        q=q,
        q_equivalence=1 - q,
        mean=mean,
        n_trials=n_trials,
        trial_values=trials,
        trial_offsets=offsets,
        kernel_terms=np.zeros((0, 4)),
        kernel_offsets=np.zeros(n * n + 1, dtype=np.int64),
        unit="dF/F",
        source="made",
    )
