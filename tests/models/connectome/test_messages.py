"""Messages along edges, against scipy's sparse matrices and finite differences."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import jax.test_util
import numpy as np
import pytest
from scipy import sparse

from braincast.brain.connectome import Connectome
from braincast.models.connectome.networks.coupling import coupling, full_matrix
from braincast.models.connectome.networks.graph import Graph, graph_from_edges, graph_of
from braincast.models.connectome.networks.messages import messages
from braincast.models.connectome.networks.wirings import Wirings

N_NEURONS, N_EDGES = 40, 160


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="module")
def graph() -> Graph:
    rng = np.random.default_rng(0)
    pairs = rng.choice(N_NEURONS * (N_NEURONS - 1), N_EDGES, replace=False)
    pre, post = np.divmod(pairs, N_NEURONS - 1)
    post = post + (post >= pre)
    return graph_from_edges(pre, post, rng.random(N_EDGES), N_NEURONS, least_edges=N_EDGES + 7)


def drawn(seed: int, *shapes: int | tuple[int, ...]) -> list[jax.Array]:
    rng = np.random.default_rng(seed)
    return [jnp.asarray(rng.normal(size=shape)) for shape in shapes]


def of_scipy(graph: Graph, weight: jax.Array) -> sparse.csr_array:
    return sparse.csr_array((weight, (graph.post, graph.pre)), shape=(graph.n_neurons, graph.n_neurons))


def test_messages_are_the_product_with_scipys_sparse_matrix(graph):
    weight, values = drawn(1, graph.n_edges, (3, N_NEURONS))
    found = messages(graph, weight, values)
    np.testing.assert_allclose(found, (of_scipy(graph, weight) @ values.T).T, rtol=1e-12, atol=1e-12)


def test_gradients_of_messages_are_finite_differences(graph):
    weight, values = drawn(2, graph.n_edges, N_NEURONS)
    jax.test_util.check_grads(jax.jit(lambda w, v: messages(graph, w, v)), (weight, values), 1, modes=("rev",))


def test_a_full_matrix_says_the_same(graph):
    weight, values = drawn(3, graph.n_edges, N_NEURONS)
    np.testing.assert_allclose(full_matrix(graph, weight) @ values, messages(graph, weight, values), atol=1e-12)
    np.testing.assert_allclose(coupling(graph, weight)(values), messages(graph, weight, values), atol=1e-12)


def test_rows_hold_each_edge_once(graph):
    for neuron in range(N_NEURONS):
        assert set(graph.post[graph.start[neuron] : graph.start[neuron + 1]]) <= {neuron}
    assert graph.start[0] == 0 and graph.start[-1] == graph.n_edges


def test_a_connectomes_edges_are_summed_by_kind_and_pair():
    brain = Connectome.from_edges(
        ["a", "b"],
        ["a", "a", "a", "b", "b"],
        ["b", "b", "b", "b", "a"],
        kind=["chemical", "chemical", "electrical", "chemical", "chemical"],
        weight=[3, 1, 5, 9, 0],
        sign=[1, -1, 0, 1, 1],
    )
    found = graph_of(brain)
    assert found.pre.tolist() == [0, 0] and found.post.tolist() == [1, 1]
    assert found.weight.tolist() == [4, 5] and found.sign.tolist() == [1, 0] and found.kind.tolist() == [0, 1]


def test_each_recording_has_its_own_wiring():
    one = Connectome.from_edges(["a", "b", "c"], ["a"], ["b"], weight=2)
    other = Connectome.from_edges(["a", "b", "c"], ["b", "c"], ["a", "b"], weight=[3, 4])
    wirings = Wirings.of([one, other], np.array([1, 0, 1]))
    values = jnp.array([1.0, 10.0, 100.0])
    for recording, expected in ((0, [30, 400, 0]), (1, [0, 2, 0]), (2, [30, 400, 0])):
        found = wirings.coupling(jnp.asarray(wirings.graphs.weight, float), recording)(values)
        assert found.tolist() == expected
        graph = wirings.graph(recording)
        assert messages(graph, jnp.asarray(graph.weight, float), values).tolist() == expected


def test_equal_wirings_are_equal():
    brain = Connectome.from_edges(["a", "b"], ["a"], ["b"])
    other = Connectome.from_edges(["a", "b"], ["b"], ["a"])
    here = np.array([0])
    assert Wirings.of([brain], here) == Wirings.of([brain], here)
    assert hash(Wirings.of([brain], here)) == hash(Wirings.of([brain], here))
    assert Wirings.of([brain], here) != Wirings.of([other], here)
