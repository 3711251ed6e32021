"""Groups of pairs within which the primary metric is shown too."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Int

from braincast.dynamics.paths import hop_distance
from braincast.tasks.task import Task
from braincast.tasks.truth import Truth

_UNREACHABLE_HOPS = 99


def pair_groups(task: Task, truth: Truth) -> dict[str, dict[str, Bool[np.ndarray, "case neuron"]]]:
    """Masks by group and label: strata of trials, of hops and of significance, stimulated class, and each stimulus."""
    properties = {
        "trials": truth.n_trials[:, 0],
        "hops": _hops(task),
        "responses": truth.targets["responds"][:, 0],
    }
    strata = {
        group: {stratum.label: stratum.contains(properties[group]) for stratum in task.card.strata[group]}
        for group in properties
        if group in task.card.strata
    }
    cases = task.card.cases
    by_class = _by_case(task, {case.id: case.group for case in cases})
    return {**strata, "stimulated_class": by_class, "stimulus": _by_case(task, {case.id: case.id for case in cases})}


def _hops(task: Task) -> Int[np.ndarray, "case neuron"]:
    """Edges on the shortest path from the stimulated neuron over chemical and electrical edges."""
    connectome = task.structure.connectome
    if connectome is None:
        return np.full((len(task.card.cases), len(task.card.neurons)), _UNREACHABLE_HOPS)
    synaptic = connectome.adjacency("chemical") + connectome.adjacency("electrical")
    hops = hop_distance(synaptic.tocsr(), unreachable=_UNREACHABLE_HOPS)
    rows = [connectome.index_of(case.stimulated) for case in task.card.cases]
    return np.array([hops[row].min(axis=0) for row in rows])


def _by_case(task: Task, label_of: Mapping[str, str]) -> dict[str, Bool[np.ndarray, "case neuron"]]:
    labels = np.array([label_of[case.id] for case in task.card.cases])
    shape = (len(labels), len(task.card.neurons))
    return {label: np.broadcast_to((labels == label)[:, None], shape) for label in sorted(set(label_of.values()))}
