"""Every metric against scikit-learn or scipy, on the sample and on literally replicated resamples, with ties."""

import numpy as np
import pytest
from evidences import random_counts, random_evidence, replicated
from scipy import stats
from sklearn import metrics as sklearn

from braincast.errors import BraincastError
from braincast.scoring import metrics as metrics_module
from braincast.scoring.evidence import Evidence, restrict
from braincast.scoring.metrics import METRICS, Metric, load_metric, metric_names

ON_OUTCOMES = {
    "auroc": sklearn.roc_auc_score,
    "average_precision": sklearn.average_precision_score,
    "brier": sklearn.brier_score_loss,
    "log_loss": sklearn.log_loss,
    "mae": sklearn.mean_absolute_error,
    "mse": sklearn.mean_squared_error,
    "r2": sklearn.r2_score,
    "correlation": lambda truth, prediction: stats.pearsonr(truth, prediction).statistic,
    "rank_correlation": lambda truth, prediction: stats.spearmanr(truth, prediction).statistic,
}
ON_VALUES = ("mae", "mse", "r2", "correlation", "rank_correlation")
RANKED = ("auroc", "auroc_within_fold", "auroc_per_stimulus", "average_precision")
ONE = np.ones((1, 1), dtype=np.int64)
# The others are of members or of whole frames: tests/scoring/forecasting.
OF_PAIRS = [key for key, metric in METRICS.items() if not metric.of_windows]


def evidence_of(prediction, truth) -> Evidence:
    """One case, one resampling unit."""
    pairs = np.zeros(len(truth), dtype=np.int64)
    first = np.array([0, len(truth)])
    both = (np.asarray(prediction, dtype=float), np.asarray(truth, dtype=float))
    return Evidence(*both, pairs, pairs, pairs, pairs, pairs, pairs, first, n_rows=1, n_columns=1)


def value(key: str, prediction, truth) -> float:
    """A metric on plain arrays."""
    return float(METRICS[key].values(evidence_of(prediction, truth), ONE, ONE)[0])


@pytest.mark.parametrize("key", ON_OUTCOMES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_metric_of_outcomes_equals_its_referee_on_every_resample(key, seed):
    evidence = random_evidence(seed)
    assert len(np.unique(evidence.prediction)) < 12, "there are ties"
    rows, columns = random_counts(evidence, 20, seed)
    found = METRICS[key].values(evidence, rows, columns)
    for sample in range(len(rows)):
        truth, prediction, _ = replicated(evidence, rows[sample], columns[sample])
        assert found[sample] == pytest.approx(ON_OUTCOMES[key](truth, prediction), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("key", ON_VALUES)
def test_each_metric_of_values_equals_its_referee_on_every_resample(key):
    evidence = random_evidence(4, binary=False)
    rows, columns = random_counts(evidence, 20, 4)
    found = METRICS[key].values(evidence, rows, columns)
    for sample in range(len(rows)):
        truth, prediction, _ = replicated(evidence, rows[sample], columns[sample])
        assert found[sample] == pytest.approx(ON_OUTCOMES[key](truth, prediction), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("key", [*ON_OUTCOMES, "auroc_within_fold", "auroc_per_stimulus"])
def test_how_many_resamples_there_are_changes_no_bit_of_any(key):
    evidence = random_evidence(5)
    rows, columns = random_counts(evidence, 40, 5)
    many = METRICS[key].values(evidence, rows, columns)
    for n_resamples in (0, 1, 20):
        few = METRICS[key].values(evidence, rows[: 1 + n_resamples], columns[: 1 + n_resamples])
        np.testing.assert_array_equal(few, many[: 1 + n_resamples])


@pytest.mark.parametrize("key", RANKED)
def test_a_perfect_ranking_scores_one(key):
    truth = np.array([0, 0, 1, 0, 1, 1, 0.0])
    assert value(key, 0.2 + 0.6 * truth, truth) == 1.0


@pytest.mark.parametrize("key", ["brier", "log_loss", "mae", "mse"])
def test_a_perfect_forecast_has_no_error(key):
    truth = np.array([0, 0, 1, 0, 1, 1, 0.0])
    assert value(key, truth, truth) == METRICS[key].perfect == 0.0


@pytest.mark.parametrize("key", ["r2", "correlation", "rank_correlation"])
def test_a_perfect_forecast_explains_everything(key):
    truth = np.array([0.3, -1.0, 2.0, 0.3, 5.5])
    assert value(key, truth, truth) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("key", RANKED[:3])
def test_a_constant_forecast_has_auroc_one_half(key):
    assert value(key, np.full(6, 0.7), np.array([0, 1, 0, 0, 1, 0.0])) == 0.5


def test_the_average_precision_of_a_constant_forecast_is_the_base_rate():
    assert value("average_precision", np.full(6, 0.7), np.array([0, 1, 0, 0, 1, 0.0])) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("key", "prediction", "truth"),
    [
        *((key, [0.1, 0.4, 0.2], [0, 0, 0]) for key in RANKED),
        *((key, [0.1, 0.4, 0.2], [1, 1, 1]) for key in RANKED[:3]),
        ("r2", [0.1, 0.4, 0.2], [0.5, 0.5, 0.5]),
        *((key, [0.1, 0.1, 0.1], [0.2, 0.5, 0.6]) for key in ("correlation", "rank_correlation")),
        *((key, [0.1, 0.4, 0.2], [0.1, 0.1, 0.1]) for key in ("correlation", "rank_correlation")),
        *((key, [], []) for key in OF_PAIRS),
    ],
)
def test_what_cannot_be_defined_is_nan(key, prediction, truth):
    assert np.isnan(value(key, prediction, truth))


@pytest.mark.parametrize("key", OF_PAIRS)
def test_a_resample_that_draws_no_pair_is_nan(key):
    evidence = random_evidence(6)
    nothing = np.zeros((1, evidence.n_rows), dtype=np.int64), np.zeros((1, evidence.n_columns), dtype=np.int64)
    assert np.isnan(METRICS[key].values(evidence, *nothing)).all()


def test_a_probability_of_zero_for_what_happened_costs_infinitely_much():
    assert value("log_loss", [0.0, 0.5], [1, 0]) == np.inf
    assert value("log_loss", [1.0, 0.5], [1, 0]) == pytest.approx(-np.log(0.5) / 2)


def test_an_infinite_loss_counts_only_in_resamples_that_draw_it():
    pairs = np.array([0, 1])
    evidence = Evidence(
        np.array([0.0, 0.5]), np.ones(2), pairs, pairs, pairs, pairs, pairs, pairs * 0, np.array([0, 1, 2]), 2, 1
    )
    rows, columns = np.array([[1, 1], [2, 0], [0, 2]]), np.ones((3, 1), dtype=np.int64)
    found = METRICS["log_loss"].values(evidence, rows, columns)
    np.testing.assert_allclose(found, [np.inf, np.inf, np.log(2)])


def test_skill_is_the_share_of_the_way_from_the_baseline_to_a_perfect_forecast():
    assert METRICS["auroc"].skill(0.75, 0.5) == 0.5
    assert METRICS["brier"].skill(0.05, 0.2) == pytest.approx(0.75)
    assert METRICS["brier"].skill(0.3, 0.2) == pytest.approx(-0.5)
    assert np.isnan(METRICS["mae"].skill(0.0, 0.0))


def test_the_skill_of_a_value_to_meet_counts_misses_on_both_sides():
    assert METRICS["coverage"].skill(0.9, 0.6) == pytest.approx(0.5) == METRICS["coverage"].skill(0.7, 0.6)
    assert METRICS["spread_skill"].skill(1.4, 0.8) == pytest.approx(-1.0)


def test_larger_is_better_exactly_where_one_is_perfect():
    assert not METRICS["coverage"].larger_is_better and not METRICS["spread_skill"].larger_is_better
    better = {key for key, metric in METRICS.items() if metric.larger_is_better}
    of_neurons = {"neuron_r2", "neuron_correlation"}
    of_cells = {key for key, metric in METRICS.items() if metric.of_types} - {
        "preferred_direction_error_deg",
        "speed_tuning_error",
        "task_error",
    }
    others = {"correlation", "rank_correlation", "r2", "course_correlation", "stable_share"}
    assert better == {*RANKED, *others, *of_neurons, *of_cells}


def test_restricted_evidence_scores_as_the_pairs_that_were_kept():
    evidence = random_evidence(7)
    keep = np.random.default_rng(7).random(len(evidence)) < 0.5
    some = restrict(evidence, keep)
    rows, columns = random_counts(evidence, 0, 7)
    assert len(some) == keep.sum()
    for key, referee in ON_OUTCOMES.items():
        expected = referee(evidence.truth[keep], evidence.prediction[keep])
        assert METRICS[key].values(some, rows, columns)[0] == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_an_unknown_metric_is_refused_with_the_nearest_name():
    with pytest.raises(BraincastError, match="did you mean 'auroc'") as caught:
        load_metric("auroq")
    assert caught.value.code == "E304"


def test_a_metric_of_another_package_is_found_by_its_entry_point(monkeypatch):
    ours = Metric("mine", "Mine", 0.0, "", ("count",), lambda sums: sums["count"])

    class Entry:
        name = "mine"

        def load(self):
            return ours

    def entry_points(*, group, name="mine"):
        return [Entry()] if (group, name) == ("braincast.metrics", "mine") else []

    monkeypatch.setattr(metrics_module, "entry_points", entry_points)
    assert load_metric("mine") is ours
    assert metric_names() == sorted([*METRICS, "mine"])
