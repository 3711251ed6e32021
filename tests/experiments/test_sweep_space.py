"""What is swept of a model: what its card says, changed where somebody asks, with its own candidates inside."""

import pytest
from made_sweeps import Level
from refusals import refused

from braincast.experiments.sweeps.space import own_space, search_of
from braincast.models.interface import Setting
from braincast.models.registry import load_model, model_names
from braincast.models.space import NOT_SWEPT, Choices, Range, written


def test_a_setting_with_words_to_choose_from_is_swept_over_them():
    assert Setting("…", kind=str, choices=("a", "b")).swept(["a"]) == Choices(("a", "b"))
    assert Setting("…", kind=str, choices=("a",)).swept(["a"]) is None


def test_yes_or_no_is_swept_over_both():
    assert Setting("…", kind=bool).swept([True]) == Choices((False, True))


def test_a_number_without_a_range_is_swept_over_what_candidates_have():
    assert Setting("…", kind=int).swept([5, 3, 5]) == Choices((3, 5))
    assert Setting("…").swept([5.0, 5.0]) is None


def test_a_setting_with_a_range_is_swept_over_it_whatever_candidates_have():
    assert Setting("…", sweep=Range(0.0, 1.0)).swept([7.0]) == Range(0.0, 1.0)


def test_values_to_choose_from_are_joined_by_those_of_candidates():
    assert Setting("…", kind=int, sweep=Choices((16, 32))).swept([64, 32]) == Choices((16, 32, 64))


def test_a_setting_may_be_left_alone():
    assert Setting("…", kind=str, choices=("a", "b"), sweep=NOT_SWEPT).swept(["a", "b"]) is None
    held = search_of(load_model("tsmixer"))
    assert {"head", "ensemble", "precision", "loss", "trained", "steps", "patience"} <= set(held.fixed)
    assert {"learning_rate", "weight_decay", "hidden", "blocks", "dropout", "rescaling"} <= set(held.space)


@pytest.mark.parametrize("name", model_names())
def test_what_a_card_says_is_swept_lies_within_what_its_settings_may_be(name):
    model = load_model(name)
    for setting, swept in own_space(model).items():
        declared = model.card.settings[setting]
        for value in swept.values if isinstance(swept, Choices) else (swept.lower, swept.upper):
            assert declared.checked(value, setting) == value
        if isinstance(swept, Range):
            assert swept.lower < swept.upper and (swept.lower > 0 or not swept.log)
            if declared.kind is int:
                assert isinstance(swept.lower, int) and isinstance(swept.upper, int)


@pytest.mark.parametrize("name", [name for name in model_names() if own_space(load_model(name))])
def test_a_sweep_begins_with_the_models_own_candidates(name):
    model = load_model(name)
    search = search_of(model)
    firsts = [search.settings(point) for point in search.first]
    assert firsts[0] == dict(model.candidates[0])
    assert all(set(first) == set(model.card.settings) for first in firsts)
    swept_alone = [{**model.candidates[0], **{k: c[k] for k in search.space}} for c in model.candidates]
    assert all(found in firsts for found in swept_alone)


def test_what_is_asked_for_stands_in_for_what_the_card_says_in_the_order_of_the_card():
    asked = {"strict": Choices((True,)), "step": Range(2, 9), "level": Range(1.0, 4.0, log=True)}
    search = search_of(Level(), asked)
    assert dict(search.space) == asked and list(search.space) == ["level", "step", "strict"]
    assert search.whole == {"step"}


def test_own_candidates_are_moved_into_what_is_asked_for():
    search = search_of(Level(), {"level": Range(3.0, 4.0), "step": Choices((7, 8))})
    assert search.first == ({"level": 3.0, "step": 7, "strict": False},)


def test_a_fixed_setting_is_not_swept():
    search = search_of(Level(), fixed={"level": 4})
    assert dict(search.space) == {"strict": Choices((False, True))}
    assert search.fixed == {"level": 4.0, "step": 1}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"levle": Range(0.0, 1.0)}, "no setting 'levle'"),
        ({"level": Range(0.0, 11.0)}, "from -10 to 10"),
        ({"level": Range(-11.0, 1.0)}, "from -10 to 10"),
        ({"level": Range(3.0, 2.0)}, "wrong order"),
        ({"level": Range(3.0, 3.0)}, "one value"),
        ({"level": Range(0.0, 2.0, log=True)}, "cannot begin at 0"),
        ({"level": Range(-1.0, 2.0, log=True)}, "cannot begin at -1"),
        ({"level": Range(float("nan"), 2.0)}, "from -10 to 10"),
        ({"step": Range(1.5, 2.0)}, "whole number"),
        ({"level": Choices((1.0, 20.0))}, "from -10 to 10"),
        ({"level": Choices(("low",))}, "from -10 to 10"),
        ({"level": Choices(())}, "nothing to choose from"),
        ({"strict": Range(0, 1)}, "has no range"),
        ({"strict": Choices(("maybe",))}, "true or false"),
    ],
)
def test_an_impossible_space_is_refused(asked, words):
    with refused("E305", words):
        search_of(Level(), asked)


def test_a_setting_that_is_both_fixed_and_swept_is_refused():
    with refused("E305", "both fixed and swept"):
        search_of(Level(), {"level": Range(0.0, 1.0)}, {"level": 1.0})
    with refused("E305", "no setting 'x'"):
        search_of(Level(), fixed={"x": 1.0})


def test_a_model_with_nothing_to_sweep_is_refused():
    with refused("E305", "nothing to sweep over"):
        search_of(load_model("persistence"))


@pytest.mark.parametrize(
    ("value", "text"), [("last", "last"), ("true", '"true"'), ("12", '"12"'), (True, "true"), (1e-5, "1e-05"), (3, "3")]
)
def test_a_value_is_written_so_that_it_is_read_again(value, text):
    from braincast.cli.options import parsed_value

    assert written(value) == text
    assert parsed_value(text) == value and type(parsed_value(text)) is type(value)
