"""Ways of spreading over a graph: matrix functions against networkx, closed forms and each other."""

from dataclasses import replace

import networkx
import numpy as np
import pytest
from scipy.stats import poisson
from synthetic import small_task

from braincast.brain.nulls import no_edges
from braincast.dynamics.linear import communicability, diffusion, propagation
from braincast.models.connectome.extrasynaptic_propagator import ExtrasynapticPropagator
from braincast.models.connectome.propagator import ConnectomePropagator
from braincast.models.connectome.signed_propagator import SignedPropagator, _respond
from braincast.models.registry import load_model


def test_communicability_of_a_regular_graph_is_that_of_networkx():
    graph = networkx.random_regular_graph(3, 12, seed=1)
    found = communicability(networkx.to_numpy_array(graph), time=3.0)  # exp(3 · A/3) = exp(A)
    expected = networkx.communicability_exp(graph)
    np.testing.assert_allclose(found, [[expected[a][b] for b in range(12)] for a in range(12)], rtol=1e-9)


def test_communicability_has_no_direction_and_a_lone_neuron_reaches_itself_alone():
    weights = np.zeros((4, 4))
    weights[0, 1] = weights[1, 2] = 3.0
    found = communicability(weights, 1.5)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    np.testing.assert_allclose(found[3], [0, 0, 0, 1], atol=1e-12)


def test_diffusion_along_a_chain_counts_steps_as_a_poisson_process():
    chain = np.diag(np.full(29, 2.0), k=1)
    found = diffusion(chain, 2.5)
    np.testing.assert_allclose(found[0, :20], poisson.pmf(np.arange(20), 2.5), atol=1e-10)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)  # a walker at the end stays there


def test_signs_turn_the_response_round():
    weights = {"excitatory": np.zeros((3, 3)), "inhibitory": np.zeros((3, 3)), "electrical": np.zeros((3, 3))}
    weights["excitatory"][0, 1] = weights["inhibitory"][1, 2] = 5.0
    found = _respond(weights, {"excitatory": 0.5, "inhibitory": 0.4, "electrical": 0.9})
    np.testing.assert_allclose(found, [[1, 0.5, -0.2], [0, 1, -0.4], [0, 0, 1]], atol=1e-12)


def test_without_inhibition_the_signed_propagator_is_the_unsigned_one():
    task = small_task()
    signed, plain = SignedPropagator(), ConnectomePropagator()
    gains = {"excitatory_gain": 0.3, "inhibitory_gain": 0.0, "electrical_gain": 0.6}
    unsigned = {"chemical_gain": 0.3, "electrical_gain": 0.6}
    # The synthetic worm has no predicted sign, so every synapse counts as excitatory.
    answers = []
    for model, settings in ((signed, gains), (plain, unsigned)):
        prepared = model.prepare(task.structure)
        fitted = model.fit(task.training(1), prepared, settings, seed=0)
        answers.append(fitted.forecast(task.cases("test", fold=1), prepared))
    np.testing.assert_allclose(*answers, atol=1e-12)


def test_extrasynaptic_gains_never_sum_to_1():
    for settings in ExtrasynapticPropagator.candidates:
        assert sum(settings.values()) < 1


@pytest.mark.parametrize("name", ["communicability", "diffusion"])
def test_a_null_without_edges_still_answers(name):
    task, model = small_task(), load_model(name)
    prepared = model.prepare(replace(task.structure, connectome=no_edges(task.structure.connectome)))
    answer = model.fit(task.training(0), prepared, model.candidates[0], seed=0).forecast(task.cases(), prepared)
    assert np.isfinite(answer).all()


def test_propagation_is_the_sum_of_both_kinds():
    weights = {"chemical": np.array([[0.0, 1.0], [0.0, 0.0]]), "electrical": np.array([[0.0, 1.0], [1.0, 0.0]])}
    found = propagation(weights, {"chemical": 0.4, "electrical": 0.2}, "input")
    np.testing.assert_allclose(found[0, 1], 0.3 / (1 - 0.3 * 0.2))
