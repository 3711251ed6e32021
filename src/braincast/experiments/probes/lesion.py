"""Some neurons silenced: how much worse the model tells all other neurons when it no longer sees these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
from jaxtyping import Float

from braincast.experiments.probes.chosen import Neurons
from braincast.experiments.probes.finding import Finding, by_size
from braincast.experiments.probes.responders import Strength, compare, names_of
from braincast.experiments.probes.subject import Contexts, States, Subject
from braincast.progress import step

Change = Callable[[States], Contexts]


def error_by_neuron(subject: Subject, change: Change) -> Float[np.ndarray, " neuron"]:
    """Mean absolute error of each neuron over states and leads, in standard deviations; NaN where nothing was seen.

    `change` gives the contexts that the model is shown in place of the true ones.
    """
    total, count = np.zeros((2, len(subject.neurons)))
    for states in subject.states:
        error = np.abs(subject.ask(states, change(states), states.truth.shape[1]) - states.truth)
        total += np.nansum(error, axis=(0, 1))
        count += np.isfinite(error).sum(axis=(0, 1))
    mean = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return mean / subject.deviation


def lesion_effects(subject: Subject, sets: Sequence[Neurons]) -> Strength:
    """By how much the error of each neuron rises when a set is held at its training mean; NaN for the set itself."""
    before = error_by_neuron(subject, lambda states: states.contexts)
    found = np.empty((len(sets), len(before)))
    with step("Lesions", len(sets)) as advance:
        for row, neurons in enumerate(sets):
            found[row] = error_by_neuron(subject, partial(silenced, subject, neurons)) - before
            found[row, neurons] = np.nan
            advance(1)
    return found


def silenced(subject: Subject, neurons: Neurons, states: States) -> Contexts:
    """The contexts with these neurons at their training mean in every frame."""
    contexts = states.contexts.copy()
    contexts[:, :, neurons] = subject.middle[neurons].astype(np.float32)
    return contexts


def probe_lesion(subject: Subject, neurons: Neurons, *, n_draws: int = 99, n_refits: int = 5, seed: int = 0) -> Finding:
    """The rise of the error of all other neurons, against lesions of as many others."""
    compared = compare(lesion_effects, subject, neurons, n_draws=n_draws, n_refits=n_refits, seed=seed)
    before = error_by_neuron(subject, lambda states: states.contexts)
    table = pd.DataFrame(
        {
            "pre": names_of(subject, neurons),
            "post": list(subject.neurons),
            "effect": compared.strength,
            "error_before": before,
            "p_others": compared.p_others,
            "p": compared.p,
            "p_holm": compared.p_holm,
        }
    )
    responders = by_size(table.loc[np.isfinite(compared.strength)])
    summary = {"lesioned": [subject.neurons[k] for k in neurons], **compared.summary}
    drawn = {"own": compared.total, "drawn": compared.totals}
    return Finding("lesion", subject, responders, compared.total_p, summary, compared.null, **drawn)
