"""The same windows after learning from others, alone, from others first, and from all."""

from dataclasses import replace

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks
from refusals import refused

from braincast.experiments.animals import ARMS, Fits, Question, compared
from braincast.tasks.forecasting.alone import alone

pytestmark = pytest.mark.slow
SETTINGS = {"weights": "own", "rescaling": "none", "steps": 40, "every": 20, "batch": 8, "learning_rate": 0.02}


def dataset(names="abc"):
    return made_dataset({name: made_recording(random_walks(150, 3, seed=ord(name))) for name in names})


@pytest.fixture(scope="module")
def question():
    return Question.of(made_task(dataset(), held_out_animals=True), made_task(dataset()))


@pytest.fixture(scope="module")
def fits(question, tmp_path_factory):
    return Fits(question, "linear", SETTINGS, tmp_path_factory.mktemp("fits"))


def test_alone_asks_the_same_windows_and_learns_from_the_animal_that_is_asked_about(question):
    own = question.alone
    assert [case.id for case in own.card.cases] == [case.id for case in question.others.card.cases]
    for fold in range(3):
        assert own.training(fold).recordings == own.card.folds[fold].answers == (fold,)
        assert set(own.training(fold).validation.windows.recording) == {fold}
        assert fold not in question.others.training(fold).recordings
        theirs = question.others.cases(fold=fold)
        np.testing.assert_array_equal(own.cases(fold=fold).contexts(), theirs.contexts())


def test_each_arm_learned_from_what_it_says(fits):
    learned = {arm: [{n for n, _, _ in each} for each in fits.fitted(arm, 0).learned_from] for arm in ARMS}
    everyone = {f"made/{name}/all" for name in "abc"}
    for fold, name in enumerate("abc"):
        own = {f"made/{name}/all"}
        assert learned["others"][fold] == everyone - own and learned["alone"][fold] == own
        assert learned["tuned"][fold] == everyone
    assert learned["together"] == [everyone]


def test_arms_are_scored_on_the_same_windows_with_differences_in_pairs(fits):
    found = compared(fits, range(2))
    assert set(found["arms"]) == set(ARMS) and found["seeds"] == [0, 1]
    for pair, one in found["differences"].items():
        first, second = (found["arms"][arm] for arm in pair.split(" − "))
        assert one["value"] == pytest.approx(first["value"] - second["value"], abs=1e-9)
        assert one["ci"][0] <= one["value"] <= one["ci"][1]
        assert set(first["animals"]) == set("abc")
    assert found["arms"]["tuned"]["validation"] <= found["arms"]["alone"]["validation"] + 0.05


def test_a_fit_that_is_there_is_not_made_again(fits, monkeypatch):
    kept = fits.forecast("tuned", 0)
    assert not list(fits.folder.glob("*.unfinished"))
    monkeypatch.setattr("braincast.experiments.animals.fit", None)
    np.testing.assert_array_equal(fits.forecast("tuned", 0).values, kept.values)
    with pytest.raises(TypeError):
        replace(fits, settings={**SETTINGS, "steps": 20}).forecast("tuned", 0)


def test_a_model_in_closed_form_is_not_tuned_and_has_one_seed(question, tmp_path):
    found = compared(Fits(question, "ar", {}, tmp_path), range(3))
    assert set(found["arms"]) == {"others", "alone", "together"} and found["seeds"] == [0]
    assert "tuned − alone" not in found["differences"]


def test_tasks_with_other_windows_are_refused(question):
    with refused("E211", "are not those of"):
        Question.of(question.others, made_task(dataset("ab")))


def test_a_task_alone_is_a_task_of_its_own(question):
    assert alone(question.others).hash == question.alone.hash != question.others.hash
