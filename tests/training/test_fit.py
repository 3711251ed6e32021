"""Fitting: inner folds choose, settings may be fixed, every case is answered by a fit that never saw its class."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from made_courses import course_task
from refusals import refused
from sklearn.metrics import log_loss
from synthetic import N_FOLDS, answer, reordered, small_task

from braincast.brain.nulls import no_edges
from braincast.forecasts.check import check_forecast
from braincast.models.interface import ModelCard, Setting
from braincast.models.registry import load_model
from braincast.training.choice import N_INNER_FOLDS, choose_settings
from braincast.training.fit import fit

CLOSED_FORMS = ("constant", "responder-propensity", "direct-weights", "connectome-propagator", "connectome-regression")
BY_GRADIENT = ("gain-propagator", "linear-dynamics", "graph-network")
NAMES = (*CLOSED_FORMS, *BY_GRADIENT)


@pytest.fixture(scope="module")
def task():
    return small_task()


def inner_loss(model, training, prepared, settings) -> float:
    """scikit-learn's log loss over all held-out pairs of the inner folds."""
    truth, probability = [], []
    for train, held in training.inner_folds(N_INNER_FOLDS):
        found = model.fit(train, prepared, settings, seed=0).forecast(held.cases, prepared)[:, 0]
        truth.append(held.responds[held.measured])
        probability.append(found[held.measured])
    return log_loss(np.concatenate(truth), np.concatenate(probability))


@pytest.mark.parametrize("name", ["responder-propensity", "connectome-regression"])
def test_the_chosen_settings_have_the_smallest_loss_on_inner_folds(task, name):
    model = load_model(name)
    fitted, prepared = fit(name, task), model.prepare(task.structure)
    for fold in range(N_FOLDS):
        losses = [inner_loss(model, task.training(fold), prepared, settings) for settings in model.candidates]
        assert fitted.choices[fold].settings == model.candidates[int(np.argmin(losses))]
        assert fitted.choices[fold].loss == pytest.approx(min(losses), rel=1e-9)
    mean = np.mean([choice.loss for choice in fitted.choices])
    assert fitted.validation_loss == pytest.approx(mean)


def test_equal_losses_leave_the_earlier_candidate(task):
    model = load_model("constant")
    choice = choose_settings(model, task.training(0), None, [{"x": 1}, {"x": 2}], seed=0)
    assert choice.settings == {"x": 1}


def test_the_fit_of_a_fold_is_the_model_s_own_fit_with_the_chosen_settings(task):
    model, fitted = load_model("connectome-regression"), fit("connectome-regression", task)
    for fold in (0, 3):
        settings = fitted.choices[fold].settings
        alone = model.fit(task.training(fold), fitted.prepared, settings, seed=0)
        np.testing.assert_array_equal(alone.logistic.coefficients, fitted.folds[fold].logistic.coefficients)
    assert fitted.n_parameters == max(fold.n_parameters for fold in fitted.folds)
    assert fitted.fit_s > 0 and fitted.wiring == "true"


@pytest.mark.parametrize("name", NAMES)
def test_the_forecast_answers_the_task(task, name):
    forecast = fit(name, task, seed=3).forecast(task.cases())
    check_forecast(task.card, forecast)
    assert forecast.dtype == np.float32 and forecast.attrs["units"] == "1"
    expected = {"task": task.name, "task_hash": task.hash, "model": name, "seed": 3, "wiring": "true"}
    assert expected.items() <= forecast.attrs.items()


@dataclass(frozen=True)
class Witness:
    """What a fit saw."""

    groups: tuple[str, ...]
    seed: int
    n_parameters: int = 1

    def forecast(self, cases, prepared):
        assert not set(self.groups) & set(cases.group), "a case is answered by a fit that saw its class"
        return np.full(cases.shape, 0.5)


class Reporter:
    """A user's own model: prepares nothing, remembers which classes it was shown."""

    card = ModelCard("reporter", "Remembers.", ("perturbation",), (), {"x": Setting("Anything")})
    fitted_type = Witness
    candidates = ({"x": 1.0}, {"x": 2.0})

    def prepare(self, structure):
        assert structure.responses is None and not structure.recordings

    def fit(self, training, prepared, settings, *, seed):
        return Witness(tuple(training.cases.group), seed)


def test_a_model_of_the_user_s_own_is_fitted_and_never_asked_about_a_class_it_saw(task):
    fitted = fit(Reporter(), task, seed=8)
    assert (fitted.forecast(task.cases()).values == 0.5).all()
    for fold, witness in enumerate(fitted.folds):
        assert set(witness.groups) == set(task.cases("train", fold=fold).group) and witness.seed == 8


def test_a_part_of_the_cases_gets_the_same_answers_as_all(task):
    fitted = fit("connectome-propagator", task)
    every = fitted.forecast(task.cases())
    for fold in range(N_FOLDS):
        part = fitted.forecast(task.cases("test", fold=fold))
        np.testing.assert_array_equal(part.values, every.sel(case=part["case"]).values)


def test_a_fixed_setting_is_kept_and_the_others_are_still_chosen(task):
    fitted = fit("connectome-regression", task, settings={"penalty": 7})
    assert {choice.settings["penalty"] for choice in fitted.choices} == {7.0}
    assert all(isinstance(choice.settings["reverse"], bool) for choice in fitted.choices)
    both = fit("connectome-propagator", task, settings={"chemical_gain": 0.5, "electrical_gain": 0.25})
    assert {tuple(fold.gains) for fold in both.folds} == {(0.5, 0.25)}


@pytest.mark.parametrize(
    ("model", "settings", "words"),
    [
        ("connectome-regression", {"penalti": 1.0}, ("'penalti'", "penalty, reverse")),
        ("constant", {"anything": 1.0}, ("'anything'", "none")),
        ("connectome-regression", {"penalty": -1.0}, ("setting penalty", "-1.0")),
        ("connectome-regression", {"penalty": "strong"}, ("setting penalty", "'strong'")),
        ("connectome-regression", {"reverse": 1}, ("setting reverse", "true or false")),
        ("connectome-propagator", {"chemical_gain": 1.0}, ("setting chemical_gain", "0 to 0.99")),
    ],
)
def test_an_unknown_or_impossible_setting_is_refused(task, model, settings, words):
    with refused("E305", f"model {model}", *words):
        fit(model, task, settings=settings)


def test_a_model_of_another_kind_of_task_is_refused(task):
    class Forecaster(Reporter):
        card = ModelCard("forecaster", "Steps on.", ("forecast", "rollout"), (), {})

    with refused("E306", "model forecaster", "forecast, rollout", "perturbation"):
        fit(Forecaster(), task)


def test_a_model_that_gives_another_answer_is_refused(task):
    with refused("E306", "model mean-course", "with a course", "asks for a probability"):
        fit("mean-course", task)
    with refused("E306", "model constant", "with a probability", "asks for a course"):
        fit("constant", course_task())


def test_an_unknown_model_is_refused_with_the_nearest_name(task):
    with refused("E303", "did you mean 'direct-weights'"):
        fit("direct-weight", task)


def test_another_structure_takes_the_place_of_the_task_s_own(task):
    bare = replace(task.structure, connectome=no_edges(task.structure.connectome))
    without = fit("direct-weights", task, structure=bare, wiring="none")
    assert without.wiring == "none"
    forecast = without.forecast(task.cases())
    assert forecast.attrs["wiring"] == "none"
    # Without edges, one fit has one answer for all.
    for fold in range(N_FOLDS):
        assert len(np.unique(forecast.values[task.cases().fold == fold])) == 1
    assert (forecast.values != fit("direct-weights", task).forecast(task.cases()).values).any()


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_tables_changes_no_forecast(task, name):
    shuffled = reordered(task, np.random.default_rng(5))
    assert shuffled.card.neurons != task.card.neurons
    expected, found = (fit(name, each).forecast(each.cases()) for each in (task, shuffled))
    found = found.sel(case=expected["case"], neuron=expected["neuron"])
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-6)


def test_two_fits_are_equal_bit_for_bit(task):
    first, second = (fit("connectome-regression", task).forecast(task.cases()) for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)
    assert answer(task, first.values).shape == first.shape
