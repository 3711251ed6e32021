"""Who takes part: baselines always, nulls for every model that uses the connectome, and the same draws for all."""

import pandas as pd
import pytest
from made_brains import made_brain, made_task

from braincast.brain.specimen_nulls import with_wiring
from braincast.errors import BraincastError
from braincast.experiments.entrants import (
    DECISIVE_DRAWS,
    Entrant,
    contestants,
    controls_of,
    wanted_models,
)
from braincast.models import registry
from braincast.models.baselines.constant import Constant
from braincast.models.interface import ModelCard
from braincast.models.registry import load_model, model_names
from braincast.tasks.registry import task_card


@pytest.fixture(scope="module")
def structure():
    return made_task().structure


@pytest.fixture(scope="module")
def card():
    return made_task().card


@pytest.fixture
def noisy(monkeypatch):
    """A registered model that says it has randomness."""

    class Noisy(Constant):
        card = ModelCard("noisy", "A constant with a seed.", ("perturbation",), (), {}, stochastic=True)

    find = registry.load_model
    monkeypatch.setattr("braincast.experiments.entrants.load_model", lambda n: Noisy() if n == "noisy" else find(n))
    return "noisy"


def test_a_forecast_task_that_names_the_control_has_places_permuted_beside_who_uses_them():
    card = task_card("zebrafish-regions").model_copy(update={"controls": ("positions-permuted",)})
    rows = [Entrant(name, name, "model") for name in ("unet", "linear")]
    assert [c.name for row in rows for c in controls_of(card, row, 3, 2)] == ["unet@positions-permuted"]


def test_the_line_up_is_the_tasks_own_unless_models_are_named(card):
    assert wanted_models(card, None) == card.lineup
    assert wanted_models(card, "direct-weights,constant") == ("direct-weights", "constant")
    assert wanted_models(card, ["constant", "constant"]) == ("constant",)


def test_all_models_are_those_that_answer_the_kind_of_task(card):
    assert set(wanted_models(card, "all")) == {n for n in model_names() if load_model(n).card.can_answer(card)}
    assert wanted_models(card.model_copy(update={"kind": "forecast"}), "all") == ()


def test_an_unknown_model_is_refused_with_the_nearest_one(card):
    with pytest.raises(BraincastError, match=r"E303.*did you mean 'direct-weights'") as caught:
        wanted_models(card, "constant,direct-wieghts")
    assert caught.value.exit_code == 2


def test_the_baselines_take_part_whoever_is_asked_for(card):
    rows = contestants(card, ("direct-weights",), 1)
    assert [(row.name, row.role) for row in rows] == [
        ("constant", "baseline"),
        ("responder-propensity", "baseline"),
        ("direct-weights", "model"),
    ]


def test_a_model_asked_for_that_is_a_baseline_takes_part_once(card):
    assert [row.name for row in contestants(card, ("constant",), 1)] == list(card.baselines)


def test_seeds_are_for_models_with_randomness(card, noisy):
    replicates = {row.name: row.replicates for row in contestants(card, ("direct-weights", noisy), 3)}
    assert replicates["noisy"] == (0, 1, 2)
    assert replicates["direct-weights"] == replicates["constant"] == (0,)


def test_no_seeds_are_refused(card):
    with pytest.raises(BraincastError, match="E305"):
        contestants(card, (), 0)


def test_every_model_gets_the_nulls_and_controls_of_what_it_uses_and_no_other(card):
    removes = {"expression-permuted": "expression", "positions-permuted": "positions"}
    for name in wanted_models(card, "all"):
        rows = controls_of(card, Entrant(name, name, "model"), 39, 3)
        uses = load_model(name).card.uses
        expected = [arm for arm in (*card.nulls, *card.controls) if removes.get(arm, "connectome") in uses]
        assert [row.wiring for row in rows] == expected
        assert {row.of for row in rows} <= {name}
        assert [row.role for row in rows] == ["control" if arm in card.controls else "null" for arm in expected]


def test_decisive_nulls_get_their_draws_and_what_is_not_random_gets_one(card):
    rows = controls_of(card, Entrant("direct-weights", "direct-weights", "model"), DECISIVE_DRAWS, 3)
    assert {row.wiring: len(row.replicates) for row in rows} == {
        "identity-permuted": 39,
        "degree-preserving": 39,
        "class-permuted": 3,
        "no-edges": 1,
        "transposed": 1,
    }


def edges_of(structure, wiring, draw):
    return with_wiring(structure, wiring, draw).connectome.edges[["pre", "post", "kind", "weight"]]


@pytest.mark.parametrize("wiring", ["identity-permuted", "class-permuted", "degree-preserving"])
def test_the_same_draw_of_a_null_has_the_same_edges_for_every_model_and_every_run(structure, wiring):
    pd.testing.assert_frame_equal(edges_of(structure, wiring, 4), edges_of(structure, wiring, 4))
    assert not edges_of(structure, wiring, 4).equals(edges_of(structure, wiring, 5))
    assert not edges_of(structure, wiring, 4).equals(structure.connectome.edges[["pre", "post", "kind", "weight"]])


def test_draws_of_different_nulls_do_not_share_a_seed(structure):
    moved = edges_of(structure, "identity-permuted", 0)
    assert not moved.equals(edges_of(structure, "class-permuted", 0))


def test_the_true_wiring_is_handed_on_as_it_is(structure):
    assert with_wiring(structure, "true", 7) is structure


def test_a_null_keeps_everything_but_the_edges(structure):
    changed = with_wiring(structure, "no-edges", 0)
    assert changed.connectome.n_edges == 0
    assert changed.connectome.neuron_ids == structure.connectome.neuron_ids
    assert changed.responses is None


def test_a_task_hands_out_structure_without_activity():
    task = made_task(made_brain(seed=3))
    assert task.structure.responses is None
    assert not task.structure.recordings
