"""Groups within which the primary metric is shown too: of cases, and of neurons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.scoring.forecasting.sums import Grouping
from braincast.tasks.forecasting.card import ForecastCard

ACTIVITY_QUARTERS = ("least active quarter", "second quarter", "third quarter", "most active quarter")
_FEWEST_FOR_QUARTERS = 8

CaseMask = Bool[np.ndarray, " case"]


@dataclass(frozen=True)
class NeuronGroup:
    """A group of neurons: its grouping, its label, and its column in the sums."""

    grouping: str
    label: str
    column: int


def headline(card: ForecastCard) -> CaseMask:
    """The cases that a task's single figures are about: those like the training data; where there are none, all."""
    inside = np.array([case.distribution == "in" for case in card.cases])
    return inside if inside.any() else np.ones(len(inside), dtype=bool)


def case_groups(card: ForecastCard) -> dict[str, dict[str, CaseMask]]:
    """Masks by group and label: in and out of distribution, condition, recording, animal.

    A group with a single label is left out, but for the distribution. Conditions, recordings and animals count all
    their cases, in distribution or not.
    """
    uses = card.recordings
    labels = {
        "distribution": [case.distribution for case in card.cases],
        "condition": [case.condition for case in card.cases],
        "recording": [uses[case.recording].name for case in card.cases],
        "animal": [uses[case.recording].specimen for case in card.cases],
    }
    if labels["animal"] == labels["recording"] or len(set(labels["animal"])) == len(set(labels["recording"])):
        del labels["recording"]
    return {
        group: {label: np.array([one == label for one in each]) for label in dict.fromkeys(each)}
        for group, each in labels.items()
        if group == "distribution" or len(set(each)) > 1
    }


def neuron_groups(
    regions: Sequence[str], activity_level: Float[np.ndarray, " neuron"], counted: Float[np.ndarray, " case"]
) -> tuple[Grouping, tuple[NeuronGroup, ...]]:
    """Groups of neurons by region (where there are any) and by quarters of activity in training frames.

    Neurons without a region, and quarters of fewer than eight neurons, make no group; all of these share a column that
    nobody looks at. Equally active neurons are told apart by their order, so that quarters are equally large.
    """
    columns, groups, n_columns = [], [], 0
    named = sorted({region for region in regions if region})
    if len(named) > 1:
        numbers = {region: number for number, region in enumerate(named)}
        columns.append(np.array([numbers.get(region, len(named)) for region in regions], dtype=np.int64))
        groups += [NeuronGroup("region", region, number) for number, region in enumerate(named)]
        n_columns = len(named) + 1
    columns.append(n_columns + _quarters(activity_level))
    if len(activity_level) >= _FEWEST_FOR_QUARTERS:
        groups += [NeuronGroup("activity", label, n_columns + k) for k, label in enumerate(ACTIVITY_QUARTERS)]
    grouping = Grouping(counted, np.stack(columns), n_columns + len(ACTIVITY_QUARTERS))
    return grouping, tuple(groups)


def members_of(
    groups: Sequence[NeuronGroup], grouping: Grouping
) -> Mapping[tuple[str, str], Bool[np.ndarray, " neuron"]]:
    """Which neurons are in each group."""
    return {(group.grouping, group.label): (grouping.column == group.column).any(axis=0) for group in groups}


def _quarters(activity_level: Float[np.ndarray, " neuron"]) -> Int[np.ndarray, " neuron"]:
    n = len(activity_level)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(activity_level, kind="stable")] = np.arange(n)
    return rank * len(ACTIVITY_QUARTERS) // max(n, 1)
