"""Imputers against scikit-learn and by hand, and none of them looks at what is hidden."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from made_imputations import NAMES, SIGNAL, imputation_task
from refusals import refused
from sklearn import decomposition, linear_model

from braincast.brain.brains import Brains
from braincast.brain.specimen_nulls import with_wiring
from braincast.experiments.leakage.audit import audit
from braincast.models.forecasters.forecaster import Forecaster
from braincast.models.imputers.covariance import covariances
from braincast.models.imputers.factor_model import fitted_factors, log_likelihood
from braincast.models.imputers.imputer import groups_of, imputer_card
from braincast.models.registry import load_model, model_names
from braincast.training.fit import fit

IMPUTERS = tuple(name for name in model_names() if "imputation" in load_model(name).card.kinds)


@pytest.fixture(scope="module")
def task():
    return imputation_task()


def frames_of(task):
    """All training frames, and what is hidden with which neuron."""
    training = task.training(0)
    return np.concatenate([s.activity for s in training.series]).astype(float), training.groups


def few(name):
    """One candidate of those that have many, and few factors, are soon fitted."""
    light = {"factor-analysis": {"factors": 2, "scope": "pooled"}, "ridge-rest": {"penalty": 1.0, "scope": "pooled"}}
    return {**light, "neighbours": {"penalty": 1e-3, "power": 1.0, "scope": "pooled"}}.get(name)


def fitted(name, task, **settings):
    return fit(name, task, settings=settings)


def test_the_line_up_and_the_floors_can_answer(task):
    assert {*task.card.lineup, *task.card.baselines} == set(IMPUTERS)


def test_factor_analysis_is_as_likely_as_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    loadings, noise = rng.normal(size=(12, 3)), rng.uniform(0.3, 1.5, 12)
    frames = rng.normal(size=(2000, 3)) @ loadings.T + np.sqrt(noise) * rng.normal(size=(2000, 12))
    theirs = decomposition.FactorAnalysis(3, tol=1e-10, max_iter=20_000, svd_method="lapack").fit(frames)
    covariance = np.cov(frames.T, bias=True)
    ours = fitted_factors(covariance, 3, tolerance=1e-12, most=20_000)
    assert log_likelihood(covariance, ours) == pytest.approx(theirs.score(frames), abs=1e-6)
    np.testing.assert_allclose(ours.covariance, theirs.get_covariance(), atol=2e-3)
    seen, hidden = np.arange(3, 12), np.arange(3)
    whole = theirs.get_covariance()
    expected = np.linalg.solve(whole[np.ix_(seen, seen)], whole[np.ix_(seen, hidden)])
    np.testing.assert_allclose(ours.conditional_weights(seen, hidden), expected, atol=2e-3)


def test_ridge_on_the_rest_is_that_of_scikit_learn(task):
    frames, groups = frames_of(task)
    found = fitted("ridge-rest", task, penalty=0.3, scope="pooled").folds[0]
    for group in range(3):
        hidden = groups == group
        theirs = linear_model.Ridge(alpha=0.3 * len(frames)).fit(frames[:, ~hidden], frames[:, hidden])
        np.testing.assert_allclose(found.weights[0][~hidden][:, hidden], np.atleast_2d(theirs.coef_).T, atol=1e-5)


def test_the_best_correlated_neuron_is_visible_and_weighed_by_its_regression(task):
    frames, groups = frames_of(task)
    weights = fitted("best-correlated", task, scope="pooled").folds[0].weights[0]
    correlation = np.abs(np.corrcoef(frames.T))
    for neuron in range(len(NAMES)):
        allowed = np.where(groups != groups[neuron], correlation[:, neuron], -1)
        (used,) = np.flatnonzero(weights[:, neuron])
        assert used == allowed.argmax()
        assert weights[used, neuron] == pytest.approx(np.polyfit(frames[:, used], frames[:, neuron], 1)[0], abs=1e-6)


def test_the_class_mean_asks_visible_neurons_of_the_same_kind_else_all(task):
    training = replace(task.training(0), groups=np.array([0, 0, 1, 1, 2, 2, 0, 0, 1, 2]))
    worms = ("RMDL", "RMDR", "RMDDL", "RMDDR", "SMDVL", "SMDVR", "AVAL", "AVAR", "AVE", "RIH")
    model = load_model("class-mean")
    weights = model.fit(training, model.prepare(Brains(worms, list)), {}, seed=0).weights[0]
    assert set(np.flatnonzero(weights[:, 0])) == {2, 3} and weights[2, 0] == 0.5
    assert set(np.flatnonzero(weights[:, 6])) == {2, 3, 4, 5, 8, 9}


def test_neighbours_find_their_signal_and_another_wiring_does_not(task):
    true = fitted("neighbours", task)
    other = fit("neighbours", task, structure=with_wiring(task.structure, "identity-permuted", 0), wiring="null")
    assert true.validation_loss < 0.8 * other.validation_loss
    sources = true.folds[0].weights[0][:, 0]
    assert sources[(SIGNAL == 0) & (sources != 0)].min() > 0 and not sources[SIGNAL == 1].any()


def test_neighbours_answer_for_neurons_whose_training_activity_they_never_saw(task):
    training, model = task.training(0), load_model("neighbours")
    hidden = training.groups == 1
    rng = np.random.default_rng(0)
    changed = [
        replace(s, activity=np.where(hidden, rng.normal(size=s.activity.shape), s.activity).astype(np.float32))
        for s in training.series
    ]
    other, prepared = replace(training, stand_in=tuple(changed)), model.prepare(task.structure)
    before, after = (model.fit(one, prepared, model.candidates[0], seed=0).weights[0] for one in (training, other))
    np.testing.assert_array_equal(before[:, hidden], after[:, hidden])
    assert not np.array_equal(before[:, ~hidden], after[:, ~hidden])


def test_wiring_without_edges_says_nothing(task):
    bare = fit("neighbours", task, structure=with_wiring(task.structure, "no-edges", 0), wiring="no-edges")
    assert not bare.folds[0].weights.any() and bare.n_parameters == 0


@pytest.mark.parametrize("name", IMPUTERS)
def test_animals_never_seen_are_answered(name):
    task = imputation_task(n_animals=3, held_out_animals=True, n_frames=400)
    answer = fit(name, task, settings=few(name)).forecast(task.cases())
    hidden = np.repeat(task.cases().hidden[:, None], 8, axis=1)
    assert np.isfinite(answer.values).all()
    if name != "mean":  # which knows no windows
        np.testing.assert_array_equal(answer.values[~hidden], task.cases().visible()[~hidden])


@dataclass(frozen=True)
class _Peeking:
    """Answers with what other cases of the same window show."""

    n_parameters: int = 0

    def forecast(self, windows, prepared):
        seen = np.nan_to_num(windows.visible())
        whole = {start: seen[windows.start == start].max(axis=0) for start in np.unique(windows.start)}
        return np.stack([whole[start] for start in windows.start])


class Peeking(Forecaster):
    card = imputer_card("peeking", "Looks at other cases.")
    fitted_type = _Peeking

    def fit(self, training, prepared, settings, *, seed):
        return _Peeking()


class Surrounded(Peeking):
    """Asks its private reader for the frame before the window."""

    def fit(self, training, prepared, settings, *, seed):
        return _Before()


@dataclass(frozen=True)
class _Before:
    n_parameters: int = 0

    def forecast(self, windows, prepared):
        before = np.stack([windows._past[0].frames(int(s) - 1, int(s)) for s in windows.start])
        return np.repeat(before, windows.horizon, axis=1)


@pytest.mark.parametrize("name", IMPUTERS)
def test_no_imputer_looks_at_what_is_hidden(name):
    assert audit(name, imputation_task(n_frames=400), settings=few(name)).passed


@pytest.mark.parametrize("model", [Peeking(), Surrounded()])
def test_the_audit_finds_imputers_that_look_at_what_is_hidden(model):
    assert audit(model, imputation_task(n_frames=400)).moved


def test_a_task_that_hides_nothing_is_refused(task):
    with refused("E306", "imputer"):
        groups_of(replace(task.training(0), groups=None))
    assert covariances(task.training(0))[0].n_frames == task.training(0).series[0].n_frames
