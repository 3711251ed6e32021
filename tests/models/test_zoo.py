"""The zoo: every model keeps the interface, describes itself, and is found by name."""

import numpy as np
import pytest
from refusals import refused
from synthetic import small_task
from zoo import CLOSED_FORMS

from braincast.models import registry
from braincast.models.interface import Fitted, Model, Setting
from braincast.models.registry import load_model, model_names

NAMES = (*CLOSED_FORMS, "boosted-features", "gain-propagator", "linear-dynamics", "graph-network")


def test_the_built_in_models_are_listed():
    assert set(NAMES) <= set(model_names())


@pytest.mark.parametrize("name", NAMES)
def test_each_model_keeps_the_interface_and_describes_itself(name):
    model = load_model(name)
    assert isinstance(model, Model)
    assert model.card.name == name and model.card.summary.endswith(".") and model.card.kinds == ("perturbation",)
    without = ("constant", "responder-propensity", "distance", "response-regression")
    assert model.card.uses_connectome == (name not in without)
    for settings in model.candidates:
        assert set(settings) == set(model.card.settings)
        for key, value in settings.items():
            assert model.card.settings[key].checked(value, key) == value


@pytest.mark.parametrize("name", NAMES)
def test_each_fit_answers_every_pair_with_a_probability(name):
    task, model = small_task(), load_model(name)
    prepared = model.prepare(task.structure)
    fitted = model.fit(task.training(0), prepared, model.candidates[0], seed=0)
    assert isinstance(fitted, Fitted) and isinstance(fitted, model.fitted_type) and fitted.n_parameters > 0
    answer = fitted.forecast(task.cases("test", fold=0), prepared)
    assert answer.shape == task.cases("test", fold=0).shape
    assert ((answer > 0) & (answer < 1)).all()


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_a_seed_changes_nothing_in_a_closed_form(name):
    task, model = small_task(), load_model(name)
    assert not model.card.stochastic
    prepared = model.prepare(task.structure)
    answers = [
        model.fit(task.training(0), prepared, model.candidates[-1], seed=seed).forecast(task.cases(), prepared)
        for seed in (0, 12345)
    ]
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize("name", NAMES)
def test_fitting_and_forecasting_leave_training_and_structure_as_they_were(name):
    task, model = small_task(), load_model(name)
    training, prepared = task.training(0), model.prepare(task.structure)
    before = training.responds.copy(), task.structure.connectome.adjacency().toarray()
    fitted = model.fit(training, prepared, model.candidates[0], seed=0)
    first = fitted.forecast(task.cases(), prepared)
    first_copy = first.copy()
    first[:] = -1.0
    np.testing.assert_array_equal(fitted.forecast(task.cases(), prepared), first_copy)
    np.testing.assert_array_equal(training.responds, before[0])
    np.testing.assert_array_equal(task.structure.connectome.adjacency().toarray(), before[1])


def test_an_unknown_model_is_refused_with_the_nearest_name():
    with refused("E303", "did you mean 'connectome-regression'"):
        load_model("conectome-regression")


def test_a_model_of_another_package_is_found_by_its_entry_point(monkeypatch):
    class Ours:
        card = load_model("constant").card

    class Entry:
        name = "ours"

        def load(self):
            return Ours

    def entry_points(*, group, name="ours"):
        return [Entry()] if (group, name) == ("braincast.models", "ours") else []

    monkeypatch.setattr(registry, "entry_points", entry_points)
    assert isinstance(load_model("ours"), Ours) and "ours" in model_names()


NUMBER = Setting("Strength of something", lower=0.5, upper=2.0)
SWITCH = Setting("Whether something", kind=bool)


@pytest.mark.parametrize("value", [0.5, 2, 1.25])
def test_a_number_within_its_bounds_is_taken_as_a_float(value):
    assert NUMBER.checked(value, "here") == value and isinstance(NUMBER.checked(value, "here"), float)


@pytest.mark.parametrize("value", [0.49, 2.01, -1, float("nan"), float("inf"), "1", None, True])
def test_an_impossible_number_is_refused(value):
    with refused("E305", "here", "0.5 to 2", repr(value), "Strength of something"):
        NUMBER.checked(value, "here")


def test_a_whole_number_is_taken_as_one_and_a_part_of_one_is_refused():
    count = Setting("How many", kind=int, lower=1.0, upper=9.0)
    assert count.checked(3.0, "here") == 3 and isinstance(count.checked(3.0, "here"), int)
    for value in (2.5, 0, 10, True, "3"):
        with refused("E305", "here", repr(value), "How many"):
            count.checked(value, "here")


@pytest.mark.parametrize("value", [0, 1, 1.0, "true", None])
def test_a_switch_takes_true_or_false_alone(value):
    assert SWITCH.checked(True, "here") is True and SWITCH.checked(False, "here") is False
    with refused("E305", "here", "true or false", repr(value)):
        SWITCH.checked(value, "here")


def test_a_number_without_an_upper_bound_is_still_finite():
    assert Setting("x").checked(1e300, "here") == 1e300
    with refused("E305", "here"):
        Setting("x").checked(float("inf"), "here")
