"""The network of `embedding` against its formula in numpy, and what it costs in neurons."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from braincast.models.blackbox.networks.embedding_network import EmbeddingNetwork, Shape, begun
from braincast.models.blackbox.networks.parameters import n_numbers, outline
from braincast.models.blackbox.sizes import Sizes
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Seen

SIZES = Sizes(context=6, horizon=3, n_neurons=5, n_recordings=2)


def made(*, width=4, maps=3, hidden=7, animals="own", dropout=0.0, rescaling="last") -> EmbeddingNetwork:
    """A network whose every array is random: at its beginning many are 0."""
    network = begun(SIZES, Shape(width, maps, hidden, animals), dropout, rescaling, key=jax.random.key(0))
    rng = np.random.default_rng(0)
    return jax.tree.map(lambda leaf: jnp.asarray(rng.normal(size=leaf.shape), jnp.float32), network)


@pytest.fixture
def context():
    return np.random.default_rng(1).normal(1.0, 2.0, size=(6, 5)).astype(np.float32)


def gelu(values):
    """jax.nn.gelu approximates the normal distribution function by tanh to about 1e-3."""
    return values * norm.cdf(values)


@pytest.mark.parametrize("hidden", [0, 7])
@pytest.mark.parametrize("recording", [0, 1])
def test_a_forecast_is_own_past_and_signals_written_back_by_embedding(context, hidden, recording):
    network = made(hidden=hidden)
    who = np.asarray(network.embedding.shared + network.embedding.own[recording], dtype=float)
    moved = context.astype(float) - context[-1]
    signals = np.array([[moved[t] @ who[:, w] for w in range(4)] for t in range(6)]).reshape(-1) / np.sqrt(5)
    ahead = signals @ np.asarray(network.signals.direct, dtype=float)
    if hidden:
        inside = network.signals.inside
        within = gelu(signals @ np.asarray(inside.weight, dtype=float) + np.asarray(inside.bias))
        ahead = ahead + within @ np.asarray(network.signals.outside, dtype=float)
    expected = np.zeros((3, 5))
    for neuron in range(5):
        share = who[neuron] @ np.asarray(network.own.asked, dtype=float)
        own = sum(s * np.asarray(m, dtype=float) for s, m in zip([1.0, *share], network.own.maps, strict=True))
        written = ahead.reshape(3, 4) @ who[neuron]
        expected[:, neuron] = own @ moved[:, neuron] + np.asarray(network.own.bias) + written + context[-1, neuron]
    found = network(Seen(jnp.asarray(context), jnp.asarray(recording)))
    np.testing.assert_allclose(found, expected, rtol=2e-3 if hidden else 1e-4, atol=5e-2 if hidden else 1e-4)


def test_before_the_first_step_a_neuron_knows_its_own_past_alone(context):
    network = begun(SIZES, Shape(4, 3, 7, "alike"), 0.0, "none", key=jax.random.key(0))
    other = context.copy()
    other[:, 1:] += 1.0
    answer = [network(Seen(jnp.asarray(each), jnp.asarray(0))) for each in (context, other)]
    np.testing.assert_array_equal(answer[0][:, 0], answer[1][:, 0])
    own = np.asarray(network.own.maps[0]) @ context + np.asarray(network.own.bias)[:, None]
    np.testing.assert_allclose(answer[0], own, rtol=1e-4, atol=1e-5)


def test_neurons_that_are_left_out_are_still_answered_from_their_own_past(context):
    network = made(dropout=0.5, rescaling="none")
    alone = eqx.tree_at(lambda each: each.signals, network, jax.tree.map(jnp.zeros_like, network.signals))
    window, keys = Seen(jnp.asarray(context), jnp.asarray(0)), jax.random.split(jax.random.key(1), 400)
    answers = jax.vmap(lambda key: network(window, key=key))(keys)
    assert float(answers.std(axis=0).min()) > 0
    np.testing.assert_array_equal(alone(window, key=keys[0]), alone(window))


def test_parameters_go_with_the_number_of_neurons():
    model = load_model("embedding")
    settings = {**model.candidates[0], "width": 16, "animals": "alike"}
    counts = [n_numbers(outline(model, Sizes(4, 32, n), settings)) for n in (1_000, 2_000, 71_721)]
    assert counts[1] - counts[0] == 16 * 1_000 and counts[2] - counts[0] == 16 * 70_721
    assert counts[2] < 1.3e6


def test_it_computes_in_the_type_that_it_is_given(context):
    network = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), made(dropout=0.5))
    window = Seen(jnp.asarray(context, jnp.bfloat16), jnp.asarray(0))
    assert network(window, key=jax.random.key(0)).dtype == jnp.bfloat16
