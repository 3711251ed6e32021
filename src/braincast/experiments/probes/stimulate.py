"""A push to some neurons: how the model's path differs from that without it, in every neuron at every lead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from braincast.experiments.probes.chosen import Neurons
from braincast.experiments.probes.finding import Finding
from braincast.experiments.probes.responders import Strength, compare, names_of
from braincast.experiments.probes.subject import States, Subject
from braincast.progress import step


def impulse_response(
    subject: Subject, neurons: Neurons, n_leads: int, *, size: float = 1.0
) -> Float[np.ndarray, "lead neuron"]:
    """The mean over states of the path after a push of `size` to the last context frame, less that without it.

    In standard deviations.
    """
    found = subject.mean_over_states(lambda states: _difference(subject, states, neurons, n_leads, size))
    return found / subject.deviation


def probe_stimulate(
    subject: Subject,
    neurons: Neurons,
    *,
    size: float = 1.0,
    n_leads: int | None = None,
    n_draws: int = 99,
    n_refits: int = 5,
    seed: int = 0,
) -> Finding:
    """Responses of all other neurons; how strong one is, is its root mean square over leads."""
    leads = n_leads or subject.horizon

    def strengths(one: Subject, sets: Sequence[Neurons]) -> Strength:
        found = np.empty((len(sets), len(one.neurons)))
        with step("Pushes", len(sets)) as advance:
            for row, pushed in enumerate(sets):
                response = impulse_response(one, pushed, leads, size=size)
                found[row] = np.sqrt((response**2).mean(axis=0))
                found[row, pushed] = np.nan
                advance(1)
        return found

    compared = compare(strengths, subject, neurons, n_draws=n_draws, n_refits=n_refits, seed=seed)
    response = impulse_response(subject, neurons, leads, size=size)
    rows = [np.argsort(-np.nan_to_num(compared.strength, nan=-1.0), kind="stable")]
    pushed = names_of(subject, neurons)
    table = pd.concat([_rows(subject, pushed, int(post), response, compared) for post in rows[0]], ignore_index=True)
    summary = {"pushed": [subject.neurons[k] for k in neurons], "size": size, "leads": leads, **compared.summary}
    drawn = {"own": compared.total, "drawn": compared.totals}
    return Finding("stimulate", subject, table, compared.total_p, summary, compared.null, **drawn)


def _rows(subject: Subject, pushed: str, post: int, response, compared) -> pd.DataFrame:
    """One neuron's response at each lead."""
    known = {name: getattr(compared, name)[post] for name in ("strength", "p_others", "p", "p_holm")}
    leads = np.arange(1, len(response) + 1)
    return pd.DataFrame(
        {"pre": pushed, "post": subject.neurons[post], "lead": leads, "effect": response[:, post], **known}
    )


def _difference(
    subject: Subject, states: States, neurons: Neurons, n_leads: int, size: float
) -> Float[np.ndarray, "case lead neuron"]:
    pushed = states.contexts.copy()
    pushed[:, -1, neurons] += (size * subject.deviation[neurons]).astype(np.float32)
    return subject.ask(states, pushed, n_leads) - subject.ask(states, states.contexts, n_leads)
