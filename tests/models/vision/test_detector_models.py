"""The classical detectors in an encoding task: which cells they answer for, and what they see move."""

from __future__ import annotations

import numpy as np
import pytest

from braincast.models.interface import Fitted, Model
from braincast.models.registry import load_model
from braincast.tasks.encoding.card import Stimulus
from braincast.tasks.encoding.declared import SCENES
from braincast.tasks.encoding.scene_training import SceneTraining
from braincast.tasks.encoding.stimuli import Stimuli, Viewing
from braincast.training.stored_folds import read_fold, write_fold

NAMES = ("hassenstein-reichardt", "barlow-levick", "three-arm", "motion-energy")
PREFERRED = {"a": 180.0, "b": 0.0, "c": 90.0, "d": 270.0}
TYPES = ("Mi1", *(f"T{number}{subtype}" for number in (4, 5) for subtype in PREFERRED), "R1")
ANGLES = (0.0, 90.0, 180.0, 270.0)
EDGES = tuple(
    Stimulus(id=f"{polarity}-{angle}", kind="edge", n_leads=41, polarity=polarity, angle_deg=angle, speed=9.7)
    for polarity in ("on", "off")
    for angle in ANGLES
)
# Textures alone, all of one contrast, that a small eye can see move.
PLAIN = {"expansion_per_s": 0.0, "rotation_deg_per_s": 0.0, "foreground_share": 0.0, "contrast": (2.0, 2.0)}
SMALL = {"speed_columns_per_s": (3.0, 12.0), "hold_s": 0.3, "n_validation": 16}
VIEWING = Viewing(2, TYPES, 0.02, 50, SCENES.model_copy(update={**PLAIN, **SMALL}))
STIMULI = Stimuli(VIEWING, EDGES)


@pytest.fixture(scope="module", params=NAMES)
def fitted(request):
    model = load_model(request.param)
    assert isinstance(model, Model)
    settings = {**model.candidates[0], "scenes": 40}
    found = model.fit(SceneTraining(VIEWING), None, settings, seed=0)
    assert isinstance(found, Fitted) and isinstance(found, model.fitted_type)
    return found


@pytest.fixture(scope="module")
def answers(fitted):
    return fitted.forecast(STIMULI, None)


def test_each_cell_of_t4_and_t5_prefers_its_direction_in_its_own_contrast(answers):
    peaks = np.maximum(answers, 0).max(axis=1).reshape(2, 4, -1)
    tuning = peaks @ np.eye(len(TYPES) + 2)[:, 1:9]
    vector = np.einsum("pac,a->pc", tuning, np.exp(1j * np.radians(ANGLES)))
    own = np.concatenate([vector[0, :4], vector[1, 4:]])
    np.testing.assert_allclose(
        np.exp(1j * np.angle(own)), np.exp(1j * np.radians([*PREFERRED.values()] * 2)), atol=1e-6
    )
    # An edge of the other contrast is no motion to them.
    assert tuning[1, :, :4].max() == tuning[0, :, 4:].max() == 0


def test_of_other_cells_a_detector_says_nothing(answers):
    assert answers.shape == STIMULI.shape
    assert np.abs(answers[:, :, [0, 9]]).max() == 0


def test_after_a_stimulus_its_last_answer_is_repeated(answers):
    assert np.isfinite(answers).all()
    np.testing.assert_array_equal(answers[:, 41:], np.repeat(answers[:, 40:41], 9, axis=1))
    assert np.ptp(answers[:, :41, 1:9], axis=1).max() > 0


def test_the_read_out_sees_scenes_move_better_than_one_that_sees_none(fitted):
    held = SceneTraining(VIEWING).validation
    flow = held.truth[:, :, -2:]
    seen = fitted.forecast(held.stimuli, None)[:, :, -2:]
    assert np.linalg.norm(seen - flow, axis=2).mean() < 0.85 * np.linalg.norm(flow, axis=2).mean()


def test_a_detector_that_was_saved_answers_the_same(fitted, answers, tmp_path):
    write_fold(tmp_path, 0, fitted)
    again = read_fold(tmp_path, 0, type(fitted))
    np.testing.assert_array_equal(again.forecast(STIMULI, None), answers)
