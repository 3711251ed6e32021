"""Circuits that differ widely and make the same rhythm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from refusals import refused

from braincast.dynamics.conductance import parameters_of, read_circuit, simulate
from braincast.dynamics.rhythm import analysis_of
from braincast.experiments.degeneracy import (
    Effort,
    all_differ,
    degenerate_circuits,
    drawn,
    fold_differences,
    mutually_different,
    parameters,
)
from braincast.experiments.degeneracy.model_cells import MODEL_CELLS


@pytest.fixture(scope="module")
def pyloric():
    return read_circuit("pyloric")


def test_two_circuits_differ_where_one_has_a_multiple_of_the_other_and_both_have_some():
    other = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    sets = np.array([[2.0, 0.5, 1.9, 0.0, 3.0, 0.0]])
    assert fold_differences(sets, other).tolist() == [2]  # neither what is below 2-fold, nor what one of them lacks


values = arrays(float, st.tuples(st.integers(0, 12), st.just(6)), elements=st.sampled_from([0.0, 1.0, 2.0, 4.0]))


@settings(max_examples=60, deadline=None)
@given(sets=values)
def test_chosen_circuits_all_differ_and_none_could_be_added(sets):
    chosen = mutually_different(sets, at_least=2)
    assert all_differ(sets[chosen], at_least=2)
    for row in set(range(len(sets))) - set(chosen.tolist()):
        assert not all_differ(sets[[*chosen, row]], at_least=2)


def test_proposals_lie_around_model_cells_and_published_synapses(pyloric):
    sets = drawn(pyloric, np.random.default_rng(0), 40, spread=1.25)
    sodium = [sets.names.index(f"{cell}.Na") for cell in MODEL_CELLS]
    for column, cell in zip(sodium, MODEL_CELLS, strict=True):
        known = np.array([each[0] for each in MODEL_CELLS[cell]])
        nearest = np.abs(np.log(sets.values[:, [column]] / known)).min(axis=1)
        assert (nearest <= np.log(1.25)).all()
    assert (np.unique(sets.values[:, -7:] == 0).tolist()) == [False, True]  # a synapse may be missing


def test_a_set_is_the_circuit_that_its_changes_make(pyloric):
    sets = drawn(pyloric, np.random.default_rng(2), 5, spread=1.25)
    batch = parameters(sets)
    for row in range(5):
        alone = parameters_of(pyloric.changed(sets.changes(row)))
        np.testing.assert_allclose(alone.maximal, batch.maximal[row], rtol=1e-6)
        np.testing.assert_allclose(alone.synapse, batch.synapse[row], rtol=1e-6)


def test_circuits_of_other_cells_are_refused():
    with refused("E902", "model cell", "axon"):
        drawn(read_circuit("hh"), np.random.default_rng(0), 5, spread=1.25)


@pytest.mark.slow
def test_found_circuits_differ_two_fold_and_are_pyloric_alone_too(pyloric):
    effort = Effort(spread=1.0, screen_ms=8000.0, duration_ms=8000.0, screen_dt_ms=0.1, dt_ms=0.1, batch=32)
    found = degenerate_circuits(pyloric, n_tried=32, seed=0, effort=effort, workers=1)
    assert len(found.sets) >= 3
    assert all_differ(found.sets.values)
    assert {rhythm["class"] for rhythm in found.rhythms} == {"pyloric"}
    # One that is so in every cycle, once more, alone and in float64.
    steady = next(row for row, rhythm in enumerate(found.rhythms) if rhythm["share_in_order"] == 1.0)
    own = simulate(pyloric.changed(found.sets.changes(steady)), duration_ms=8000.0, dt_ms=0.05, integrator="staggered")
    again = analysis_of(own.spike_times_ms, from_ms=8000.0 / 3, to_ms=8000.0)
    assert again["class"] == "pyloric"
    assert again["period_ms"] == pytest.approx(found.rhythms[steady]["period_ms"], rel=0.03)
