"""worm-perturbation-unc31: the same question about a mutant that releases no dense-core vesicles.

Models learn from the wild type. In the first variant the case's cell class is left out there too; in the other,
`-seen`, they learn from the whole wild type, the same stimulus included, so that looking its responses up is the floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from braincast.brain.homologues import worm_cell_classes
from braincast.tasks import worm_perturbation
from braincast.tasks.card import Case, MetricUse, Stratum, TaskCard

if TYPE_CHECKING:
    from braincast.datasets.registry import Dataset

# Only 59 measured pairs have eight or more trials here; from four on there are 1,337.
RELIABLE_TRIALS = 4
_ANIMALS = "trials of many unc-31 animals pooled by the source (Randi et al. 2023); the file tells no animal apart"
_TRIALS = (
    Stratum(label="1 trial", lower=1, upper=1),
    Stratum(label="2–3 trials", lower=2, upper=3),
    Stratum(label="4+ trials", lower=4),
)
_CEILING = (
    f"repeatability of the mean response over pairs with {RELIABLE_TRIALS} or more trials: split-half correlation, "
    "Spearman–Brown corrected; a perfect model's correlation is its square root"
)
_LEFT_OUT = {
    "name": "worm-perturbation-unc31",
    "title": "Worm signal propagation in a mutant: which neurons of unc-31 answer, told by the wild type?",
    "question": "Given the wiring and how wild-type neurons answered other stimuli, how probable is it that each "
    "neuron of an unc-31 mutant responds (q < 0.05) when a neuron is stimulated whose class was never seen stimulated?",
    "fold_rule": "the folds of worm-perturbation, by cell class of the stimulated neuron; each mutant case is answered "
    "by a model that learned from the wild type without the case's class, and never saw a mutant",
}
_SEEN = {
    "name": "worm-perturbation-unc31-seen",
    "title": "Worm signal propagation in a mutant, with the same stimuli seen in the wild type",
    "question": "Given the wiring and how wild-type neurons answered all stimuli, the same one included, how probable "
    "is it that each neuron of an unc-31 mutant responds (q < 0.05)?",
    "n_folds": 1,
    "fold_rule": "one fit to the whole wild type answers every case; no model sees a mutant",
    "baselines": ("constant", "responder-propensity", "response-lookup"),
    "baseline": "response-lookup",
}


def build(dataset: Dataset) -> TaskCard:
    """The variant that leaves the case's class out of the wild type."""
    wild_type = worm_perturbation.build(dataset)
    fold_of = {case.group: case.fold for case in wild_type.cases}
    return _card(dataset, wild_type, _LEFT_OUT, fold_of, wild_type.cases)


def build_seen(dataset: Dataset) -> TaskCard:
    """The variant that learns from the whole wild type."""
    wild_type = worm_perturbation.build(dataset)
    # Held out in no fold: every fit learns from them.
    learned = tuple(case.model_copy(update={"fold": 1}) for case in wild_type.cases)
    card = _card(dataset, wild_type, _SEEN, {}, learned)
    within_one_fit = tuple(use for use in card.metrics if use.key != "auroc_within_fold")
    lineup = tuple(dict.fromkeys([*card.baselines, *wild_type.lineup]))
    return card.model_copy(update={"metrics": within_one_fit, "lineup": lineup})


def _card(
    dataset: Dataset,
    wild_type: TaskCard,
    changes: Mapping[str, object],
    fold_of: dict[str, int],
    learned: tuple[Case, ...],
) -> TaskCard:
    responses = dataset.specimens["unc31"].responses
    if responses is None:
        raise ValueError("the mutant has responses")
    stimulated = [responses.neurons[row] for row in np.flatnonzero(responses.measured.any(axis=1))]
    classes = worm_cell_classes(wild_type.neurons)
    class_of = dict(zip(wild_type.neurons, classes, strict=True))
    # A class that the wild type never saw stimulated is left out of every fit already.
    cases = tuple(
        Case(id=neuron, stimulated=(neuron,), fold=fold_of.get(class_of[neuron], 0), group=class_of[neuron])
        for neuron in stimulated
    )
    metrics = tuple(
        MetricUse(key=use.key, target=use.target, min_trials=RELIABLE_TRIALS if use.min_trials > 1 else 1)
        for use in wild_type.metrics
    )
    mutant = {
        "version": "1",
        "specimen": "unc31",
        "training_specimen": "wt",
        "training_cases": learned,
        "cases": cases,
        "n_animals": _ANIMALS,
        "metrics": metrics,
        "ceiling": _CEILING,
        "strata": {**wild_type.strata, "trials": _TRIALS},
    }
    return TaskCard.model_validate({**wild_type.model_dump(), **mutant, **changes})
