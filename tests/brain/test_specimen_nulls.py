"""Nulls of what a brain is built of besides its wiring."""

import numpy as np
import pandas as pd
import pytest
from synthetic import worm

from braincast.brain.connectome import Connectome
from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.brain.specimen_nulls import expression_permuted, positions_permuted, with_wiring


@pytest.fixture
def specimen() -> Specimen:
    plain = worm().connectome
    places = np.arange(3.0 * plain.n_neurons).reshape(-1, 3)
    neurons = plain.neurons.assign(x_um=places[:, 0], y_um=places[:, 1], z_um=places[:, 2])
    connectome = Connectome(neurons, plain.edges, plain.name)
    values = np.random.default_rng(0).random((5, 20))
    expression = Expression(tuple("abcde"), tuple(plain.neuron_ids[:20]), values, "TPM", "medium", "made")
    return Specimen("made", "none", connectome=connectome, expression=expression)


def test_expression_moves_whole_neurons_and_leaves_the_wiring(specimen):
    moved = expression_permuted(specimen, seed=3)
    before, after = specimen.expression.values, moved.expression.values
    assert sorted(map(tuple, before.T)) == sorted(map(tuple, after.T)) and (before != after).any()
    assert moved.connectome is specimen.connectome and moved.expression.neurons == specimen.expression.neurons


def test_positions_move_whole_places_and_leave_the_wiring(specimen):
    moved = positions_permuted(specimen, seed=3)
    columns = ["x_um", "y_um", "z_um"]
    before, after = (s.connectome.neurons[columns].to_numpy() for s in (specimen, moved))
    assert sorted(map(tuple, before)) == sorted(map(tuple, after)) and (before != after).any()
    assert moved.connectome.edges.equals(specimen.connectome.edges)
    assert moved.connectome.neuron_ids == specimen.connectome.neuron_ids
    assert moved.expression is specimen.expression


def test_places_of_an_anatomy_move_though_there_is_no_wiring():
    anatomy = pd.DataFrame({"id": list("abcdef"), "x_um": np.arange(6.0), "y_um": -np.arange(6.0)})
    moved = with_wiring(Specimen("made", "none", anatomy=anatomy), "positions-permuted", 0).anatomy
    assert moved["id"].tolist() == list("abcdef") and moved["x_um"].tolist() != anatomy["x_um"].tolist()
    assert sorted(moved["x_um"]) == sorted(anatomy["x_um"]) and (moved["x_um"] == -moved["y_um"]).all()


@pytest.mark.parametrize("null", [expression_permuted, positions_permuted])
def test_a_seed_fixes_the_draw_and_a_brain_without_the_thing_is_left_alone(specimen, null):
    first, again, other = (null(specimen, seed=seed) for seed in (1, 1, 2))
    assert _contents(first) == _contents(again) != _contents(other)
    bare = Specimen("bare", "none", connectome=worm().connectome)
    assert null(bare, seed=1) is bare


def _contents(specimen: Specimen) -> tuple:
    places = specimen.connectome.neurons["x_um"].tolist()
    return tuple(places), specimen.expression.values.tobytes()
