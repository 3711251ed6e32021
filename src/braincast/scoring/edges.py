"""Answers to whether pairs of neurons are wired, against the wiring: how much likelier wired pairs are said to be.

Every fold has a fit of its own, so that pairs are compared within folds. Intervals are from the two-way bootstrap over
cell classes of pre and post, as pairs that share a neuron are not independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float

from braincast.scoring.bootstrap import Resamples, draw_resamples, interval
from braincast.scoring.evidence import Evidence, Units, gather
from braincast.scoring.ranking import Resampled, auroc_within_fold, average_precision
from braincast.scoring.scores import Interval, defined
from braincast.tasks.edges.question import EdgeQuestion

MEASURES = {"auroc_within_fold": auroc_within_fold, "average_precision": average_precision}


@dataclass(frozen=True)
class EdgeMeasure:
    """One measure; `null_mean` and `null_sd` are of answers with identities permuted, `p` is one-sided."""

    value: float | None
    ci: Interval | None
    null_mean: float | None = None
    null_sd: float | None = None
    p: float | None = None


@dataclass(frozen=True, eq=False)
class EdgeScore:
    """How well an answer ranks wired pairs above others, over the `n` pairs that it has an opinion about.

    `share` of these are wired: the average precision of chance. `samples` are the values behind the intervals.
    """

    n: int
    share: float | None
    measures: dict[str, EdgeMeasure]
    samples: dict[str, Resampled]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        measures = {name: asdict(measure) for name, measure in self.measures.items()}
        return {"n": self.n, "share": self.share, "measures": measures}


def score_edges(
    question: EdgeQuestion,
    truth: Float[np.ndarray, "pre post"],
    effects: xr.DataArray,
    nulls: Sequence[xr.DataArray] = (),
) -> EdgeScore:
    """Score an answer that `check_effects` accepted; `truth` is 1, 0 or NaN where nothing is asked.

    Of a symmetric question the mean of both directions is scored. `nulls` are the same answerer's, from clues of which
    the identities were permuted.
    """
    evidence, resamples = _evidence(question, truth, effects)
    samples = {name: of(evidence, resamples.rows, resamples.columns) for name, of in MEASURES.items()}
    plain = {name: EdgeMeasure(defined(float(own[0])), interval(own)) for name, own in samples.items()}
    drawn = [_values(question, truth, null) for null in nulls]
    measures = {name: _beside(own, [one[name] for one in drawn]) for name, own in plain.items()}
    share = float(evidence.truth.mean()) if len(evidence) else None
    return EdgeScore(len(evidence), share, measures, samples)


def _beside(own: EdgeMeasure, null: Sequence[float]) -> EdgeMeasure:
    if not null or own.value is None:
        return own
    p = (1 + sum(value >= own.value - 1e-12 for value in null)) / (1 + len(null))
    return replace(own, null_mean=float(np.mean(null)), null_sd=float(np.std(null)), p=p)


def _values(question: EdgeQuestion, truth: np.ndarray, effects: xr.DataArray) -> dict[str, float]:
    evidence, resamples = _evidence(question, truth, effects)
    return {name: float(of(evidence, resamples.rows[:1], resamples.columns[:1])[0]) for name, of in MEASURES.items()}


def _evidence(question: EdgeQuestion, truth: np.ndarray, effects: xr.DataArray) -> tuple[Evidence, Resamples]:
    answer = effects.values.astype(np.float64)
    answer = (answer + answer.T) / 2 if question.is_symmetric else answer
    names = tuple(dict.fromkeys(question.cell_classes))
    number = np.array([names.index(name) for name in question.cell_classes], dtype=np.int64)
    units = Units(number, np.zeros_like(number), number, names, names)
    found = gather(answer[:, None], truth[:, None], (answer != 0)[:, None], units)
    resamples = draw_resamples(question.hash, len(names), len(names), question.n_resamples)
    return replace(found, fold=question.fold[found.case, found.neuron]), resamples
