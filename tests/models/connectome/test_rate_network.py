"""Rates on the wiring, against scipy's solver, closed forms and finite differences."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.test_util
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from braincast.brain.brains import Brains
from braincast.brain.connectome import Connectome
from braincast.brain.specimen import Specimen
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks import coupling as forms
from braincast.models.connectome.networks import messages
from braincast.models.connectome.networks.rate_network import RateNetwork
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Seen


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


def first(connectome: Connectome, horizon: int = 4, **settings) -> RateNetwork:
    """Before the first step."""
    told = Specimen("made", "none", connectome=connectome)
    brains = Brains(tuple(connectome.neuron_ids), lambda: [told])
    model = load_model("rate-network")
    sizes = Sizes(5, horizon, connectome.n_neurons)
    return model.prepare(brains).begun(sizes, {**model.candidates[0], **settings}, key=jax.random.key(0))


def network(connectome: Connectome, horizon: int = 4, **settings) -> RateNetwork:
    """In float64, with every parameter moved a little, so that what begins at 0 is seen too."""
    begun = first(connectome, horizon, **settings)
    rng = np.random.default_rng(0)
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, float) + 0.3 * jnp.asarray(rng.normal(size=leaf.shape)), begun)


def brain(n_neurons: int = 6, kinds=("chemical", "electrical", "peptidergic")) -> Connectome:
    rng = np.random.default_rng(1)
    pairs = [(i, j, kind) for kind in kinds for i in range(n_neurons) for j in range(n_neurons) if rng.random() < 0.4]
    names = [f"n{i}" for i in range(n_neurons)]
    used = [(names[i], names[j], kind) for i, j, kind in pairs if i != j]
    pre, post, kind = zip(*used, strict=True)
    sign = rng.integers(-1, 2, len(used))
    return Connectome.from_edges(names, pre, post, kind=kind, weight=rng.integers(1, 20, len(used)), sign=sign)


def window(n_neurons: int) -> Seen:
    return Seen(jnp.asarray(np.random.default_rng(2).normal(size=(5, n_neurons))), jnp.asarray(0))


def test_two_rates_follow_scipys_solver():
    pair = Connectome.from_edges(
        ["a", "b"], ["a", "b", "a", "b", "a"], ["b", "a", "b", "a", "b"],
        kind=["chemical", "chemical", "electrical", "electrical", "monoaminergic"],
        weight=[5, 2, 3, 3, 1], sign=[1, -1, 0, 0, 1],
    )  # fmt: skip
    made = network(pair, steps_per_frame=200, observation="calcium")
    moves, seen = made.equations, window(2)
    ways, begin = moves.couplings(seen.recording), moves.begin(seen.context, made.read)
    w, g, v = (np.asarray(one.matrix) for one in (ways.fast, ways.electrical, ways.slow))
    tau, rest, gain = (
        np.asarray(f()) for f in (moves.neurons.time_constant, moves.neurons.resting, moves.neurons.sensitivity)
    )
    sigma, lag = np.exp([moves.log_slow, moves.log_lag])

    def change(_, state):
        x, s, y = state.reshape(3, 2)
        gap = (g * (x[None, :] - x[:, None])).sum(axis=1)
        return np.r_[
            (-x + rest + gain * (w @ np.tanh(x) + v @ s) + gap) / tau, (-s + np.tanh(x)) / sigma, (x - y) / lag
        ]

    frames = np.arange(1.0, 5.0)
    solved = solve_ivp(change, (0, 4), np.concatenate(begin), t_eval=frames, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(made(seen), solved.y[4:].T, atol=2e-3)


def test_gradients_are_finite_differences():
    made, seen = network(brain(), deviation=1.0, signs="edge"), window(6)
    learned, fixed = eqx.partition(made, eqx.is_inexact_array)
    jax.test_util.check_grads(
        jax.jit(lambda part: (eqx.combine(part, fixed)(seen) ** 2).sum()), (learned,), 1, modes=("rev",), rtol=1e-5
    )


@pytest.mark.slow
def test_along_many_edges_the_path_and_its_gradient_are_those_of_a_full_matrix(monkeypatch):
    made, seen = network(brain(), deviation=1.0, steps_per_frame=2), window(6)
    made, seen = jax.tree.map(lambda leaf: leaf.astype(leaf.dtype.kind + "4"), (made, seen))

    def loss(network, context):
        return jnp.sin(network(seen._replace(context=context))).sum()

    def found():
        of_windows = jax.vmap(loss, in_axes=(None, 0))
        contexts = jnp.stack([seen.context, -seen.context])
        return eqx.filter_jit(eqx.filter_value_and_grad(lambda made: of_windows(made, contexts).sum()))(made)

    full = found()
    monkeypatch.setattr(forms, "is_better_full", lambda graph: False)
    monkeypatch.setattr(messages, "_MANY_EDGES", 0)
    for one, other in zip(jax.tree.leaves(full), jax.tree.leaves(found()), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5)


def test_electrical_edges_alone_lose_nothing():
    made = network(brain(kinds=("electrical",)), deviation=1.0, neurons="shared")
    made = eqx.tree_at(lambda n: n.equations.neurons.rest, made, jnp.zeros(1))
    seen = window(6)
    begin = made.equations.begin(seen.context, made.read).rate.sum()
    decay = np.exp(-np.arange(1, 5) / made.equations.neurons.time_constant()[0])
    np.testing.assert_allclose(made(seen).sum(axis=1), begin * decay, rtol=1e-12)


def test_an_electrical_edge_is_as_strong_both_ways():
    strengths = network(brain(), deviation=1.0).equations.electrical
    full = np.asarray(strengths.coupling(jnp.asarray(0)).matrix)
    np.testing.assert_allclose(full, full.T)
    assert full.any()


def test_the_sign_is_the_known_one_and_learned_where_it_is_unknown():
    edges = Connectome.from_edges(["a", "b", "c"], ["a", "b", "c"], ["b", "c", "a"], sign=[1, -1, 0])
    strengths = network(edges).equations.fast
    weight = np.asarray(strengths())[0]
    graph = jax.tree.map(lambda values: values[0], strengths.wirings.graphs)
    assert (np.sign(weight[graph.sign != 0]) == graph.sign[graph.sign != 0]).all()
    silent = eqx.tree_at(lambda s: s.polarity, strengths, jnp.zeros(3))
    assert np.asarray(silent())[0][graph.sign == 0].tolist() == [0.0]


def test_it_begins_near_persistence():
    wired, seen = brain(), window(6)
    last = seen.context[-1]
    assert np.abs(first(wired)(seen) - last).max() < 0.5 * np.abs(last).max()
