"""How surprising an effect is: ranks among other neurons, among refits to unrelated neurons, among exchanged names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from braincast.brain.recording import Recording
from braincast.brain.surrogates import surrogate
from braincast.experiments.probes.subject import Subject
from braincast.experiments.ranks import rank_p
from braincast.models.registry import load_model
from braincast.progress import step
from braincast.tasks.forecasting.standardised import filled
from braincast.training.choice import learn

_TINY = 1e-12


def pooled_p(own: Float[np.ndarray, " *axis"], null: Float[np.ndarray, " draw"]) -> Float[np.ndarray, " *axis"]:
    """`rank_p` of each value against one pool of draws."""
    ordered = np.sort(null)
    return (1 + len(ordered) - np.searchsorted(ordered, own - _TINY * np.abs(own))) / (1 + len(ordered))


def stratified_p(
    own: Float[np.ndarray, " *axis"], null: Sequence[np.ndarray], direct: Bool[np.ndarray, " *axis"]
) -> Float[np.ndarray, " *axis"]:
    """`pooled_p` of each value among draws of its own kind, `direct` or not; NaN stays, and draws that are NaN are out.

    What a model on a wiring learns by chance stands on edges alone, so that other pairs say nothing of them.
    """
    found = np.full(own.shape, np.nan)
    for kind in (False, True):
        wanted = (direct == kind) & np.isfinite(own)
        pool = np.concatenate([draw[..., direct == kind].ravel() for draw in null])
        found[wanted] = pooled_p(own[wanted], pool[np.isfinite(pool)])
    return found


def holm(p: Float[np.ndarray, " test"]) -> Float[np.ndarray, " test"]:
    """p corrected for the number of tests (Holm 1979, Scandinavian Journal of Statistics 6:65)."""
    order = np.argsort(p, kind="stable")
    corrected = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return np.minimum(corrected, 1.0)[np.argsort(order, kind="stable")]


def unrelated_subjects(subject: Subject, n_refits: int, *, seed: int) -> Iterator[Subject]:
    """The same model with its chosen settings, fitted to recordings whose neurons have nothing to do with each other.

    Of each neuron they have the power spectrum (`phase_randomised`). Effects of one neuron on another in such a fit
    are chance.
    """
    with step("Refitting to unrelated neurons", n_refits) as advance:
        for draw in range(n_refits):
            yield _unrelated(subject, seed=seed + draw)
            advance(1)


def told_edges(subject: Subject) -> Bool[np.ndarray, "pre post"]:
    """The pairs with an edge in the wiring that the model was told; none where it was told nothing."""
    n = len(subject.neurons)
    if not _is_told(subject):
        return np.zeros((n, n), dtype=bool)
    return np.any([one.adjacency().toarray() != 0 for one in subject.task.structure.connectomes], axis=0)


@dataclass(frozen=True)
class Agreement:
    """How well effects on different neurons tell the wiring, beside wirings with the neurons' names exchanged.

    `auroc`: chance that the effect of a pair with an edge is larger than that of one without; None where nearly all
    pairs or none have one. `correlation`: Pearson's with the (signed) weights over pairs. A model that was `told` the
    wiring follows it whatever the brain does: then the numbers describe the model, and there is no `p`.
    """

    auroc: float | None
    auroc_p: float | None
    correlation: float | None
    correlation_p: float | None
    signed: bool
    told: bool
    n_pairs: int
    n_draws: int

    @property
    def p(self) -> float | None:
        """That of the AUROC or, where almost every pair has an edge, of the correlation."""
        if self.told:
            return None
        return self.correlation_p if self.auroc_p is None else self.auroc_p


def agreement(
    subject: Subject, effect: Float[np.ndarray, "pre post"], *, n_draws: int, seed: int, is_signed: bool
) -> Agreement | None:
    """Against the mean wiring of the task's brains, on the neurons that it has; None for a task without wiring."""
    if subject.task.card.whose_wiring == "none":
        return None
    brains = subject.task.structure
    known = set(brains.specimens[0].connectome.neuron_ids)  # pyright: ignore[reportOptionalMemberAccess]
    rows = np.array([place for place, name in enumerate(subject.neurons) if name in known])
    wirings = brains.connectomes
    signed = is_signed and all((one.edges["sign"] != 0).all() for one in wirings)
    weights = np.mean([one.adjacency(signed=signed).toarray() for one in wirings], axis=0)[np.ix_(rows, rows)]
    size = effect[np.ix_(rows, rows)]
    compared = size if signed else np.abs(size)
    rng = np.random.default_rng(seed)
    orders = [np.arange(len(rows)), *(rng.permutation(len(rows)) for _ in range(n_draws))]
    drawn = [_told(np.abs(size), compared, weights[np.ix_(order, order)]) for order in orders]
    auroc, correlation = np.array(drawn).T
    scored = [_against(values) for values in (auroc, correlation)]
    n_pairs = len(rows) * (len(rows) - 1)
    return Agreement(*scored[0], *scored[1], signed, _is_told(subject), n_pairs, n_draws)


def null_of_pairs(found: Agreement | None, n_refits: int) -> dict[str, Any]:
    """What the effects of all pairs, and the whole of them, are compared with."""
    if found is None or found.p is None:
        return {"kind": "refits to unrelated neurons", "draws": n_refits, "refits": n_refits}
    return {"kind": "names exchanged in the wiring", "draws": found.n_draws, "refits": n_refits}


def off_diagonal(n: int) -> Bool[np.ndarray, "pre post"]:
    """Pairs of different neurons."""
    return ~np.eye(n, dtype=bool)


def _is_told(subject: Subject) -> bool:
    card = load_model(subject.fitted.model).card
    return "connectome" in (*card.uses, *card.takes) and subject.task.card.whose_wiring != "none"


def _against(values: Float[np.ndarray, " draw"]) -> tuple[float | None, float | None]:
    if not np.isfinite(values).all():
        return None, None
    return float(values[0]), rank_p(values[0], values[1:])


def _told(
    size: Float[np.ndarray, "pre post"], effect: Float[np.ndarray, "pre post"], weights: Float[np.ndarray, "pre post"]
) -> tuple[float, float]:
    """AUROC of having an edge, and correlation with the weights."""
    from scipy.stats import rankdata

    pairs = off_diagonal(len(size))
    edge, ranks = weights[pairs] != 0, rankdata(size[pairs])
    n, n_edges = len(edge), int(edge.sum())
    enough = 0.01 * n <= n_edges <= 0.9 * n
    auroc = (ranks[edge].sum() / n_edges - (n_edges + 1) / 2) / (n - n_edges) if enough else np.nan
    a, b = effect[pairs], weights[pairs]
    correlation = np.corrcoef(a, b)[0, 1] if a.std() > _TINY and b.std() > _TINY else np.nan
    return float(auroc), float(correlation)


def _unrelated(subject: Subject, *, seed: int) -> Subject:
    fitted, task = subject.fitted, subject.task
    specimens = dict(task.specimens)
    for number, use in enumerate(task.card.recordings):
        specimen = specimens[use.specimen]
        changed = _alone(specimen.recordings[use.recording], seed=seed * 1009 + number)
        specimens[use.specimen] = replace(specimen, recordings={**specimen.recordings, use.recording: changed})
    other, model = task.with_recordings(specimens), load_model(fitted.model)
    learned = [
        learn(model, other.training(fold), fitted.prepared, [choice.settings], seed=fitted.seed)
        for fold, choice in enumerate(fitted.choices)
    ]
    choices, folds = (tuple(part) for part in zip(*learned, strict=True))
    refit = replace(fitted, task=other, folds=folds, choices=choices)
    return Subject(refit, n_states=subject.n_states)


def _alone(recording: Recording, *, seed: int) -> Recording:
    """Each neuron with phases of its own, what was shown as it was; missing values are filled before."""
    whole = filled(np.array(recording.activity, dtype=np.float32))
    drawn = surrogate(replace(recording, activity=whole), seed=seed, independent=True)
    return replace(drawn, activity=np.asarray(drawn.activity, dtype=np.float32), stimulus=recording.stimulus)
