"""Loops over edges on a CPU, against gathers and finite differences, one window or many."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from braincast.models.connectome.networks import messages as whole
from braincast.models.connectome.networks.graph import Graph, graph_from_edges
from braincast.models.connectome.networks.loops import target
from braincast.models.connectome.networks.messages import messages, plain_messages

N_NEURONS, N_EDGES = 50, 400
LOOPS = ("arriving", "returning", "meeting")


@pytest.fixture(autouse=True)
def loops(monkeypatch):
    """Used however few edges there are."""
    monkeypatch.setattr(whole, "_MANY_EDGES", 0)


@pytest.fixture(scope="module")
def graph() -> Graph:
    rng = np.random.default_rng(0)
    pre, post = np.divmod(rng.choice(N_NEURONS**2, N_EDGES, replace=False), N_NEURONS)
    found = graph_from_edges(pre, post, np.ones(N_EDGES), N_NEURONS, least_edges=N_EDGES + 3)
    return jax.tree.map(jnp.asarray, found)


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[jax.Array]:
    rng = np.random.default_rng(seed)
    return [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in shapes]


def loss_of(product, graph):
    """Of weights and values, with a value that differs from place to place."""

    def loss(weight, values):
        found = product(graph, weight, values)
        return (jnp.sin(found) * jnp.arange(found.size).reshape(found.shape)).sum() / found.size

    return loss


def test_xla_can_call_the_loops():
    assert [target(loop) for loop in LOOPS] == [f"braincast_{loop}" for loop in LOOPS]


@pytest.mark.parametrize("n_vectors", [1, pytest.param(19, marks=pytest.mark.slow)])
def test_loops_say_what_gathers_say_and_their_gradients_too(graph, n_vectors):
    given = drawn(n_vectors, (graph.n_edges,), (n_vectors, N_NEURONS))
    np.testing.assert_allclose(messages(graph, *given), plain_messages(graph, *given), rtol=1e-5, atol=1e-5)
    found = jax.jit(jax.grad(loss_of(messages, graph), (0, 1)))(*given)
    expected = jax.jit(jax.grad(loss_of(plain_messages, graph), (0, 1)))(*given)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_windows_that_share_weights_have_one_gradient(graph):
    weight, values = drawn(2, (graph.n_edges,), (7, N_NEURONS))

    def total(product):
        each = jax.vmap(loss_of(product, graph), in_axes=(None, 0))
        return jax.grad(lambda weight, values: each(weight, values).sum(), (0, 1))(weight, values)

    for one, other in zip(total(messages), total(plain_messages), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_networks_with_weights_of_their_own_have_gradients_of_their_own(graph):
    weight, values = drawn(3, (3, graph.n_edges), (4, N_NEURONS))

    def each(product):
        of_windows = jax.vmap(loss_of(product, graph), in_axes=(None, 0))
        return jax.vmap(jax.grad(lambda weight: of_windows(weight, values).sum()))(weight)

    np.testing.assert_allclose(each(messages), each(plain_messages), rtol=1e-4, atol=1e-4)


def test_another_xla_is_served_by_gathers(graph, monkeypatch):
    given = drawn(4, (graph.n_edges,), (1, N_NEURONS))
    monkeypatch.setattr("braincast.models.connectome.networks.loops.target", lambda loop: None)
    sizes = [abs(each) for each in given]
    added = plain_messages(graph, *sizes)
    np.testing.assert_allclose(messages(graph, *sizes), added, rtol=1e-6)
    # Terms of either sign may cancel: rounding is a share of what was added, not of what is left.
    assert (abs(messages(graph, *given) - plain_messages(graph, *given)) <= 1e-6 * added).all()
