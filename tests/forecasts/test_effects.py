"""Answers effect[pre, post]: kept as they are, and refused with a code when they do not answer the question."""

import numpy as np
import pytest
from made_question import made_effects, made_question
from refusals import refusal

from braincast.forecasts.effects import check_effects, load_effects, save_effects

QUESTION = made_question()


@pytest.fixture
def effects():
    return made_effects(QUESTION, np.random.default_rng(0).normal(size=(24, 24)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_effects_come_back_bit_for_bit(effects, tmp_path, dtype):
    effects = effects.astype(dtype)
    found = load_effects(save_effects(effects, tmp_path / "signs.zarr"), QUESTION)
    assert found.dtype == dtype and found.dims == ("pre", "post")
    np.testing.assert_array_equal(found.values, effects.values)
    assert dict(found.attrs) == dict(effects.attrs)


def test_effects_with_swapped_neurons_are_refused(effects):
    order = [1, 0, *range(2, 24)]
    assert "index 0" in str(refusal("E204", check_effects, QUESTION, effects.isel(post=order)))


def test_effects_without_a_neuron_or_with_one_too_many_are_refused(effects):
    refusal("E205", check_effects, QUESTION, effects.isel(pre=slice(1, None)))
    renamed = effects.assign_coords(pre=[*QUESTION.neurons[:-1], QUESTION.neurons[0]])
    refusal("E207", check_effects, QUESTION, renamed)


def test_an_effect_that_is_not_finite_is_refused_and_named(effects):
    values = effects.values.copy()
    values[3, 5] = np.nan
    assert "pre N03, post N05" in str(refusal("E208", check_effects, QUESTION, effects.copy(data=values)))


def test_whole_numbers_other_axes_and_other_questions_are_refused(effects):
    refusal("E209", check_effects, QUESTION, effects.astype(np.int8))
    refusal("E212", check_effects, QUESTION, effects.T)
    refusal("E212", check_effects, QUESTION, effects.drop_vars("pre"))
    refusal("E215", check_effects, QUESTION, effects.assign_attrs(question_hash="another"))


def test_a_damaged_or_missing_store_is_refused(effects, tmp_path):
    refusal("E201", load_effects, tmp_path / "nothing")
    path = save_effects(effects, tmp_path / "signs.zarr")
    chunk = next(file for file in path.rglob("c/0/*"))
    chunk.write_bytes(chunk.read_bytes()[:-1])
    refusal("E210", load_effects, path)
    chunk.unlink()
    refusal("E203", load_effects, path)


def test_an_existing_answer_is_not_overwritten(effects, tmp_path):
    path = save_effects(effects, tmp_path / "signs.zarr")
    refusal("E501", save_effects, effects, path)
    save_effects(effects, path, force=True)
