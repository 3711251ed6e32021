"""The declaration: any change changes the hash, JSON brings it back bit for bit, nothing unknown is accepted."""

import json

import numpy as np
import pytest
from pydantic import ValidationError
from synthetic import card_of, worm

from braincast.tasks.card import Case, MetricUse, Stratum, TaskCard


@pytest.fixture(scope="module")
def card() -> TaskCard:
    return card_of(worm())


def other(value):
    """Another value of the same kind."""
    if value is None:
        return 0.25
    if isinstance(value, bool | str):
        return value + "x" if isinstance(value, str) else not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, tuple):
        return value[:-1]
    return dict(list(value.items())[:-1])


@pytest.mark.parametrize("field", TaskCard.model_fields)
def test_a_change_in_any_field_changes_the_hash(card, field):
    given = {"training_cases": card.cases[:1], "lead_s": (1.5,)}
    changed = card.model_copy(update={field: given[field] if field in given else other(getattr(card, field))})
    assert changed.hash != card.hash


def test_an_option_at_its_default_is_not_written_so_older_declarations_keep_their_hash(card):
    options = {"answer", "training_specimen", "training_cases", "lead_s", "pulse_s"}
    assert not options & set(card.model_dump())
    assert card.model_copy(update={"lead_s": (1.5,)}).model_dump()["lead_s"] == (1.5,)


@pytest.mark.parametrize("field", ["id", "stimulated", "fold", "group"])
def test_a_change_in_one_case_changes_the_hash(card, field):
    case = card.cases[3].model_copy(update={field: other(getattr(card.cases[3], field))})
    assert card.model_copy(update={"cases": (*card.cases[:3], case, *card.cases[4:])}).hash != card.hash


def test_cases_in_another_order_are_another_task(card):
    assert card.model_copy(update={"cases": card.cases[::-1]}).hash != card.hash


def test_json_brings_a_card_back_bit_for_bit(card):
    text = card.model_dump_json()
    again = TaskCard.model_validate_json(text)
    assert again == card and again.hash == card.hash and again.model_dump_json() == text
    json.dumps(card.model_dump(mode="json"), allow_nan=False)


def test_the_hash_is_that_of_canonical_json(card):
    import hashlib

    text = json.dumps(card.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert card.hash == hashlib.sha256(text.encode()).hexdigest()


def test_a_card_cannot_be_changed(card):
    with pytest.raises(ValidationError):
        card.name = "other"


@pytest.mark.parametrize(
    "changes",
    [{"colour": "red"}, {"kind": "guess"}, {"wiring": "mine"}, {"artefact_limit": 0.0}, {"lineup": ("m",) * 11}],
)
def test_an_impossible_declaration_is_refused(card, changes):
    with pytest.raises(ValidationError):
        TaskCard.model_validate(card.model_dump() | changes)


def test_a_negative_fold_and_a_metric_of_no_trials_are_refused():
    with pytest.raises(ValidationError):
        Case(id="a", stimulated=("a",), fold=-1, group="a")
    with pytest.raises(ValidationError):
        MetricUse(key="auroc", target="responds", min_trials=0)


def test_metric_keys_are_in_order(card):
    assert card.metric_keys[0] == "auroc" and len(card.metric_keys) == len(card.metrics) == 10


def test_a_stratum_contains_both_of_its_ends():
    values = np.array([0, 1, 2, 3, 4])
    assert Stratum(label="x", lower=1, upper=3).contains(values).tolist() == [False, True, True, True, False]
    assert Stratum(label="x", lower=3).contains(values).tolist() == [False, False, False, True, True]
