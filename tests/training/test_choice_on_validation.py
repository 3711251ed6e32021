"""The choice on validation windows: a fit that does not answer every observed value with a number is never chosen."""

from dataclasses import dataclass

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks

from braincast.models.interface import ModelCard, Setting
from braincast.models.registry import load_model
from braincast.training.fit import fit


@dataclass(frozen=True)
class Said:
    """Says 0, but for its first number."""

    first: float
    n_parameters: int = 1

    def forecast(self, cases, prepared):
        answer = np.zeros(cases.shape, dtype=np.float32)
        answer[0, 0, 0] = self.first
        return answer


class Saying:
    """A model whose candidates differ in the first number that they say."""

    fitted_type = Said
    card = ModelCard("saying", "Says.", ("forecast",), (), {"first": Setting("It")}, answers=("activity",))

    def __init__(self, *firsts: float) -> None:
        self.candidates = tuple({"first": first} for first in firsts)

    def prepare(self, structure):
        return None

    def fit(self, training, prepared, settings, *, seed):
        return Said(settings["first"])


@pytest.fixture(scope="module")
def task():
    """Random walks in which some values were not observed."""
    activity = random_walks(160, 3)
    activity[::7, 1] = np.nan
    return made_task(made_dataset(made_recording(activity)))


@pytest.mark.parametrize("first", [float("nan"), float("inf"), -float("inf")])
def test_an_answer_that_is_no_number_loses_against_any_number(task, first):
    fitted = fit(Saying(first, 1e6), task)
    assert fitted.choices[0].settings == {"first": 1e6}
    assert fit(Saying(first), task).validation_loss == float("inf")


def test_values_that_were_not_observed_count_for_nothing(task):
    truth = task.training(0).validation.truth
    assert np.isnan(truth).any()
    expected = np.nanmean(np.abs(truth.astype(np.float64)))
    assert fit(Saying(0.0), task).validation_loss == pytest.approx(expected, rel=1e-12)


def noted(model, monkeypatch):
    """The settings that a model is fitted with, in order."""
    tried, made = [], type(model).fit

    def fit_and_note(self, training, prepared, settings, *, seed):
        tried.append(settings)
        return made(self, training, prepared, settings, seed=seed)

    monkeypatch.setattr(type(model), "fit", fit_and_note)
    return tried


@pytest.mark.parametrize("name", ["ar", "pooled-linear", "var", "dmd"])
def test_of_one_recording_both_scopes_give_the_same_fit_so_that_one_is_tried(task, name, monkeypatch):
    asked = {"order": 2} if "order" in load_model(name).card.settings else {}
    own, pooled = (fit(name, task, settings={**asked, "scope": scope}) for scope in ("own", "pooled"))
    assert own.validation_loss == pooled.validation_loss
    np.testing.assert_array_equal(own.forecast(task.cases()), pooled.forecast(task.cases()))
    model = load_model(name)
    tried = noted(model, monkeypatch)
    chosen = fit(model, task).choices[0].settings
    assert len(tried) == len({tuple((k, v) for k, v in one.items() if k != "scope") for one in model.candidates})
    assert chosen in model.candidates


def test_of_several_recordings_every_candidate_is_tried(monkeypatch):
    animals = {name: made_recording(random_walks(seed=number)) for number, name in enumerate("ab")}
    model = load_model("ar")
    tried = noted(model, monkeypatch)
    fit(model, made_task(made_dataset(animals)))
    assert tried == list(model.candidates)
