"""An encoding task hands out stimuli, scenes and wiring, and no fact about a cell; its declaration is what it asks."""

import pickle
from importlib.resources import files

import numpy as np
import pytest
from fetched import fetched
from made_eyes import TYPES, made_card, made_circuit, made_task
from pydantic import ValidationError
from refusals import refused

from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.encoding.declared import fly_motion
from braincast.tasks.encoding.facts import FLY_MOTION
from braincast.tasks.encoding.rendering import rendered
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.kinds import card_of_json
from braincast.tasks.registry import forecast_card, task_card, task_of_card


@pytest.fixture(scope="module")
def task():
    return made_task()


def test_json_brings_the_card_back_bit_for_bit_as_an_encoding_card(task):
    text = task.card.model_dump_json()
    again = card_of_json(text)
    assert isinstance(again, EncodingCard) and again == task.card and again.hash == task.card.hash


def test_a_change_in_a_stimulus_a_fact_or_a_scene_is_another_task(task):
    card = task.card
    first = card.cases[0].model_copy(update={"n_leads": 70})
    changed = [
        card.model_copy(update={"cases": (first, *card.cases[1:])}),
        card.model_copy(update={"facts": card.facts.model_copy(update={"best_frequency_hz": 2.0})}),
        card.model_copy(update={"scenes": card.scenes.model_copy(update={"hold_s": 0.7})}),
    ]
    assert len({card.hash, *(other.hash for other in changed)}) == 4


def test_what_is_not_possible_cannot_be_declared():
    with pytest.raises(ValidationError, match="not among the cell types"):
        made_card(facts=FLY_MOTION)
    with pytest.raises(ValidationError, match="id of its own"):
        card = made_card()
        made_card(cases=(card.cases[0], card.cases[0]))
    with pytest.raises(ValidationError, match="out of distribution"):
        scenes = made_card().scenes.model_dump() | {"faster": (10.0, 30.0)}
        made_card(scenes=scenes)


def test_the_declared_task_is_made_of_its_dataset_bit_for_bit(monkeypatch):
    fetched("fly-optic-lobe")
    from braincast.datasets.fly.optic_lobe import columnar_circuit
    from braincast.datasets.registry import load_dataset

    dataset = load_dataset("fly-optic-lobe")
    shipped = files("braincast.tasks").joinpath("definitions", "fly-motion.json").read_text(encoding="utf-8")
    made = fly_motion(columnar_circuit(dataset), dataset.card.hash)
    assert EncodingCard.model_validate_json(shipped).model_dump_json() == made.model_dump_json()
    structure = task_of_card(task_card("fly-motion")).structure
    assert structure.lattice.n_edges == 171_471  # extent 5 with hulls filled, as the published networks


def test_the_declared_stimuli_are_those_of_the_published_comparison():
    card = task_card("fly-motion")
    edges = [case for case in card.cases if case.kind == "edge"]
    assert len(edges) == 2 * 12 * 6 and {case.speed for case in edges} == {2.4, 4.8, 9.7, 13.0, 19.0, 25.0}
    assert len(card.neurons) == 67 and card.neurons[-2:] == ("flow-x", "flow-y")
    assert len(card.facts.polarity) == 32 and len(card.facts.selective) == 8 and len(card.facts.not_selective) == 10


def test_every_stimulus_lasts_until_its_last_lead_at_any_rate(task):
    for shown in task.cases():
        for dt_s in (0.02, 0.01):
            movie = shown.movie(dt_s)
            assert movie.n_frames >= shown.n_leads * round(0.02 / dt_s)
            assert movie.light.shape[1] == 7


def test_a_rate_at_which_leads_fall_between_frames_is_refused(task):
    shown = next(iter(task.cases()))
    for dt_s in (0.007, 0.0, -0.01):
        with refused("E912"):
            shown.movie(dt_s)


def test_test_movies_do_not_tell_the_flow_and_models_are_told_no_fact(task):
    assert all(shown.movie(0.02).flow is None for shown in task.cases())
    told = (task.cases().viewing, task.training().viewing, task.structure)
    for part in told:
        assert not hasattr(part, "facts")
        assert "T4a" not in str({k: v for k, v in vars(part).items() if k != "cell_types" and k != "circuit"})


def test_training_scenes_are_never_those_of_validation_or_test(task):
    training, scenes = task.training(), [shown for shown in task.cases() if shown.declared.kind == "scene"]
    asked = [shown.movie(0.02).light for shown in [*scenes, *training.validation.stimuli]]
    drawn = np.concatenate([training.movies(2, seed=seed).light for seed in range(12)])
    assert all(np.abs(drawn - light).max(axis=(1, 2)).min() > 0.01 for light in asked)
    assert {shown.declared.seed % 3 for shown in scenes} == {2}
    assert {stimulus.seed % 3 for stimulus in training.validation.stimuli.stimuli} == {1}


def test_training_never_has_a_speed_that_the_test_calls_faster(task):
    uniform = {"expansion_per_s": 0.0, "rotation_deg_per_s": 0.0}
    scenes = task.card.scenes.model_copy(update=uniform)
    still = made_task(task.card.model_copy(update={"scenes": scenes}))
    learned = np.hypot(*np.moveaxis(still.training().movies(40, seed=0).flow, 3, 0))
    outside = [shown.flow() for shown in still.cases() if shown.declared.distribution == "out"]
    assert (
        learned.max()
        <= scenes.speed_columns_per_s[1]
        == scenes.faster[0]
        <= np.hypot(*np.moveaxis(np.array(outside), 2, 0)).min()
    )


def test_another_seed_gives_other_scenes_and_the_same_seed_the_same(task):
    one, again, other = (task.training().movies(2, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.light, again.light) and not np.allclose(one.light, other.light)
    assert one.flow.shape == (2, 50, 7, 2)


def test_validation_tells_the_flow_at_the_centre_and_nothing_of_cells(task):
    ((stimuli, truth),) = task.training().validation.batches()
    assert len(stimuli) == 2 and np.isnan(truth[..., : len(TYPES)]).all() and np.isfinite(truth[:, :50, -2:]).all()
    whole = rendered(stimuli.stimuli[0], task.card.scenes, 1, 0.02, 0.02)
    np.testing.assert_allclose(truth[0, :50, -2:], whole.flow[:, 3], rtol=1e-6)


def test_nulls_change_the_wiring_that_models_see_alone(task):
    rewired = task.structure.rewired("signs-shuffled", seed=1)
    assert rewired.extent == 1 and not np.array_equal(rewired.circuit.sign, task.structure.circuit.sign)
    assert rewired.circuit.offset is task.structure.circuit.offset


def test_a_worker_gets_the_same_task_by_pickle(task):
    again = pickle.loads(pickle.dumps(task))
    assert again.hash == task.hash and again.structure.lattice.n_edges == task.structure.lattice.n_edges


def test_splits_folds_and_tracks_that_there_are_not_are_refused(task):
    assert len(task.cases(fold=0)) == len(task.cases()) and task.on_track("open") is task
    for call in (lambda: task.cases("train"), lambda: task.training(1), lambda: task.cases(fold=1)):
        with refused("E305"):
            call()
    with refused("E612"):
        task.on_track("no-stimulus")
    with refused("E306"):
        forecast_card("fly-motion")


def test_a_circuit_without_a_type_of_the_task_is_refused():
    card = made_card(cell_types=(*TYPES, "T2"))
    with refused("E205", "T2"):
        EncodingTask(card, made_circuit).fetch()


def test_a_task_says_what_it_is_and_escapes_its_words():
    task = made_task(made_card(question="<b>What?</b>"))
    assert "79 stimuli" in repr(task) and "<b>What" not in task._repr_html_()
