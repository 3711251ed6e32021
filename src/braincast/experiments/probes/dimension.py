"""In how many dimensions a model moves when it runs on, beside those of the recording and of unrelated neurons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from braincast.brain.surrogates import phase_randomised
from braincast.experiments.probes.finding import Finding
from braincast.experiments.probes.subject import States, Subject
from braincast.experiments.ranks import rank_p
from braincast.tasks.forecasting.standardised import filled

Frames = Float[np.ndarray, "frame neuron"]
_SHARE = 0.9


@dataclass(frozen=True)
class Dimension:
    """Of frames: the participation ratio, and the principal components that hold 90 % of the variance."""

    participation_ratio: float
    n_components: int

    @classmethod
    def of(cls, frames: Frames) -> Dimension:
        """(Σ λ)² / Σ λ² of the covariance's eigenvalues λ (Gao et al. 2017, bioRxiv 214262); 0 for frames at rest."""
        values = spectrum(frames)
        if values.sum() <= 0:
            return cls(0.0, 0)
        shares = np.cumsum(values) / values.sum()
        ratio = values.sum() ** 2 / (values**2).sum()
        return cls(float(ratio), int(np.searchsorted(shares, _SHARE - 1e-12) + 1))


def spectrum(frames: Frames) -> Float[np.ndarray, " component"]:
    """Variances along the principal components, the largest first."""
    values = np.linalg.svd(frames - frames.mean(axis=0), compute_uv=False) ** 2
    return values / max(len(frames) - 1, 1)


def probe_dimension(subject: Subject, *, n_leads: int | None = None, n_draws: int = 99, seed: int = 0) -> Finding:
    """Of the model's answers at the last lead over all states.

    p is the chance that neurons which each move as they do in these answers, but unrelated, share as few dimensions.
    Beside it stand the recording's frames that followed, and those made unrelated in the same way.
    """
    leads = n_leads or subject.horizon
    answers, truth, groups = _frames(subject, leads)
    own = Dimension.of(answers)
    drawn = np.array([_unrelated(answers, groups, [seed, draw]) for draw in range(n_draws)])
    recorded = np.array([_unrelated(truth, groups, [seed, draw]) for draw in range(n_draws)])
    kinds = {"model": spectrum(answers), "recording": spectrum(truth)}
    table = pd.concat([_shares(kind, values) for kind, values in kinds.items()], ignore_index=True)
    summary = {
        "lead": leads,
        "participation_ratio": own.participation_ratio,
        "n_components": own.n_components,
        "recording": Dimension.of(truth),
        "recording_unrelated": float(recorded.mean()),
    }
    p = rank_p(-own.participation_ratio, -drawn)
    null = {"kind": "random phases of each neuron", "draws": n_draws, "mean": float(drawn.mean())}
    return Finding("dimension", subject, table, p, summary, null, own=own.participation_ratio, drawn=drawn)


def _shares(of: str, values: Float[np.ndarray, " component"]) -> pd.DataFrame:
    """The part of the variance that each component holds."""
    total = max(float(values.sum()), 1e-300)
    return pd.DataFrame({"of": of, "component": np.arange(1, len(values) + 1), "effect": values / total})


def _frames(subject: Subject, leads: int) -> tuple[Frames, Frames, list[np.ndarray]]:
    """Answers at the last lead, what followed as far as it is known, and which rows follow each other."""
    answers, truth, groups, first = [], [], [], 0
    for states in subject.states:
        answers.append(subject.ask(states, states.contexts, leads)[:, -1] / subject.deviation)
        followed = filled(states.truth)[:, min(leads, states.truth.shape[1]) - 1]
        truth.append(followed / subject.deviation)
        groups += [first + rows for rows in _runs(states)]
        first += len(states.windows)
    return np.concatenate(answers), np.concatenate(truth).astype(np.float64), groups


def _runs(states: States) -> list[np.ndarray]:
    """Rows of each recording and condition."""
    keys = list(zip(states.windows.recording.tolist(), states.windows.condition, strict=True))
    return [np.array([row for row, own in enumerate(keys) if own == key]) for key in dict.fromkeys(keys)]


def _unrelated(frames: Frames, groups: list[np.ndarray], seed: list[int]) -> float:
    """The participation ratio of the same frames with random phases of each neuron."""
    drawn = frames.copy()
    for number, rows in enumerate(groups):
        part = int(np.random.SeedSequence([*seed, number]).generate_state(1, np.uint64)[0])
        drawn[rows] = phase_randomised(frames[rows], seed=part)
    return Dimension.of(drawn).participation_ratio
