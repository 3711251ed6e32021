"""Functional connectivity of models that run on by themselves, on brains whose truth is known."""

import numpy as np
import pytest
from made_recordings import made_task
from made_rollouts import rollout_task
from refusals import refused

from braincast.experiments.functional import FunctionalConnectivity, correlations, likeness, mean_interval
from braincast.training.fit import fit


def test_correlations_are_those_of_numpy_over_all_frames():
    paths = np.random.default_rng(0).normal(size=(3, 50, 4)).cumsum(axis=1)
    np.testing.assert_allclose(correlations(paths), np.corrcoef(paths.reshape(-1, 4).T), atol=1e-12)


def test_a_neuron_that_does_not_move_is_correlated_with_none():
    paths = np.random.default_rng(0).normal(size=(2, 50, 3))
    paths[..., 1] = 2.0
    found = correlations(paths)
    assert (found[1] == 0).all() and found[0, 2] != 0


def test_likeness_is_pearson_s_over_different_pairs_and_nothing_where_all_pairs_are_alike():
    rng = np.random.default_rng(1)
    a, b = (np.corrcoef(rng.normal(size=(6, 30))) for _ in range(2))
    pairs = np.triu_indices(6, 1)
    assert likeness(a, b) == pytest.approx(np.corrcoef(a[pairs], b[pairs])[0, 1])
    assert likeness(a, a) == pytest.approx(1.0) and likeness(a, np.eye(6)) == 0.0


def test_an_interval_over_animals_is_student_s():
    values = np.array([0.1, 0.2, 0.4])
    half = 4.302653 * values.std(ddof=1) / np.sqrt(3)
    assert mean_interval(values) == pytest.approx((values.mean() - half, values.mean() + half), rel=1e-5)
    assert mean_interval(values[:1]) is None


@pytest.fixture(scope="module")
def question() -> FunctionalConnectivity:
    return FunctionalConnectivity(rollout_task(n_animals=2))


def test_what_a_model_of_single_neurons_has_in_common_is_nothing_and_a_model_of_all_has_the_brain_s(question):
    alone, together = (question.of_model(fit(name, question.task)) for name in ("ar", "var"))
    # The brain's: neurons 0 and 2 by a shared drive, 0 and 1 by rotation; six pairs in all.
    assert together.value > 0.9 and abs(alone.value) < together.value - 0.3
    assert len(together.each) == 2 and together.ci[0] < together.value < together.ci[1]


def test_the_same_animal_earlier_is_like_itself(question):
    found = question.references()
    assert found["the same animal, earlier"].value > 0.95
    assert set(found) == {"the same animal, earlier", "the other animals, earlier"}


def test_only_rollout_tasks_have_paths():
    with refused("E306", "rollouts"):
        FunctionalConnectivity(made_task())
