"""ZAPBench's tasks: the published protocol, made of published constants."""

import pickle

import numpy as np
import pytest
from refusals import refusal

from braincast.experiments.leakage.forecasts import moved_forecasts
from braincast.models.registry import load_model
from braincast.scoring.forecasting.assessor import case_units
from braincast.tasks.kinds import card_of_json
from braincast.tasks.registry import forecast_card, load_task, task_card, task_names
from braincast.training.checkpoint import load_fit, read_fit_record, save_fit, task_of_fit
from braincast.training.fit import fit

SMALL = "zapbench-c4-synthetic-20"
# Lueckmann et al. 2025 (arXiv 2503.02618); the published constants of version 0.1.0.
OFFSETS = (0, 649, 2422, 3078, 3735, 5047, 5638, 6623, 7279, 7879)
NAMES = ("gain", "dots", "flash", "taxis", "turning", "position", "open loop", "rotation", "dark")
TEST_WINDOWS = {
    "gain": 98,
    "dots": 323,
    "flash": 99,
    "turning": 231,
    "position": 86,
    "open loop": 165,
    "rotation": 99,
    "dark": 88,
    "taxis": 368,
}
GOLDEN = {
    "zapbench-c4": "87e026d7eca871030fe5de71e2f187eff65854bc9d6eb83f0bd3fa49746b510b",
    "zapbench-c256": "98b7a0fba86cd91f81b1a3531af87ecf2e7191a65d6b859b7ac5b486e039525f",
}


@pytest.fixture(scope="module")
def opened(zapbench_store):
    return load_task(SMALL, data=zapbench_store)


@pytest.fixture(scope="module")
def untold(zapbench_store):
    return load_task(SMALL, data=zapbench_store, track="no-stimulus")


def published_windows(context: int) -> set[tuple[str, str, int]]:
    """Condition, split and first target frame of every window, by the published rule for bounds of a split."""
    found = set()
    for name, first, last in zip(NAMES, OFFSETS, OFFSETS[1:], strict=False):
        lower, upper = first + 1, last - 1
        total = upper - lower
        n_test, n_validation = int(total * 0.2), int(total * 0.1)
        n_train = total - n_test - n_validation
        bounds = {
            "train": (lower, lower + n_train),
            "validation": (lower + n_train - context, lower + n_train + n_validation),
            "test": (lower + n_train + n_validation - context, upper),
        }
        if name == "taxis":
            bounds = {"held-out": (lower + 256 - context, upper)}
        for split, (start, stop) in bounds.items():
            found |= {(name, split, start + context + k) for k in range(stop - start - 32 - context + 1)}
    return found


@pytest.mark.parametrize("name", GOLDEN)
def test_windows_are_those_of_the_published_protocol(name):
    card = forecast_card(name)
    assert {(w.condition, w.split, w.start) for w in card.windows} == published_windows(card.context)
    shown = card.to_show()
    assert shown["windows"]["test"] == TEST_WINDOWS and shown["windows"]["held-out"] == {"taxis": 368}
    assert len(card.cases) == 1189 + 368 and shown["windows_hash"] == GOLDEN[name]


def test_test_windows_hold_43_disjoint_blocks_of_a_horizon():
    card = forecast_card("zapbench-c256")
    inside = np.array([case.distribution == "in" for case in card.cases])
    assert inside.sum() == 1189 and card.n_disjoint["test"] == 43 and card.n_disjoint["held-out"] == 12
    chosen = 0
    for condition in card.n_windows["test"]:  # counted one by one: the next window begins where the last one ends
        free = -1
        for case in card.cases:
            if case.condition == condition and case.start >= free:
                chosen, free = chosen + 1, case.start + card.horizon
    assert chosen == 43
    assert case_units(card).n_blocks(inside) == 35, "intervals count whole blocks of 32 windows, which are fewer"


@pytest.mark.parametrize("context", [4, 256])
def test_contexts_stay_in_their_condition_and_held_out_targets_are_the_same_for_each(context):
    card = forecast_card(f"zapbench-c{context}")
    lower = {piece.condition: piece.reach for piece in card.pieces}
    assert all(case.start - context >= lower[case.condition] for case in card.cases)
    held = [case.start for case in card.cases if case.distribution == "out"]
    assert min(held) == 3079 + 256 and max(held) == 3734 - 32
    assert any(case.start - context < piece.start for case in card.cases for piece in card.of_split("test"))


def test_activity_is_in_delta_f_over_f_and_conditions_count_alike():
    card = forecast_card("zapbench-c4")
    assert (card.unit, card.scaled, card.average, card.stride, card.horizon) == ("ΔF/F", False, "conditions", 1, 32)
    assert card.metric_keys == ("mae", "mse", "r2", "correlation") and card.dt_s == 0.914
    assert {"mean", "persistence", "stimulus-average"} == set(card.baselines) and card.lineup
    assert all(load_model(name).card.can_answer(card) for name in (*card.lineup, *card.baselines))


def test_the_declaration_is_listed_and_can_be_read_back():
    card = task_card("zapbench-c4")
    assert {"zapbench-c4", "zapbench-c256"} <= set(task_names())
    assert card_of_json(card.model_dump_json()) == card and len(card.neurons) == 71721


def test_made_up_neurons_have_tasks_of_their_own_that_say_so():
    card = task_card(SMALL)
    assert "SYNTHETIC" in card.title and len(card.neurons) == 20 and card.hash != task_card("zapbench-c4").hash
    assert SMALL not in task_names()
    refusal("E302", task_card, "zapbench-c5")
    refusal("E302", task_card, "zapbench-c4-synthetic-0")


def test_a_store_of_another_number_of_neurons_is_refused(zapbench_store):
    task = load_task("zapbench-c4", data=zapbench_store)
    assert "expected (7879, 71721)" in str(refusal("E212", task.fetch))


def test_without_stimulus_nothing_of_it_is_told_and_the_questions_are_the_same(opened, untold):
    assert untold.hash == opened.hash and untold.cases().ids == opened.cases().ids
    training = untold.training(0)
    assert training.inputs == "none" and training.examples(shown=False).n_features == 0
    assert opened.cases().stimulus().shape == (1557, 4 + 32, 26) and untold.cases().stimulus() is None
    assert training.validation.windows.stimulus() is None and training.series[0].stimulus is None
    assert opened.training(0).series[0].stimulus is not None
    assert pickle.loads(pickle.dumps(untold)).track == "no-stimulus"


def test_a_model_that_needs_the_stimulus_refuses_the_track_without(untold):
    assert "track no-stimulus" in str(refusal("E306", fit, "stimulus-average", untold))


def test_a_task_that_tells_no_stimulus_has_no_track_without():
    assert "Its only track is open" in str(refusal("E612", load_task, "worm-forecast", track="no-stimulus"))


def test_a_fit_says_its_track_and_answers_on_no_other(opened, untold, tmp_path):
    fitted = fit("persistence", untold)
    assert fitted.attributes["track"] == "no-stimulus" and fit("persistence", opened).attributes["track"] == "open"
    save_fit(fitted, tmp_path / "fit")
    assert read_fit_record(tmp_path / "fit")["track"] == "no-stimulus"
    assert load_fit(tmp_path / "fit", untold).attributes == fitted.attributes
    assert "on the track no-stimulus" in str(refusal("E215", load_fit, tmp_path / "fit", opened))
    own = task_of_fit(tmp_path / "fit", opened)
    assert own.track == "no-stimulus" and load_fit(tmp_path / "fit", own).attributes == fitted.attributes


@pytest.mark.slow
def test_the_stimulus_average_never_looks_at_test_frames(opened):
    settings = {"history": 4, "penalty": 0.1, "scope": "pooled"}
    assert moved_forecasts(load_model("stimulus-average"), opened, seed=0, settings=settings) == ()
