"""Whose past tells whose future: how much worse a neuron is forecast when another one's past is exchanged.

Permutation importance (Breiman 2001, Machine Learning 45:5): the context of one neuron is taken from other states, so
that it stays a context of that neuron and says nothing of the moment.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.experiments.probes.finding import Finding, by_size, n_significant, pair_table
from braincast.experiments.probes.lesion import error_by_neuron
from braincast.experiments.probes.significance import (
    agreement,
    holm,
    null_of_pairs,
    off_diagonal,
    stratified_p,
    told_edges,
    unrelated_subjects,
)
from braincast.experiments.probes.subject import Contexts, States, Subject
from braincast.progress import step


def importance(subject: Subject, *, n_repeats: int = 2, seed: int = 0) -> Float[np.ndarray, "pre post"]:
    """By how much the error of each neuron `post` rises when the past of `pre` is exchanged among states."""
    n = len(subject.neurons)
    before = error_by_neuron(subject, lambda states: states.contexts)
    found = np.zeros((n, n))
    with step("Exchanged pasts", n) as advance:
        for pre in range(n):
            for repeat in range(n_repeats):
                change = _exchange(pre, [seed, pre, repeat])
                found[pre] += (error_by_neuron(subject, change) - before) / n_repeats
            advance(1)
    return found


def probe_attribute(
    subject: Subject,
    target: int | None = None,
    *,
    n_repeats: int = 2,
    n_draws: int = 999,
    n_refits: int = 5,
    seed: int = 0,
) -> Finding:
    """Importance of each neuron's past for each other neuron, or for the one whose place is `target`.

    p is that of the agreement with the wiring; of a target, the smallest over its partners, corrected after Holm.
    """
    effect = importance(subject, n_repeats=n_repeats, seed=seed)
    pairs = off_diagonal(len(effect))
    refits = unrelated_subjects(subject, n_refits, seed=seed)
    null = [importance(one, n_repeats=n_repeats, seed=seed)[pairs] for one in refits]
    p = None if not null else stratified_p(effect[pairs], null, told_edges(subject)[pairs])
    table = pair_table(subject.neurons, effect, p)
    told = agreement(subject, effect, n_draws=n_draws, seed=seed, is_signed=False)
    compared = null_of_pairs(told, n_refits)
    if target is None:
        whole = None if told is None else told.p
        summary = {"agreement": told, "significant_pairs": n_significant(table)}
        return Finding("attribute", subject, table, whole, summary, compared, matrix=effect)
    name = subject.neurons[target]
    rows = by_size(table.loc[(table["post"] == name) & (table["pre"] != name)]).assign(p_holm=np.nan)
    if p is not None:
        rows["p_holm"] = holm(rows["p"].to_numpy())
    smallest = None if p is None else float(np.min(rows["p_holm"].to_numpy()))
    compared = null_of_pairs(None, n_refits)
    return Finding("attribute", subject, rows, smallest, {"neuron": name, "agreement": told}, compared, matrix=effect)


def _exchange(pre: int, seed: list[int]):
    """A change that gives `pre` its context of another state of the same recording."""

    def change(states: States) -> Contexts:
        contexts = states.contexts.copy()
        rng = np.random.default_rng(seed)
        for number in np.unique(states.windows.recording):
            rows = np.flatnonzero(states.windows.recording == number)
            contexts[rows, :, pre] = contexts[rng.permutation(rows), :, pre]
        return contexts

    return change
