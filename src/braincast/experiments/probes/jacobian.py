"""The mean Jacobian of a model's one-step map, by central differences, and how well it tells the wiring."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError
from braincast.experiments.probes.finding import Finding, n_significant, pair_table
from braincast.experiments.probes.significance import (
    agreement,
    null_of_pairs,
    off_diagonal,
    stratified_p,
    told_edges,
    unrelated_subjects,
)
from braincast.experiments.probes.subject import States, Subject
from braincast.progress import step

Blocks = Float[np.ndarray, "frame pre post"]
_STEP = 1e-2  # standard deviations: near the cube root of float32's precision, where both errors are least


def mean_jacobian(subject: Subject, n_frames: int = 1, *, size: float = _STEP) -> Blocks:
    """By how much the next frame changes with each neuron in the last frame, the one before …, in standard deviations.

    The mean over states. Differences are over what float32 made of the step.
    """
    n = len(subject.neurons)
    found = np.empty((n_frames, n, n))
    with step("Differences", n_frames * n) as advance:
        for back in range(n_frames):
            for pre in range(n):
                found[back, pre] = subject.mean_over_states(partial(_slope, subject, back, pre, size))
                advance(1)
    return found * subject.deviation[:, None] / subject.deviation


def spectrum(blocks: Blocks) -> np.ndarray:
    """Eigenvalues of the map of the last frames onto the next (its companion matrix), the largest first."""
    n_frames, n, _ = blocks.shape
    companion = np.zeros((n_frames * n, n_frames * n))
    companion[:n] = np.concatenate([block.T for block in blocks], axis=1)
    companion[n:, :-n] = np.eye((n_frames - 1) * n)
    values = np.linalg.eigvals(companion)
    return values[np.argsort(-np.abs(values), kind="stable")]


def probe_jacobian(
    subject: Subject, *, n_frames: int = 1, n_draws: int = 999, n_refits: int = 5, seed: int = 0
) -> Finding:
    """Effects of each neuron on each other one frame later, summed over the `n_frames` frames before."""
    if n_frames > subject.task.card.context:
        what = f"a context has {subject.task.card.context} frames, not {n_frames}"
        raise BraincastError("E305", "--frames", what, "Ask about fewer frames")
    blocks = mean_jacobian(subject, n_frames)
    effect = blocks.sum(axis=0)
    told = agreement(subject, effect, n_draws=n_draws, seed=seed, is_signed=True)
    pairs = off_diagonal(len(effect))
    refits = unrelated_subjects(subject, n_refits, seed=seed)
    null = [np.abs(mean_jacobian(one, n_frames).sum(axis=0)[pairs]) for one in refits]
    p = None if not null else stratified_p(np.abs(effect[pairs]), null, told_edges(subject)[pairs])
    table, whole = pair_table(subject.neurons, effect, p), None if told is None else told.p
    values = spectrum(blocks)
    summary: dict[str, Any] = {
        "spectral_radius": float(np.abs(values[0])),
        "eigenvalues": [{"real": float(v.real), "imaginary": float(v.imag)} for v in values[:6]],
        "agreement": told,
        "significant_pairs": n_significant(table),
    }
    compared = null_of_pairs(told, n_refits)
    return Finding("jacobian", subject, table, whole, summary, compared, matrix=effect)


def _slope(subject: Subject, back: int, pre: int, size: float, states: States) -> Float[np.ndarray, "case neuron"]:
    up, down = states.contexts.copy(), states.contexts.copy()
    push = np.float32(size * subject.deviation[pre])
    up[:, -1 - back, pre] += push
    down[:, -1 - back, pre] -= push
    width = up[:, -1 - back, pre].astype(np.float64) - down[:, -1 - back, pre]
    change = subject.ask(states, up, 1)[:, 0] - subject.ask(states, down, 1)[:, 0]
    return change / width[:, None]
