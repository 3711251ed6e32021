"""Windows and splits of a forecast task."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_recordings import made_dataset, made_recording, made_task, random_walks, three_conditions
from refusals import refused

from braincast.brain.stretches import Stretch
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.splits import blocked_pieces
from braincast.tasks.kinds import card_of_json
from braincast.tasks.registry import task_card


def test_a_condition_is_cut_into_70_10_and_20_percent_in_order():
    pieces = blocked_pieces(0, [Stretch("all", 0, 1600)])
    assert [(p.split, p.start, p.stop) for p in pieces] == [
        ("train", 0, 1120),
        ("validation", 1120, 1280),
        ("test", 1280, 1600),
    ]


def test_frames_of_the_gap_belong_to_no_split():
    pieces = blocked_pieces(0, [Stretch("all", 0, 100)], gap=3)
    assert [(p.start, p.stop) for p in pieces] == [(0, 70), (73, 80), (83, 100)]


def test_a_stretch_that_a_cut_divides_gives_pieces_to_both_sides():
    pieces = blocked_pieces(0, [Stretch("all", 0, 75), Stretch("all", 80, 105)])
    found = [(p.split, p.start, p.stop, p.reach) for p in pieces]
    assert found == [("train", 0, 70, 0), ("validation", 70, 75, 0), ("validation", 80, 85, 80), ("test", 85, 105, 80)]


def test_a_held_out_condition_is_only_tested():
    pieces = blocked_pieces(0, [Stretch("a", 0, 100), Stretch("b", 100, 200)], held_out=["b"])
    assert [p.split for p in pieces] == ["train", "validation", "test", "held-out"]


@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    gap=st.integers(0, 5),
    context=st.integers(1, 6),
    horizon=st.integers(1, 4),
)
def test_no_window_leaves_its_piece_nor_its_stretch(lengths, gap, context, horizon):
    edges = np.cumsum([0, *[length + 1 for length in lengths]])
    stretches = [Stretch("all", int(a), int(a) + n) for a, n in zip(edges, lengths, strict=False)]
    pieces = blocked_pieces(0, stretches, gap=gap)
    frames = np.concatenate([np.arange(p.start, p.stop) for p in pieces])
    assert len(np.unique(frames)) == len(frames), "no frame is in two splits"
    for piece in pieces:
        (own,) = [s for s in stretches if s.start <= piece.start < s.stop]
        for start in piece.starts(context, horizon, 1):
            assert piece.start <= start and start + horizon <= piece.stop <= own.stop
            assert own.start <= start - context


def test_the_card_can_be_rebuilt_bit_for_bit_and_read_back():
    card = made_task().card
    assert build(made_dataset(), "made", Design(context=6, horizon=3)).hash == card.hash
    assert card_of_json(card.model_dump_json()) == card


def test_what_is_shown_counts_windows_by_split_and_condition():
    recording = made_recording(conditions=three_conditions())
    card = made_task(made_dataset(recording), held_out=("c",)).card
    shown = card.to_show()
    assert shown["windows"]["held-out"] == {"c": 67 - 6 - 3 + 1}
    assert set(card.n_windows["test"]) == {"a", "b"} and set(shown["windows"]["test"]) == {"a", "b", "c"}
    assert len(shown["cases"]) == len(card.cases)
    assert {case.distribution for case in card.cases if case.condition == "c"} == {"out"}


def test_held_out_animals_are_answered_by_fits_that_never_saw_them():
    both = {name: made_recording(random_walks(seed=seed)) for seed, name in enumerate("ab")}
    task = made_task(made_dataset(both), held_out_animals=True)
    assert [(f.learns_from, f.answers) for f in task.card.folds] == [((1,), (0,)), ((0,), (1,))]
    assert {case.distribution for case in task.card.cases} == {"out"}
    training = task.training(0)
    assert training.recordings == (1,) and set(training.validation.windows.recording) == {1}
    assert set(task.cases(fold=0).recording) == {0}


def test_only_shared_neurons_are_asked_for_in_the_first_recordings_order():
    first, second = made_recording(), made_recording(random_walks(seed=1))
    object.__setattr__(second, "neurons", ("n4", "n2", "x", "n1", "y"))
    card = made_task(made_dataset({"a": first, "b": second})).card
    assert card.neurons == ("n1", "n2", "n4")


def test_frames_are_counted_where_a_recording_has_no_times():
    card = made_task(made_dataset(made_recording(time_s=None))).card
    assert (card.dt_s, card.jitter, card.lead_s) == (None, None, ())


def test_small_jitter_is_noted_and_large_jitter_refused():
    time_s = 0.5 * np.arange(200) + np.tile([0.0, 0.05], 100)
    card = made_task(made_dataset(made_recording(time_s=time_s))).card
    assert card.jitter == pytest.approx(0.1 / 0.55, rel=0.5)
    uneven = 0.5 * np.arange(200) + np.tile([0.0, 0.1], 100)
    dataset = made_dataset(made_recording(time_s=uneven))
    with refused("E120", "--frames"):
        made_task(dataset)
    assert made_task(dataset, in_frames=True).card.dt_s is None


def test_a_recording_that_is_all_gaps_is_refused():
    time_s = np.cumsum(np.tile([1.0, 1.0, 1.0, 3.0], 50))
    with refused("E120", "gaps"):
        made_task(made_dataset(made_recording(time_s=time_s)))


def test_recordings_that_do_not_go_together_are_refused():
    slow = made_recording(random_walks(seed=1), time_s=np.arange(200.0))
    with refused("E121", "sampling rate"):
        made_task(made_dataset({"a": made_recording(), "b": slow}))
    with refused("E121", "frames"):
        made_task(made_dataset({"a": made_recording(), "b": made_recording(time_s=None)}))
    with refused("E121", "only one animal"):
        made_task(held_out_animals=True)


def test_a_recording_too_short_for_its_windows_is_refused():
    with refused("E122", "shorter --context"):
        made_task(made_dataset(made_recording(random_walks(30))), context=20, horizon=8)


def test_a_constant_neuron_is_refused_by_name():
    activity = random_walks()
    activity[:, 3] = 7.0
    with refused("E110", "'n3'"):
        made_task(made_dataset(made_recording(activity)))


def test_an_unknown_condition_is_refused():
    with refused("E305", "condition"):
        made_task(held_out=("sleep",))


def test_a_dataset_without_recordings_is_refused():
    dataset = made_dataset()
    bare = {"one": type(dataset.specimens["one"])("one", "none")}
    with refused("E307", "no recordings"):
        build(type(dataset)(dataset.card, bare), "made")


@pytest.mark.parametrize("name", ["worm-forecast", "zebrafish-regions", "human-forecast", "human-transfer"])
def test_built_in_forecast_tasks_are_shown_without_data(name):
    card = task_card(name)
    assert card.kind == "forecast" and card.name == name and len(card.cases) > 100


def test_the_transfer_task_asks_about_the_windows_of_the_task_within_subjects():
    within, transfer = task_card("human-forecast"), task_card("human-transfer")
    assert [case.id for case in within.cases] == [case.id for case in transfer.cases]
    assert within.pieces == transfer.pieces and transfer.n_folds == 7


def test_the_worm_task_trains_on_the_first_70_percent():
    card = task_card("worm-forecast")
    assert (card.context, card.horizon, len(card.neurons), len(card.cases)) == (48, 8, 98, 313)
    assert [(p.split, p.start, p.stop) for p in card.pieces] == [
        ("train", 0, 1120),
        ("validation", 1120, 1280),
        ("test", 1280, 1600),
    ]


def test_the_worm_task_is_rebuilt_from_its_recording_bit_for_bit(test_data):
    from braincast.datasets.registry import load_dataset
    from braincast.tasks.forecasting.declared import declare

    dataset = load_dataset("worm-atanas2023", from_path=test_data)
    assert declare("worm-forecast", dataset).hash == task_card("worm-forecast").hash
