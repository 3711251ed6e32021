"""Curves of a forecast of probabilities: how well it tells responses apart, and whether its probabilities come true."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.scoring.assessor import Assessor
from braincast.scoring.bootstrap import interval
from braincast.scoring.evidence import Evidence, restrict
from braincast.scoring.scores import Contender, Interval, defined
from braincast.scoring.weighting import weighted_sums

MAX_POINTS = 120
N_BINS = 10
# Metrics of another target have no outcome that a probability could be held against.
_TARGET = "responds"


@dataclass(frozen=True)
class Bin:
    """Pairs of similar probability: the mean forecast, the share that responded (with interval), and how many."""

    predicted: float
    observed: float
    ci: Interval | None
    n: int


@dataclass(frozen=True)
class Curves:
    """Of the first seed: the ROC curve as rising shares of false and of true alarms, and the calibration bins."""

    false_alarms: tuple[float, ...]
    hits: tuple[float, ...]
    calibration: tuple[Bin, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, rounded to what a drawing can show."""
        return {
            "false_alarms": [round(value, 4) for value in self.false_alarms],
            "hits": [round(value, 4) for value in self.hits],
            "calibration": [asdict(found) for found in self.calibration],
        }


def curves(assessor: Assessor, contender: Contender) -> Curves | None:
    """The curves of a contender's first seed; None where the task has no outcome "responds", or only one occurs."""
    use = next((use for use in assessor.task.card.metrics if use.target == _TARGET), None)
    if use is None:
        return None
    evidence = assessor.evidence(contender, use)[0]
    if len(np.unique(evidence.truth)) < 2:
        return None
    false_alarms, hits = thinned(*roc(evidence))
    return Curves(tuple(false_alarms.tolist()), tuple(hits.tolist()), tuple(calibration(assessor, evidence)))


def roc(evidence: Evidence) -> tuple[Float[np.ndarray, " point"], Float[np.ndarray, " point"]]:
    """Shares of false and of true alarms at every threshold, from none to all (Fawcett 2006); both outcomes needed."""
    order = evidence.by_prediction[::-1]
    prediction, truth = evidence.prediction[order], evidence.truth[order]
    last_of_ties = np.r_[np.flatnonzero(np.diff(prediction)), len(truth) - 1]
    hits = np.cumsum(truth)[last_of_ties]
    false_alarms = 1 + last_of_ties - hits
    return np.r_[0.0, false_alarms / false_alarms[-1]], np.r_[0.0, hits / hits[-1]]


def thinned(
    x: Float[np.ndarray, " point"], y: Float[np.ndarray, " point"], n_points: int = MAX_POINTS
) -> tuple[Float[np.ndarray, " kept"], Float[np.ndarray, " kept"]]:
    """At most `n_points` points of a rising curve, both ends among them, evenly spread along its length."""
    if len(x) <= n_points:
        return x, y
    length = x + y  # of a staircase
    wanted = np.linspace(length[0], length[-1], n_points)
    kept = np.unique(np.minimum(np.searchsorted(length, wanted), len(x) - 1))
    return x[kept], y[kept]


def calibration(assessor: Assessor, evidence: Evidence, n_bins: int = N_BINS) -> list[Bin]:
    """Bins of equal counts by rising probability, with two-way bootstrap intervals of the share that responded.

    Equal probabilities share a bin, so that bins may differ in size, and be fewer.
    """
    which = _bin_of(evidence.prediction, n_bins)
    return [_bin(assessor, restrict(evidence, which == index)) for index in np.unique(which)]


def _bin_of(prediction: Float[np.ndarray, " pair"], n_bins: int) -> Int[np.ndarray, " pair"]:
    inner_edges = np.quantile(prediction, np.linspace(0, 1, n_bins + 1))[1:-1]
    return np.searchsorted(inner_edges, prediction)


def _bin(assessor: Assessor, inside: Evidence) -> Bin:
    sums = inside.sums(("truth", "count"))
    rows, columns = assessor.resamples.rows, assessor.resamples.columns
    responded, count = (weighted_sums(sums[name], rows, columns) for name in ("truth", "count"))
    share = np.divide(responded, count, out=np.full(len(count), np.nan), where=count > 0)
    ends = interval(share)
    rounded = None if ends is None else (round(ends[0], 6), round(ends[1], 6))
    value = defined(share[0])
    return Bin(round(float(inside.prediction.mean()), 6), round(value or 0.0, 6), rounded, len(inside))
