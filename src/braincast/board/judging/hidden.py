"""Scoring against hidden truth, and what may be told of it: nothing by case, nothing by neuron, no small group."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from braincast.board.judging.truths import read_truth, required_forecast
from braincast.scoring.forecasting.assessor import WindowAssessor
from braincast.scoring.forecasting.card import ForecastScorecard
from braincast.scoring.forecasting.groups import ACTIVITY_QUARTERS, case_groups
from braincast.scoring.forecasting.hidden import HiddenTruth, hidden_truth
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.truth import open_window_truth
from braincast.tasks.kinds import AnyCard, AnyTask

# Of groups of fewer cases or neurons too much could be told from their score.
FEWEST = 5
# How often intervals hold is found from the order of cases in time, which is hidden.
_OF_TIME = ("coverage", "lowest_coverage", "coverage_by_model", "n_surrogates", "flag", "groups")


def opened_truth(task: AnyTask, path: Path) -> HiddenTruth:
    """The hidden truth of a task in a file; E805 where it does not fit."""
    asked = required_forecast(task)
    return hidden_truth(asked.card, read_truth(asked.card, path), open_window_truth(asked).activity_level)


def score_hidden(task: AnyTask, truth: HiddenTruth, contenders: Mapping[str, Contender]) -> ForecastScorecard:
    """Score forecasts against hidden truth; the order of cases in a stratum (`hidden.strata`) changes no bit."""
    asked = required_forecast(task)
    return score_forecasts(asked, truth.in_order(contenders), assessor=WindowAssessor(asked, truth=truth))


def without_secrets(document: Mapping[str, Any], card: AnyCard) -> dict[str, Any]:
    """An entry's `score` without what is by neuron, of small groups, or of the order of cases."""
    small = _small_groups(card)
    told = [group for group in document["groups"] if group != "condition" or _tells_conditions(card)]
    groups = {
        group: {label: score for label, score in labels.items() if (group, label) not in small}
        for group, labels in document["groups"].items()
        if group in told
    }
    named = {f"{group}: {label}" for group, label in small}
    compared = [pair for pair in document["group_comparisons"] if pair["group"] not in named]
    intervals = {key: value for key, value in (document["intervals"] or {}).items() if key not in _OF_TIME}
    return {
        **document,
        "groups": {group: labels for group, labels in groups.items() if labels},
        "group_comparisons": compared,
        "drop": None if any(("distribution", side) in small for side in ("in", "out")) else document["drop"],
        "neurons": None,
        "intervals": intervals,
    }


def _tells_conditions(card: AnyCard) -> bool:
    """Whether conditions tell hidden cases apart: nothing is told of them where their cases may be in any order."""
    return isinstance(card, ForecastCard) and card.average == "conditions"


def _small_groups(card: AnyCard) -> set[tuple[str, str]]:
    if not isinstance(card, ForecastCard):
        return set()
    cases = {(g, label): int(mask.sum()) for g, labels in case_groups(card).items() for label, mask in labels.items()}
    labels, counts = np.unique(np.array(card.regions or ("",)), return_counts=True)
    regions = {("region", str(label)): int(n) for label, n in zip(labels, counts, strict=True)}
    quarter = len(card.neurons) // 4
    small = {group for group, n in (cases | regions).items() if n < FEWEST}
    return small | ({("activity", label) for label in ACTIVITY_QUARTERS} if quarter < FEWEST else set())
