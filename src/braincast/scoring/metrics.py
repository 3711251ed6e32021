"""Metrics: functions of added statistics, or of the ranking of all pairs. One metric, one function.

Every metric gives one value for each resample, from counts of row and column units. What cannot be defined is NaN here
and null in JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

import numpy as np
from jaxtyping import Float

from braincast.errors import unknown_name
from braincast.scoring import ranking
from braincast.scoring.courses import course_correlation
from braincast.scoring.encoding import measures as of_cells
from braincast.scoring.encoding.known import Drawn, Known
from braincast.scoring.encoding.measured import Measured
from braincast.scoring.evidence import Evidence
from braincast.scoring.imputation.measures import NeuronSums, neuron_correlation, neuron_r2
from braincast.scoring.ranking import ColumnCounts, Resampled, RowCounts
from braincast.scoring.rollouts import measures
from braincast.scoring.statistics import STATISTICS
from braincast.scoring.weighting import weighted_sums

Sums = Mapping[str, Float[np.ndarray, " resample"]]


@dataclass(frozen=True)
class Metric:
    """A metric: its key, the value of a perfect forecast, and how it is computed.

    `of_sums` metrics name the statistics that they need; `of_ranks` metrics look at all pairs, at their
    ranks or at whole courses; `of_rollouts` metrics compare sums over long paths; `of_neurons` metrics look at every
    neuron by itself; `of_types` metrics hold what cell types answer to stimuli against what is known of them. An `aim`
    is a value to meet, such as a nominal coverage: more of it is not better.
    """

    key: str
    title: str
    perfect: float
    source: str
    statistics: tuple[str, ...] = ()
    of_sums: Callable[[Sums], Resampled] | None = None
    of_ranks: Callable[[Evidence, RowCounts, ColumnCounts], Resampled] | None = None
    aim: bool = False
    of_rollouts: Callable[[measures.Pooled, measures.Pooled], Resampled] | None = None
    of_neurons: Callable[[NeuronSums], np.ndarray] | None = None
    of_types: Callable[[Measured, Known, Drawn], Resampled] | None = None

    @property
    def larger_is_better(self) -> bool:
        return self.perfect > 0 and not self.aim

    @property
    def of_windows(self) -> bool:
        """Whether it needs more than pairs: members, whole frames, neurons, long paths, or answers to stimuli."""
        return bool(self.of_rollouts or self.of_neurons or self.of_types) or not set(self.statistics) <= set(STATISTICS)

    def values(self, evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
        """The metric under each resample; NaN without any pair."""
        if len(evidence) == 0:
            return np.full(len(rows), np.nan)
        if self.of_ranks is not None:
            return self.of_ranks(evidence, rows, columns)
        totals = {name: weighted_sums(total, rows, columns) for name, total in evidence.sums(self.statistics).items()}
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.of_sums(totals)  # pyright: ignore[reportOptionalCall]

    def skill(self, value: float, baseline: float) -> float:
        """Share of the way from the baseline to a perfect forecast; negative when worse (Murphy 1988)."""
        if baseline == self.perfect:
            return np.nan
        if self.aim:
            return 1 - abs(value - self.perfect) / abs(baseline - self.perfect)
        return (value - baseline) / (self.perfect - baseline) + 0.0  # never -0


def mean_absolute_error(sums: Sums) -> Resampled:
    """MAE, in the target's unit."""
    return sums["absolute_error"] / sums["count"]


def mean_squared_error(sums: Sums) -> Resampled:
    """MSE, in the target's unit squared; of probabilities it is the Brier score (Brier 1950)."""
    return sums["squared_error"] / sums["count"]


def log_loss(sums: Sums) -> Resampled:
    """Mean negative log likelihood of the outcomes, in nats (Good 1952); infinite if one was given probability 0."""
    return sums["log_score"] / sums["count"]


def coefficient_of_determination(sums: Sums) -> Resampled:
    """R²: 1 - squared error / variance of the truth around its own mean; NaN for a constant truth."""
    spread = sums["truth_squared"] - sums["truth"] ** 2 / sums["count"]
    return np.where(spread > 0, 1 - sums["squared_error"] / spread, np.nan)


def pearson_correlation(sums: Sums) -> Resampled:
    """Pearson's r; NaN when either side is constant."""
    count = sums["count"]
    covariance = sums["product"] - sums["prediction"] * sums["truth"] / count
    spread_prediction = _spread(sums["prediction_squared"], sums["prediction"], count)
    spread_truth = _spread(sums["truth_squared"], sums["truth"], count)
    spread = np.sqrt(spread_prediction * spread_truth)
    return np.where(spread > 0, covariance / spread, np.nan)


def continuous_ranked_probability_score(sums: Sums) -> Resampled:
    """CRPS of the members' step function, in the target's unit; without members it is the absolute error."""
    return sums["crps"] / sums["count"]


def central_coverage(sums: Sums) -> Resampled:
    """Share of truths inside the central 80 % interval between Hazen quantiles of the members.

    Between ten exact quantiles of a normal distribution, straight lines make it 0.82.
    """
    return sums["inside"] / sums["count"]


def spread_over_error(sums: Sums) -> Resampled:
    """Root mean variance of the members over the RMSE of their mean: 1 for an honest spread, less for one too sure.

    Members are quantiles, not draws, so the factor (M + 1) / M of Fortin et al. 2014 does not apply.
    """
    return np.sqrt(sums["variance"] / sums["squared_error"])


def active_fraction_error(sums: Sums) -> Resampled:
    """Mean over frames of |share of neurons predicted active - share that was|; active is above mean + 1 sd."""
    return sums["active_share_error"] / sums["frames"]


def period_error(sums: Sums) -> Resampled:
    """Mean of |period / true period - 1| over windows, 1 at the most; 1 for a forecast without a rhythm."""
    return sums["period_error"] / sums["periods"]


def phase_error(sums: Sums) -> Resampled:
    """Mean over windows of how far bursts begin and end from where they should in the cycle, in cycles.

    Around the circle, so that 0.5 is the most, which is also the error of a burst that is not there.
    """
    return sums["phase_error"] / sums["phases"]


_MOMENTS = ("count", "prediction", "truth", "prediction_squared", "truth_squared", "product")
_VISION = "Lappalainen et al. 2024"
_VARIANCE = ("count", "squared_error", "truth", "truth_squared")

_BUILT_IN = (
    Metric("auroc", "pooled AUROC", 1.0, "Hanley & McNeil 1982", of_ranks=ranking.auroc),
    Metric("auroc_within_fold", "AUROC within folds", 1.0, "Forman & Scholz 2010", of_ranks=ranking.auroc_within_fold),
    Metric(
        "auroc_per_stimulus", "mean AUROC per stimulus", 1.0, "Hanley & McNeil 1982", of_ranks=ranking.auroc_per_case
    ),
    Metric("average_precision", "Average precision", 1.0, "Manning et al. 2008", of_ranks=ranking.average_precision),
    Metric("brier", "Brier score", 0.0, "Brier 1950", ("count", "squared_error"), mean_squared_error),
    Metric("log_loss", "Log loss (nats)", 0.0, "Good 1952", ("count", "log_score"), log_loss),
    Metric("correlation", "Pearson correlation", 1.0, "Pearson 1895", _MOMENTS, pearson_correlation),
    Metric("rank_correlation", "Spearman correlation", 1.0, "Spearman 1904", of_ranks=ranking.rank_correlation),
    Metric("mae", "Mean absolute error", 0.0, "", ("count", "absolute_error"), mean_absolute_error),
    Metric("mse", "Mean squared error", 0.0, "", ("count", "squared_error"), mean_squared_error),
    Metric("r2", "R²", 1.0, "", _VARIANCE, coefficient_of_determination),
    Metric("crps", "CRPS", 0.0, "Hersbach 2000", ("count", "crps"), continuous_ranked_probability_score),
    Metric("coverage", "Coverage of 80 % intervals", 0.8, "", ("count", "inside"), central_coverage, aim=True),
    Metric(
        "spread_skill",
        "Spread / error",
        1.0,
        "Fortin et al. 2014",
        ("variance", "squared_error"),
        spread_over_error,
        aim=True,
    ),
    Metric(
        "active_fraction_error",
        "Error of the active share",
        0.0,
        "",
        ("active_share_error", "frames"),
        active_fraction_error,
    ),
    Metric(
        "spectral_hellinger",
        "Distance of power spectra",
        0.0,
        "Mikhaeil et al. 2022",
        of_rollouts=measures.spectral_hellinger,
    ),
    Metric(
        "invariant_kl",
        "Divergence of the invariant measure (nats)",
        0.0,
        "Koppe et al. 2019",
        of_rollouts=measures.invariant_kl,
    ),
    Metric(
        "autocorrelation_error",
        "Error of autocorrelations",
        0.0,
        "",
        of_rollouts=measures.autocorrelation_error,
    ),
    Metric(
        "autocorrelation_time_error",
        "Error of autocorrelation times (log ratio)",
        0.0,
        "",
        of_rollouts=measures.autocorrelation_time_error,
    ),
    Metric("covariance_error", "Distance of covariance spectra", 0.0, "", of_rollouts=measures.covariance_error),
    Metric(
        "lyapunov_error",
        "Error of the largest Lyapunov exponent",
        0.0,
        "Rosenstein et al. 1993",
        of_rollouts=measures.lyapunov_error,
    ),
    Metric("drift", "Drift of the mean", 0.0, "", of_rollouts=measures.drift),
    Metric("variance_drift", "Drift of the variance (log ratio)", 0.0, "", of_rollouts=measures.variance_drift),
    Metric("blown_up", "Share of paths that blew up", 0.0, "", of_rollouts=measures.blown_up),
    Metric("stable_share", "Share of the horizon before a blow-up", 1.0, "", of_rollouts=measures.stable_share),
    Metric("neuron_r2", "mean R² of neurons", 1.0, "", ("truth_squared", "squared_error"), of_neurons=neuron_r2),
    Metric(
        "neuron_correlation",
        "mean correlation of neurons",
        1.0,
        "Pearson 1895",
        _MOMENTS,
        of_neurons=neuron_correlation,
    ),
    Metric("period_error", "Error of the period (share)", 0.0, "", ("period_error", "periods"), period_error),
    Metric("phase_error", "Error of phases (cycles)", 0.0, "", ("phase_error", "phases"), phase_error),
    Metric("course_correlation", "mean correlation of courses", 1.0, "Pearson 1895", of_ranks=course_correlation),
    Metric(
        "direction_selectivity",
        "Direction selectivity (T4 and T5 over others)",
        1.0,
        _VISION,
        of_types=of_cells.direction_selectivity,
    ),
    Metric(
        "selectivity_auroc",
        "AUROC of direction selectivity",
        1.0,
        "Hanley & McNeil 1982",
        of_types=of_cells.selectivity_auroc,
    ),
    Metric(
        "selectivity_above_rest",
        "Direction selectivity above rest",
        1.0,
        _VISION,
        of_types=of_cells.selectivity_above_rest,
    ),
    Metric("dsi_t4", "mean DSI of T4", 1.0, _VISION, of_types=of_cells.dsi_t4),
    Metric("dsi_t5", "mean DSI of T5", 1.0, _VISION, of_types=of_cells.dsi_t5),
    Metric(
        "preferred_direction_error_deg",
        "Error of preferred directions (degrees)",
        0.0,
        "Maisak et al. 2013",
        of_types=of_cells.preferred_direction_error_deg,
    ),
    Metric(
        "tuning_correlation",
        "Correlation with published tuning",
        1.0,
        "Maisak et al. 2013",
        of_types=of_cells.tuning_correlation,
    ),
    Metric(
        "speed_tuning_error",
        "Error of the best frequency (octaves)",
        0.0,
        "Maisak et al. 2013",
        of_types=of_cells.speed_tuning_error,
    ),
    Metric("polarity", "Polarity", 1.0, _VISION, of_types=of_cells.polarity),
    Metric(
        "polarity_beyond_receptors",
        "Polarity beyond photoreceptors",
        1.0,
        _VISION,
        of_types=of_cells.polarity_beyond_receptors,
    ),
    Metric(
        "polarity_correlation",
        "Correlation of flash responses with polarity",
        1.0,
        _VISION,
        of_types=of_cells.polarity_correlation,
    ),
    Metric(
        "task_error", "Error of the flow (columns per second)", 0.0, "Barron et al. 1994", of_types=of_cells.task_error
    ),
)
METRICS: Mapping[str, Metric] = {metric.key: metric for metric in _BUILT_IN}


def metric_names() -> list[str]:
    """Keys of all metrics known here."""
    return sorted({*METRICS, *(entry.name for entry in entry_points(group="braincast.metrics"))})


def load_metric(key: str) -> Metric:
    """A metric by key; an unknown one is E304."""
    if key in METRICS:
        return METRICS[key]
    for entry in entry_points(group="braincast.metrics", name=key):
        return entry.load()
    raise unknown_name("E304", "metric", key, metric_names())


def _spread(squares: Resampled, total: Resampled, count: Resampled) -> Resampled:
    """Sum of squares around the mean; rounding noise below 1e-12 of the squares counts as none."""
    spread = squares - total**2 / count
    return np.where(spread > 1e-12 * np.maximum(squares, 1e-300), spread, 0.0)
