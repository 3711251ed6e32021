"""Models that learn by gradient look to the rest of the house like every other model."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task, places, random_walks
from refusals import refused

from braincast.models.blackbox.learning import DEFAULTS, LEARNING, SHARED, learned
from braincast.models.forecasters.spread import MEMBERS
from braincast.models.interface import Fitted, Learner, Model
from braincast.models.registry import load_model, model_names
from braincast.training.checkpoint import load_fit, save_fit
from braincast.training.fit import fit

# Those on the wiring need a brain: tests/models/connectome.
NAMES = tuple(
    name
    for name in model_names()
    if isinstance(load_model(name), Learner) and not load_model(name).card.uses_connectome
)
QUICK = {"steps": 20, "every": 10, "batch": 8}
SMALL = 4  # blocks, widths and the like at most
PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "learning.md"


def quick(name: str):
    """The model with one candidate and few steps."""
    model = load_model(name)
    own = {key: setting for key, setting in model.card.settings.items() if key not in SHARED and setting.kind is int}
    small = {key: max(int(setting.lower), min(SMALL, model.candidates[0][key])) for key, setting in own.items()}
    model.candidates = ({**model.candidates[0], **QUICK, **small},)
    return model


@cache
def walks():
    """A task about two recordings of neurons whose places are known."""
    recordings = {f"r{n}": made_recording(random_walks(seed=n), anatomy=places()) for n in range(2)}
    return made_task(made_dataset(recordings))


@pytest.fixture
def task():
    return walks()


@pytest.mark.parametrize("name", NAMES)
def test_each_learner_describes_itself(name):
    model = load_model(name)
    assert name in model_names() and isinstance(model, Learner) and not isinstance(model, Model)
    card = model.card
    assert (
        card.name == name
        and card.kinds == ("forecast", "rollout")
        and card.answers == ("activity",)
        and card.stochastic
    )
    assert card.summary.endswith(".") and card.citation and set(SHARED) <= set(card.settings)
    for settings in model.candidates:
        assert set(settings) == set(card.settings)
        for key, value in settings.items():
            assert card.settings[key].checked(value, key) == value


def test_every_setting_of_learning_has_a_default():
    assert set(DEFAULTS) == set(LEARNING)


@cache
def fitted_once(name: str):
    """A quick fit of the model, which several tests look at."""
    return fit(quick(name), walks(), seed=3)


@pytest.mark.parametrize("name", NAMES)
def test_each_learner_answers_with_members_around_its_forecast(name, task):
    fitted = fitted_once(name)
    assert isinstance(fitted.folds[0], Fitted) and fitted.n_parameters > 0
    answer = fitted.forecast(task.cases()).values
    assert answer.shape == (*task.cases().shape, MEMBERS) and np.isfinite(answer).all()
    assert (np.diff(answer, axis=-1) >= 0).all()
    point = fitted.folds[0].point(task.cases(), fitted.prepared)
    np.testing.assert_allclose(answer.mean(axis=-1), point, rtol=1e-4, atol=1e-4)
    least = min(row["validation"] for row in fitted.choices[0].metrics)
    assert fitted.validation_loss == pytest.approx(least, rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_fit_answers_alike(name, task, tmp_path):
    fitted = fitted_once(name)
    loaded = load_fit(save_fit(fitted, tmp_path / "fit"), task)
    assert loaded.n_parameters == fitted.n_parameters and loaded.choices == fitted.choices
    np.testing.assert_array_equal(loaded.forecast(task.cases()).values, fitted.forecast(task.cases()).values)
    rows = (tmp_path / "fit" / "fold-0-metrics.jsonl").read_text().splitlines()
    assert len(rows) == 2


def test_the_candidate_with_the_least_validation_error_is_chosen(task):
    shared = {**QUICK, "weights": "shared"}
    chosen = fit("linear", task, settings=shared)
    each = [fit("linear", task, settings={**shared, "rescaling": rescaling}) for rescaling in ("none", "last")]
    best = min(each, key=lambda fitted: fitted.validation_loss)
    assert chosen.choices == best.choices and len({fitted.validation_loss for fitted in each}) == 2


def test_each_fold_is_trained_apart():
    recordings = {f"r{n}": made_recording(random_walks(120, 3, seed=n)) for n in range(3)}
    task = made_task(made_dataset(recordings), held_out_animals=True)
    fitted = fit(quick("linear"), task)
    weights = [fold.parameters["weight"] for fold in fitted.folds]
    assert len(weights) == task.card.n_folds > 1 and (weights[0] != weights[1]).any()


def test_an_impossible_setting_of_learning_is_refused(task):
    with refused("E305", "setting learning_rate", "1e-08 to 10"):
        fit("linear", task, settings={"learning_rate": -1.0})
    with refused("E305", "setting loss", "absolute or squared"):
        fit("linear", task, settings={"loss": "cubic"})


@pytest.mark.parametrize("name", NAMES)
def test_a_row_of_the_page_is_the_card(name):
    card = load_model(name).card
    own = ", ".join(f"`{key}`" for key in card.settings if key not in SHARED)
    row = f"| `{name}` | {card.summary} | {own} | {card.citation} | {card.caveat} |"
    assert f"\n{row}\n" in PAGE.read_text(encoding="utf-8")


def test_the_page_says_what_each_setting_that_networks_share_is():
    page = PAGE.read_text(encoding="utf-8")
    unless_set = learned()
    for name, setting in SHARED.items():
        assert f"\n| `{name}` | {unless_set[name]} | {setting.summary} |\n" in page
