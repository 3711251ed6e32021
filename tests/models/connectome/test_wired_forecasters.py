"""Every linear forecaster on the wiring keeps the interface, looks at the wiring it is given, and can be saved."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from made_wired import wired_matrix, wired_task
from refusals import refused

from braincast.brain.specimen_nulls import with_wiring
from braincast.experiments.leakage.audit import audit
from braincast.models.connectome import masked_lds
from braincast.models.forecasters.spread import MEMBERS
from braincast.models.interface import Fitted, Model
from braincast.models.registry import load_model
from braincast.training.checkpoint import load_fit, save_fit
from braincast.training.fit import fit

PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "graph-models.md"
NAMES = "masked-var", "graph-var", "masked-lds", "expression-var"


@pytest.fixture(scope="module")
def task():
    return wired_task([wired_matrix(5, seed=seed) for seed in range(2)], 160)


@pytest.fixture(scope="module")
def unseen_task():
    return wired_task([wired_matrix(4, seed=seed) for seed in range(3)], 140, held_out_animals=True)


@pytest.mark.parametrize("name", NAMES)
def test_each_describes_itself_as_a_user_of_the_wiring(name):
    model = load_model(name)
    assert isinstance(model, Model) and model.card.name == name and model.card.kinds == ("forecast", "rollout")
    assert model.card.uses_connectome and model.card.members == MEMBERS and len(model.candidates) <= 9
    for settings in model.candidates:
        assert {k: model.card.settings[k].checked(v, k) for k, v in settings.items()} == settings
        assert set(settings) == set(model.card.settings)


@pytest.mark.parametrize("name", NAMES)
def test_each_candidate_answers_with_members_in_rising_order(name, task):
    model, training, windows = load_model(name), task.training(0), task.cases()
    prepared = model.prepare(task.structure)
    for settings in model.candidates:
        fitted = model.fit(training, prepared, settings, seed=0)
        assert isinstance(fitted, Fitted) and isinstance(fitted, model.fitted_type) and fitted.n_parameters > 0
        answer = fitted.forecast(windows, prepared)
        assert answer.shape == (*windows.shape, MEMBERS) and np.isfinite(answer).all()
        assert all((low <= high).all() for low, high in pairwise(np.moveaxis(answer, -1, 0)))


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_fit_on_the_wiring_answers_alike(name, task, tmp_path):
    fitted = fit(name, task)
    loaded = load_fit(save_fit(fitted, tmp_path / "fit"), task)
    assert loaded.n_parameters == fitted.n_parameters
    np.testing.assert_array_equal(loaded.forecast(task.cases()).values, fitted.forecast(task.cases()).values)


@pytest.mark.parametrize("name", NAMES)
def test_each_passes_the_audit_on_a_wired_task(name, task):
    # Whatever is chosen, all candidates look at the same things.
    assert audit(name, task, settings=load_model(name).candidates[0]).passed


@pytest.mark.parametrize("name", NAMES)
def test_another_wiring_gives_another_forecast_and_none_a_worse_fit_to_the_brain(name, task):
    model, training, held = load_model(name), task.training(0), task.training(0).validation
    errors = {}
    for arm in ("true", "no-edges"):
        prepared = model.prepare(with_wiring(task.structure, arm, 0))
        fitted = model.fit(training, prepared, model.candidates[0], seed=0)
        errors[arm] = np.abs(fitted.point(held.windows, prepared) - held.truth).mean()
    assert errors["true"] < errors["no-edges"] - 0.01


@pytest.mark.parametrize("name", ["graph-var", "masked-var", "expression-var"])
def test_a_subject_never_seen_is_answered_with_its_own_wiring(name, unseen_task):
    model, training, windows = load_model(name), unseen_task.training(0), unseen_task.cases("test", fold=0)
    structure = unseen_task.structure
    answers = []
    for brains in (structure, structure.exchanged(seed=0)):
        prepared = model.prepare(structure)
        fitted = model.fit(training, prepared, model.candidates[0], seed=0)
        answers.append(fitted.point(windows, model.prepare(brains) if name != "masked-var" else prepared))
    assert np.isfinite(answers[0]).all()
    assert (name == "masked-var") == np.array_equal(*answers)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_of_the_page_of_graph_models_is_the_card(name):
    card = load_model(name).card
    settings = ", ".join(f"`{key}`" for key in card.settings)
    cells = f"`{name}`", card.summary, settings, card.citation, card.caveat
    assert f"\n| {' | '.join(cells)} |\n" in PAGE.read_text(encoding="utf-8")


def test_what_was_not_observed_stays_out_of_the_linear_system():
    """Gaps are shown as they are, and a fit to a recording with gaps is a forecast of numbers."""
    task = wired_task([wired_matrix(4, seed=0)], 200, gaps=0.1)
    training = task.training(0)
    recorded = np.asarray(task.specimens["r0"].recordings["all"].activity)
    for series in training.unfilled:
        expected = np.isnan(recorded[series.start : series.start + series.n_frames])
        assert expected.any() and (np.isnan(series.activity) == expected).all()
    model = load_model("masked-lds")
    prepared = model.prepare(task.structure)
    fitted = model.fit(training, prepared, model.candidates[0], seed=0)
    assert np.isfinite(fitted.forecast(task.cases(), prepared)).all()


def test_a_neuron_without_a_value_in_the_context_is_told_by_the_others():
    """The system answers for it from what its partners did, the autoregression from the mean alone."""
    matrix = np.array([[0.0, 0.9, 0.0], [0.0, 0.9, 0.0], [0.0, 0.0, 0.5]])
    task = wired_task([matrix], 1500)
    training, windows = task.training(0), task.cases()
    contexts = windows.contexts().copy()
    contexts[:, :, 0] = 0.0
    hidden = windows.going_on(0, contexts)
    model = load_model("masked-lds")
    prepared = model.prepare(task.structure)
    fitted = model.fit(training, prepared, model.candidates[0], seed=0)
    told, shown = fitted.point(hidden, prepared), fitted.point(windows, prepared)
    assert np.corrcoef(told[:, 1, 0], shown[:, 1, 0])[0, 1] > 0.95
    np.testing.assert_allclose(told[:, :, 2], shown[:, :, 2], atol=0.05)


def test_a_filter_over_too_many_neurons_is_refused(task, monkeypatch):
    monkeypatch.setattr(masked_lds, "MOST_NEURONS", 4)
    with refused("E306", "masked-lds", "5 are more than 4", "masked-var"):
        fit("masked-lds", task)
