"""What a neuron is called, and in which row it stands, is nothing a model may use."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import reordered, small_task
from zoo import CLOSED_FORMS

from braincast.models.registry import load_model

NAMES = (*CLOSED_FORMS, "gain-propagator", "linear-dynamics", "graph-network")
TASK = small_task()
SEEDS = st.integers(0, 2**32 - 1)


def renamed(name: str) -> str:
    """Another name, whose order differs from the old one."""
    return f"n{name[::-1]}"


def answers(task, name: str, fold: int, candidate: int) -> np.ndarray:
    """Probabilities [case, neuron] of a fold's cases, in float64, before anything is rounded."""
    model = load_model(name)
    prepared = model.prepare(task.structure)
    chosen = model.candidates[candidate % len(model.candidates)]
    fitted = model.fit(task.training(fold), prepared, chosen, seed=0)
    return fitted.forecast(task.cases("test", fold=fold), prepared)[:, 0]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=4, deadline=None)
@given(seed=SEEDS, fold=st.integers(0, 4), candidate=st.integers(0, 20))
def test_relabelling_all_neurons_leaves_forecasts_equal(name, seed, fold, candidate):
    other = reordered(TASK, np.random.default_rng(seed), renamed)
    expected, found = (answers(task, name, fold, candidate) for task in (TASK, other))
    cases, neurons = other.cases("test", fold=fold).ids, other.card.neurons
    rows = [cases.index(renamed(case)) for case in TASK.cases("test", fold=fold).ids]
    columns = [neurons.index(renamed(neuron)) for neuron in TASK.card.neurons]
    np.testing.assert_allclose(found[np.ix_(rows, columns)], expected, atol=1e-9)
