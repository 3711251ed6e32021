"""What something done to some neurons does to each other one, beside the same done to others and to unrelated ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast.experiments.probes.chosen import Neurons, others
from braincast.experiments.probes.significance import holm, stratified_p, told_edges, unrelated_subjects
from braincast.experiments.probes.subject import Subject
from braincast.experiments.ranks import rank_p

Strength = Float[np.ndarray, "set neuron"]
# Of each set of neurons, how strongly what is done to it tells in each neuron; NaN for those of the set themselves.
Measure = Callable[[Subject, Sequence[Neurons]], Strength]


@dataclass(frozen=True, eq=False)
class Compared:
    """Strengths in all neurons by `neuron`, NaN for those of the set.

    `p_others` is a neuron's rank among what the other sets do to it. `p` is against refits in which neurons are
    unrelated (NaN without any), `p_holm` corrected over neurons. `total` is the mean over neurons, `totals` those of
    the other sets, to which `total_p` refers. `unrelated_p` is against all sets of the refits, of a model on a wiring
    against the same set.
    """

    strength: Float[np.ndarray, " neuron"]
    p_others: Float[np.ndarray, " neuron"]
    p: Float[np.ndarray, " neuron"]
    p_holm: Float[np.ndarray, " neuron"]
    total: float
    totals: Float[np.ndarray, " set"]
    total_p: float
    unrelated_p: float | None
    n_refits: int

    @property
    def summary(self) -> dict[str, Any]:
        """The numbers about the whole."""
        significant = int((np.nan_to_num(self.p_holm, nan=1.0) <= 0.05).sum())
        found = {"total": self.total, "p_unrelated": self.unrelated_p}
        return found if self.unrelated_p is None else {**found, "significant_responders": significant}

    @property
    def null(self) -> dict[str, Any]:
        """What the numbers are compared with."""
        mean = float(self.totals.mean())
        return {"kind": "other neurons", "draws": len(self.totals), "mean": mean, "refits": self.n_refits}


def compare(measure: Measure, subject: Subject, own: Neurons, *, n_draws: int, n_refits: int, seed: int) -> Compared:
    """Against sets of as many other neurons, and against all sets in refits to unrelated neurons."""
    sets = [own, *others(len(subject.neurons), own, n_draws, seed=seed)]
    strength = measure(subject, sets)
    refit = [measure(one, sets) for one in unrelated_subjects(subject, n_refits, seed=seed)]
    totals = np.nanmean(strength, axis=1)
    responds = np.isfinite(strength[0])
    p, p_others = np.full((2, len(subject.neurons)), np.nan)
    p_holm, unrelated = p.copy(), None
    for neuron in np.flatnonzero(responds):
        null = strength[1:, neuron]
        p_others[neuron] = rank_p(strength[0, neuron], null[np.isfinite(null)])
    if refit:
        edges = told_edges(subject)
        direct = np.array([edges[each].any(axis=0) for each in sets])
        p = stratified_p(strength, refit, direct)[0]
        p_holm[responds] = holm(p[responds])
        # A neuron with many edges moves more by chance, so that a model on a wiring has its own totals as its null.
        rows = slice(0, 1) if edges.any() else slice(None)
        unrelated = rank_p(totals[0], np.concatenate([np.nanmean(each[rows], axis=1) for each in refit]))
    whole = float(totals[0]), totals[1:], rank_p(totals[0], totals[1:]), unrelated
    return Compared(strength[0], p_others, p, p_holm, *whole, n_refits)


def names_of(subject: Subject, neurons: Neurons) -> str:
    """Names in one text."""
    return "+".join(subject.neurons[place] for place in neurons)
