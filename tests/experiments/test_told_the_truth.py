"""A model that was told the truth is a ceiling: it takes part as a control and cannot lead."""

from braincast.experiments.arms import decisive_arms, usual_arms
from braincast.experiments.entrants import contestants
from braincast.models.registry import load_model
from braincast.tasks.registry import task_card


def test_the_oracle_takes_part_as_a_control_and_is_nobodys_null():
    found = {one.name: one for one in contestants(task_card("stg-modulation"), ("pyloric-oracle", "ar"), 1)}
    assert (found["pyloric-oracle"].role, found["pyloric-oracle"].of) == ("control", None)
    assert (found["ar"].role, found["mean"].role) == ("model", "baseline")


def test_models_of_the_pyloric_circuit_answer_for_its_cells_alone_as_they_were_recorded():
    card = task_card("stg-modulation")
    wiring, oracle = load_model("pyloric-wiring").card, load_model("pyloric-oracle").card
    assert wiring.can_answer(card) and oracle.can_answer(card)
    assert not wiring.can_answer(task_card("human-forecast"))
    assert not wiring.can_answer(card.model_copy(update={"scaled": True}))
    assert not oracle.can_answer(card.model_copy(update={"dataset": "a-recording-of-mine"}))
    assert not load_model("pyloric-informed").card.can_answer(card, "no-stimulus")


def test_a_card_that_names_its_nulls_has_these_alone():
    card = task_card("stg-modulation")
    assert usual_arms(card) == {"identity-permuted": "null", "no-edges": "null"}
    assert decisive_arms(card) == ("identity-permuted",)
    assert "degree-preserving" in usual_arms(task_card("worm-imputation"))
