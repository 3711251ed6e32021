"""The noise ceiling against its closed form, and the exclusion of impossible trials."""

import numpy as np
import pytest
from scipy import stats
from synthetic import ARTEFACT, LEAD, random_answer, small_task, worm

from braincast.scoring.assessor import Assessor
from braincast.scoring.bootstrap import draw_resamples
from braincast.scoring.ceiling import repeatability
from braincast.scoring.evidence import Units
from braincast.tasks.truth import Truth, open_truth

N_CASES, N_NEURONS, N_TRIALS = 50, 80, 8
SIGNAL_VARIANCE, NOISE_VARIANCE = 1.0, 3.0


def made_truth(trials: np.ndarray) -> Truth:
    """A truth whose pairs have these trials [case, neuron, trial]."""
    shape = (trials.shape[0], 1, trials.shape[1])
    targets = {"responds": np.zeros(shape), "mean_response": trials.mean(axis=2)[:, None, :]}
    return Truth(targets, np.full(shape, trials.shape[2]), lambda case, neuron: trials[case, neuron])


def own_units(n_cases: int, n_neurons: int) -> Units:
    """Every case and every neuron is a unit of its own."""
    names = tuple(map(str, range(n_cases))), tuple(map(str, range(n_neurons)))
    return Units(np.arange(n_cases), np.zeros(n_cases, dtype=np.int64), np.arange(n_neurons), *names)


@pytest.fixture(scope="module")
def noisy() -> np.ndarray:
    rng = np.random.default_rng(4)
    signal = rng.normal(0, SIGNAL_VARIANCE**0.5, (N_CASES, N_NEURONS, 1))
    return signal + rng.normal(0, NOISE_VARIANCE**0.5, (N_CASES, N_NEURONS, N_TRIALS))


@pytest.fixture(scope="module")
def ceiling(noisy):
    resamples = draw_resamples("5" * 15, N_CASES, N_NEURONS, 40)
    return repeatability(made_truth(noisy), own_units(N_CASES, N_NEURONS), resamples, N_TRIALS)


def test_the_split_half_correlation_has_its_closed_form(ceiling):
    half_noise = NOISE_VARIANCE / (N_TRIALS / 2)
    assert ceiling.split_half == pytest.approx(SIGNAL_VARIANCE / (SIGNAL_VARIANCE + half_noise), abs=0.02)
    assert ceiling.n_pairs == N_CASES * N_NEURONS


def test_spearman_brown_gives_the_reliability_of_the_full_mean(ceiling):
    expected = SIGNAL_VARIANCE / (SIGNAL_VARIANCE + NOISE_VARIANCE / N_TRIALS)
    assert ceiling.reliability == pytest.approx(expected, abs=0.02)
    assert ceiling.reliability_ci[0] < ceiling.reliability < ceiling.reliability_ci[1]


def test_the_noise_free_signal_correlates_with_the_measured_mean_as_the_ceiling_says(ceiling, noisy):
    rng = np.random.default_rng(4)
    signal = rng.normal(0, SIGNAL_VARIANCE**0.5, (N_CASES, N_NEURONS, 1))[..., 0]
    reached = stats.pearsonr(signal.ravel(), noisy.mean(axis=2).ravel()).statistic
    assert ceiling.correlation == pytest.approx(reached, abs=0.01)
    assert ceiling.correlation_ci[0] < ceiling.correlation < ceiling.correlation_ci[1]


def test_pairs_with_too_few_trials_are_left_out():
    truth = open_truth(small_task())
    assessor = Assessor(small_task())
    assert assessor.ceiling.n_pairs == (truth.n_trials >= 8).sum()
    assert assessor.ceiling.min_trials == 8


def test_the_ceiling_is_undefined_without_any_pair():
    truth = made_truth(np.ones((3, 4, 2)))
    resamples = draw_resamples("5" * 15, 3, 4, 10)
    found = repeatability(truth, own_units(3, 4), resamples, 5)
    assert (found.n_pairs, found.split_half, found.reliability, found.correlation) == (0, None, None, None)
    assert found.reliability_ci is None and found.correlation_ci is None


def test_halves_that_oppose_each_other_leave_the_reliability_undefined():
    trials = np.array([[[0.0, 0.0], [1.0, -1.0]]])  # the halves of these two pairs correlate with exactly -1
    found = repeatability(made_truth(trials), own_units(1, 2), draw_resamples("5" * 15, 1, 2, 10), 2)
    assert found.split_half == pytest.approx(-1.0, abs=1e-12)
    assert found.reliability is None and found.correlation is None


def test_an_impossible_trial_enters_neither_the_ceiling_nor_the_mean():
    responses = worm().responses
    assert (responses.trial_values == ARTEFACT).sum() == 1
    pair = int(np.searchsorted(responses.trial_offsets, np.flatnonzero(responses.trial_values == ARTEFACT)[0], "right"))
    row, column = divmod(pair - 1, responses.n_neurons)
    stimulated, responding = responses.neurons[row], responses.neurons[column]
    task = small_task()
    truth = open_truth(task)
    case, neuron = task.cases().ids.index(stimulated), task.card.neurons.index(responding)
    trials = responses.trials(stimulated, responding)
    assert ARTEFACT in trials and ARTEFACT not in truth.trials(case, neuron)
    assert len(truth.trials(case, neuron)) == len(trials) - 1
    clean = trials[trials != ARTEFACT].mean()
    assert truth.targets["mean_response"][case, 0, neuron] == pytest.approx(clean, rel=1e-12)


def test_the_ceiling_share_is_the_correlation_over_the_ceiling():
    from braincast.scoring.any_task import score

    task = small_task(n_resamples=10)
    card = score(task, random_answer(task))
    found = card.models["forecast"].metrics["correlation"]
    assert found.ceiling_share == pytest.approx(found.value / card.ceiling.correlation, rel=1e-12)
    assert card.models["forecast"].metrics["auroc"].ceiling_share is None
    assert task.card.leads == (LEAD,)
