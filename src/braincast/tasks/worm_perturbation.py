"""worm-perturbation: which neurons of the worm answer when one is stimulated?

The declaration lies in `definitions/worm-perturbation.json`, so that the task can be shown without its data;
`build` makes it again from the data, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from braincast.brain.homologues import worm_cell_classes
from braincast.tasks.card import Case, MetricUse, Stratum, TaskCard
from braincast.tasks.folds import balanced_folds

if TYPE_CHECKING:
    from braincast.datasets.registry import Dataset

N_FOLDS = 5
# Pairs with fewer trials repeat too poorly to correlate with (Spearman–Brown 0.55 from 8 trials on).
RELIABLE_TRIALS = 8

_FIXED = {
    "name": "worm-perturbation",
    "version": "2",
    "kind": "perturbation",
    "title": "Worm signal propagation: which neurons answer when one is stimulated?",
    "question": "Given the wiring and how neurons answered other stimuli, how probable is it that each neuron responds "
    "(q < 0.05) to the optogenetic stimulation of a neuron whose class was never seen stimulated?",
    "dataset": "worm-atlas",
    "specimen": "wt",
    "wiring": "atlas",
    "n_animals": "trials of many animals pooled by the source (Randi et al. 2023); the file tells no animal apart",
    "quantity": "probability of a response",
    "unit": "1",
    "lower": 0.0,
    "upper": 1.0,
    "leads": ("mean after onset",),
    "n_folds": N_FOLDS,
    "fold_rule": "five fixed folds by cell class of the stimulated neuron (left/right and dorsal/ventral homologues "
    "together); each case is answered by a model that never saw its class stimulated",
    "primary": "auroc",
    "resampling": "two-way bootstrap: stimulated and responding cell classes drawn with replacement, independently; "
    "the noise of single pairs counted once",
    "n_resamples": 1000,
    "equivalence_margin": 0.01,
    # One trial of RIML → M2L has dF/F -105.3; the next largest magnitude in the file is 3.4.
    "artefact_limit": 10.0,
    "baselines": ("constant", "responder-propensity"),
    "baseline": "responder-propensity",
    "nulls": (
        "identity-permuted",
        "class-permuted",
        "degree-preserving",
        "no-edges",
        "expression-permuted",
        "positions-permuted",
    ),
    "decisive_nulls": ("identity-permuted", "degree-preserving"),
    "controls": ("transposed",),
    "lineup": (
        "constant",
        "responder-propensity",
        "distance",
        "direct-weights",
        "connectome-propagator",
        "nearest-class",
        "connectome-regression",
        "response-regression",
        "joint-regression",
    ),
    "ceiling": "repeatability of the mean response over pairs with 8 or more trials: split-half correlation, "
    "Spearman–Brown corrected; a perfect model's correlation is its square root",
}

_METRICS = (
    *(
        MetricUse(key=k, target="responds")
        for k in ("auroc", "auroc_within_fold", "auroc_per_stimulus", "average_precision")
    ),
    *(MetricUse(key=k, target="responds") for k in ("brier", "log_loss", "mae", "r2")),
    *(
        MetricUse(key=k, target="mean_response", min_trials=RELIABLE_TRIALS)
        for k in ("correlation", "rank_correlation")
    ),
)

_STRATA = {
    "trials": (
        Stratum(label="1 trial", lower=1, upper=1),
        Stratum(label="2–3 trials", lower=2, upper=3),
        Stratum(label="4–7 trials", lower=4, upper=7),
        Stratum(label="8–15 trials", lower=8, upper=15),
        Stratum(label="16+ trials", lower=16),
    ),
    "hops": (
        Stratum(label="1 hop", lower=1, upper=1),
        Stratum(label="2 hops", lower=2, upper=2),
        Stratum(label="3 hops", lower=3, upper=3),
        Stratum(label="4+ hops", lower=4),
    ),
}


def build(dataset: Dataset) -> TaskCard:
    """Make the declaration from the worm atlas; a case is a neuron whose stimulation was followed by a measurement."""
    specimen = dataset.specimens["wt"]
    if specimen.connectome is None or specimen.responses is None:
        raise ValueError("the worm atlas has a connectome and responses")
    neurons = tuple(specimen.connectome.neuron_ids)
    classes = worm_cell_classes(neurons)
    class_of = dict(zip(neurons, classes, strict=True))
    rows = np.flatnonzero(specimen.responses.measured.any(axis=1))
    stimulated = [specimen.responses.neurons[row] for row in rows]
    groups = [class_of[neuron] for neuron in stimulated]
    cases = tuple(
        Case(id=neuron, stimulated=(neuron,), fold=int(fold), group=group)
        for neuron, fold, group in zip(stimulated, balanced_folds(groups, N_FOLDS), groups, strict=True)
    )
    return TaskCard(
        **_FIXED,
        dataset_hash=dataset.card.hash,
        neurons=neurons,
        cell_classes=tuple(classes),
        cases=cases,
        metrics=_METRICS,
        strata=_STRATA,
    )
