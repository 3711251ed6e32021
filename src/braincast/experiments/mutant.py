"""What a mutant without dense-core vesicles says about extrasynaptic edges, and how far models of the wild type carry.

unc-31 mutants release no peptides from dense-core vesicles. If peptide edges carry responses, they should mark pairs
that respond in the wild type and not in the mutant ("lost"), more than pairs that do the opposite ("gained"), which
are there by chance and by the mutant's other differences: the control.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float

from braincast.brain.connectome import EdgeKind
from braincast.brain.responses import Responses
from braincast.models.responses.wiring import connectome_of
from braincast.scoring.bootstrap import Resamples, draw_resamples, interval
from braincast.scoring.evidence import Evidence, Units, gather
from braincast.scoring.metrics import METRICS
from braincast.scoring.ranking import Resampled
from braincast.tasks.observed import Observed, observed, responses_of
from braincast.tasks.task import Task

_EDGES: Mapping[str, tuple[EdgeKind, ...]] = {
    "peptidergic": ("peptidergic",),
    "monoaminergic": ("monoaminergic",),
    "synaptic": ("chemical", "electrical"),
}
KINDS = tuple(_EDGES)
CONTRASTS = ("lost", "gained", "lost among responders", "lost - gained")
Pairs = Float[np.ndarray, "case neuron"]


@dataclass(frozen=True)
class EdgeTest:
    """AUROC of an edge kind's weights for a contrast (or a difference of AUROCs), against permuted identities.

    `null` is the 2.5 and 97.5 % quantile over draws; p is (1 + draws at least as large) / (1 + draws). Of `n_pairs` the
    contrast marks `n_marked`, and `n_wired` have an edge. None where nothing is marked, or everything.
    """

    kind: str
    contrast: str
    value: float | None
    ci: tuple[float, float] | None
    null: tuple[float, float] | None
    p: float | None
    n_pairs: int
    n_marked: int
    n_wired: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


class MutantPairs:
    """Pairs measured in both strains, on the cases of a task that asks about one and learns from the other."""

    def __init__(self, task: Task) -> None:
        self.task = task
        cases = task.cases("test")
        self.mutant: Observed = observed(task.specimen, task.card, cases)
        self.wild_type: Observed = observed(task.training_specimen, task.card, cases)
        self.both = np.isfinite(self.mutant.responds) & np.isfinite(self.wild_type.responds)
        self.units = _units(task)
        names = self.units.row_names, self.units.column_names
        self.resamples: Resamples = draw_resamples(task.hash, len(names[0]), len(names[1]), task.card.n_resamples)

    def marks(self, contrast: str) -> Pairs:
        """1 for pairs that a contrast marks, 0 for those it compares them with, NaN for all others."""
        before, after = self.wild_type.responds == 1, self.mutant.responds == 1
        marked = after & ~before if contrast == "gained" else before & ~after
        asked = self.both & before if contrast == "lost among responders" else self.both
        return np.where(asked, marked, np.nan)

    def auroc(self, score: Pairs, truth: Pairs, *, resampled: bool = True) -> Resampled:
        """AUROC of a score on the sample and, unless that is all that is wanted, on every resample."""
        kept = slice(None) if resampled else slice(1)
        evidence = self._evidence(score, truth)
        return METRICS["auroc"].values(evidence, self.resamples.rows[kept], self.resamples.columns[kept])

    def edges(self, kind: str) -> Float[np.ndarray, "pre post"]:
        """Weights of the edges of a kind among the task's neurons; `synaptic` is chemical and electrical together."""
        connectome = connectome_of(self.task.structure)
        total = sum(connectome.adjacency(each).toarray() for each in _EDGES[kind])
        return np.asarray(total, dtype=np.float64)

    def of_cases(self, edges: Float[np.ndarray, "pre post"]) -> Pairs:
        """Edge weights from each case's stimulated neuron."""
        return self.task.cases("test").drive @ edges

    def _evidence(self, score: Pairs, truth: Pairs) -> Evidence:
        return gather(score[:, None], truth[:, None], np.ones((len(score), 1, score.shape[1]), dtype=bool), self.units)


def edge_tests(pairs: MutantPairs, *, n_draws: int = 999, seed: int = 0) -> list[EdgeTest]:
    """Every kind of edge against every contrast; a draw permutes the identities of all neurons, for all kinds alike."""
    tests = []
    marks = {contrast: pairs.marks(contrast) for contrast in CONTRASTS[:3]}
    for kind in KINDS:
        edges = pairs.edges(kind)
        samples = _contrasted(pairs, edges, marks, resampled=True)
        rng = np.random.default_rng(seed)
        draws: list[dict[str, Resampled]] = []
        for _ in range(n_draws):
            order = rng.permutation(len(edges))
            draws.append(_contrasted(pairs, edges[np.ix_(order, order)], marks, resampled=False))
        for contrast, sample in samples.items():
            null = np.array([draw[contrast][0] for draw in draws])
            counted = marks["lost" if contrast == "lost - gained" else contrast]
            n_wired = int((np.isfinite(counted) & (pairs.of_cases(edges) > 0)).sum())
            tests.append(_test(kind, contrast, sample, null, counted, n_wired))
    return tests


def lookups(pairs: MutantPairs) -> dict[str, float]:
    """AUROC on the pairs measured in both strains of what the wild type did there.

    The q-value is shown as a reference only: it knows how often a pair was tried, and models never see it.
    """
    task = pairs.task
    q = _of_pairs(responses_of(task.training_specimen, task.card), "q", task)
    scores = {"-q": -q, "responds": pairs.wild_type.responds, "mean response": pairs.wild_type.mean_response}
    truth = np.where(pairs.both, pairs.mutant.responds, np.nan)
    return {n: float(pairs.auroc(np.nan_to_num(s), truth, resampled=False)[0]) for n, s in scores.items()}


def carried_over(pairs: MutantPairs, forecasts: Mapping[str, xr.DataArray]) -> dict[str, dict[str, Any]]:
    """Each forecast's AUROC for the wild type and for the mutant, on the pairs measured in both, and what is lost.

    The forecasts come from fits that never saw the case's class, so that both strains are unseen.
    """
    found = {}
    for name, forecast in forecasts.items():
        score = forecast.values[:, 0].astype(np.float64)
        strains = (pairs.wild_type.responds, pairs.mutant.responds)
        before, after = (pairs.auroc(score, np.where(pairs.both, responds, np.nan)) for responds in strains)
        samples = {"wild_type": before, "mutant": after, "drop": before - after}
        found[name] = {key: {"value": float(s[0]), "ci": interval(s)} for key, s in samples.items()}
    return found


def _contrasted(
    pairs: MutantPairs, edges: Float[np.ndarray, "pre post"], marks: Mapping[str, Pairs], *, resampled: bool
) -> dict[str, Resampled]:
    score = pairs.of_cases(edges)
    found = {contrast: pairs.auroc(score, marked, resampled=resampled) for contrast, marked in marks.items()}
    return {**found, "lost - gained": found["lost"] - found["gained"]}


def _test(
    kind: str, contrast: str, sample: Resampled, null: Float[np.ndarray, " draw"], marked: Pairs, n_wired: int
) -> EdgeTest:
    counts = int(np.isfinite(marked).sum()), int(np.nansum(marked)), n_wired
    if not (np.isfinite(sample[0]) and np.isfinite(null).all()):
        return EdgeTest(kind, contrast, None, None, None, None, *counts)
    lower, upper = np.quantile(null, [0.025, 0.975])
    p = float((1 + (null >= sample[0]).sum()) / (1 + len(null)))
    return EdgeTest(kind, contrast, float(sample[0]), interval(sample), (float(lower), float(upper)), p, *counts)


def _units(task: Task) -> Units:
    card = task.card
    rows = tuple(dict.fromkeys(case.group for case in card.cases))
    columns = tuple(dict.fromkeys(card.cell_classes))
    return Units(
        row=np.array([rows.index(case.group) for case in card.cases], dtype=np.int64),
        fold=np.array([case.fold for case in card.cases], dtype=np.int64),
        column=np.array([columns.index(name) for name in card.cell_classes], dtype=np.int64),
        row_names=rows,
        column_names=columns,
    )


def _of_pairs(responses: Responses, name: str, task: Task) -> Pairs:
    rows = [responses.neurons.index(stimulated) for (stimulated,) in task.cases("test").stimulated]
    columns = [responses.neurons.index(neuron) for neuron in task.card.neurons]
    return getattr(responses, name)[np.ix_(rows, columns)]
