"""Attention and the networks made of it, against their formulas in numpy."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import softmax

from braincast.models.blackbox.networks import itransformer_network, patchtst_network
from braincast.models.blackbox.networks.attention import Attention, PerceiverLayer, TransformerLayer
from braincast.models.blackbox.networks.layers import LayerNorm
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen

WIDTH, HEADS, HIDDEN = 6, 2, 5
SIZES = Sizes(context=7, horizon=3, n_neurons=5)


def chance(number=0):
    return jax.random.key(number)


def moved(network):
    """The same network with gains, offsets and the like away from 1 and 0, where a mistake in them would not show."""
    rng = np.random.default_rng(9)
    return jax.tree.map(lambda leaf: jnp.asarray(leaf + 0.2 * rng.normal(size=leaf.shape), jnp.float32), network)


@eqx.filter_jit
def said(network, seen, key=None):
    """The forecast, compiled once for all networks alike."""
    return network(seen, key=key)


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(1.0, 2.0, size=shape).astype(np.float32)


def given(made, *tokens, **others):
    """What a layer makes of tokens of numpy."""
    return np.asarray(eqx.filter_jit(made)(*(jnp.asarray(each) for each in tokens), **others))


def window(context, stimulus=None):
    return Seen(jnp.asarray(context), jnp.asarray(0), None if stimulus is None else jnp.asarray(stimulus))


def layer(values, made):
    return values @ np.asarray(made.weight, dtype=float) + np.asarray(made.bias, dtype=float)


def norm(tokens, made):
    standard = (tokens - tokens.mean(-1, keepdims=True)) / np.sqrt(tokens.var(-1, keepdims=True) + 1e-5)
    return standard * np.asarray(made.gain) + np.asarray(made.offset)


def gelu(values):
    return values * 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)))


def attention(asking, told, made):
    """Head after head, and within it token after token."""
    query, key, value = layer(asking, made.query), layer(told, made.key), layer(told, made.value)
    part = query.shape[-1] // made.n_heads
    heads = [slice(first, first + part) for first in range(0, query.shape[-1], part)]
    answers = [
        np.stack([softmax(key[:, head] @ one / np.sqrt(part)) @ value[:, head] for one in query[:, head]])
        for head in heads
    ]
    return layer(np.concatenate(answers, axis=1), made.out)


def perceptron(tokens, made):
    return layer(gelu(layer(tokens, made.widen)), made.narrow)


def transformer_layer(tokens, made):
    tokens = norm(tokens + attention(tokens, tokens, made.attention), made.after_attention)
    return norm(tokens + perceptron(tokens, made.perceptron), made.after_perceptron)


def perceiver_layer(tokens, others, made):
    asking = norm(tokens, made.before_asking)
    told = asking if made.before_telling is None else norm(others, made.before_telling)
    tokens = tokens + attention(asking, told, made.attention)
    return tokens + perceptron(norm(tokens, made.before_perceptron), made.perceptron)


def test_attention_is_a_mean_weighted_by_how_keys_fit_in_each_head():
    made = eqx.filter_jit(Attention.begun)(WIDTH, HEADS, key=chance())
    asking, told = drawn(4, WIDTH), drawn(9, WIDTH, seed=1)
    np.testing.assert_allclose(given(made, asking, told), attention(asking, told, made), rtol=1e-4, atol=1e-5)


def test_attention_does_not_mix_rows():
    made = eqx.filter_jit(Attention.begun)(WIDTH, HEADS, key=chance())
    rows = drawn(3, 4, WIDTH)
    np.testing.assert_allclose(given(made, rows, rows)[1], given(made, rows[1], rows[1]), rtol=1e-5, atol=1e-6)


def test_one_told_token_is_the_answer_whatever_is_asked():
    made = eqx.filter_jit(Attention.begun)(WIDTH, HEADS, key=chance())
    told = drawn(1, WIDTH)
    expected = np.tile(layer(layer(told, made.value), made.out), (4, 1))
    np.testing.assert_allclose(given(made, drawn(4, WIDTH, seed=1), told), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("width", "n_heads"), [(6, 4), (1, 3), (5, 5)])
def test_heads_that_do_not_cut_the_width_evenly_are_wider_together(width, n_heads):
    made = eqx.filter_jit(Attention.begun)(width, n_heads, key=chance())
    assert made.query.weight.shape[1] % n_heads == 0 and made.query.weight.shape[1] >= width
    tokens = drawn(4, width)
    np.testing.assert_allclose(given(made, tokens, tokens), attention(tokens, tokens, made), rtol=1e-4, atol=1e-5)


def test_a_transformer_layer_normalises_sums():
    made = moved(eqx.filter_jit(TransformerLayer.begun)(WIDTH, HEADS, HIDDEN, key=chance()))
    tokens = drawn(4, WIDTH)
    np.testing.assert_allclose(
        given(made, tokens, dropout=0.3, key=None), transformer_layer(tokens, made), rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("across", [True, False])
def test_a_perceiver_layer_normalises_what_it_is_given_and_adds(across):
    made = moved(eqx.filter_jit(PerceiverLayer.begun)(WIDTH, HEADS, HIDDEN, across=across, key=chance()))
    tokens, others = drawn(2, WIDTH), drawn(9, WIDTH, seed=1)
    expected = perceiver_layer(tokens, others, made)
    np.testing.assert_allclose(given(made, tokens, others, dropout=0.3, key=None), expected, rtol=1e-3, atol=1e-4)


def test_norms_and_weights_of_attention_are_in_float32_and_answers_in_the_type_given():
    made = eqx.filter_jit(TransformerLayer.begun)(WIDTH, HEADS, HIDDEN, key=chance())
    low = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), made)
    tokens = jnp.asarray(drawn(4, WIDTH)).astype(jnp.bfloat16)
    told = eqx.filter_jit(low)(tokens, 0.3, chance())
    assert told.dtype == low.after_attention(tokens).dtype == low.attention(tokens, tokens).dtype == jnp.bfloat16
    large = (1000 + jnp.arange(4.0).reshape(1, 4) * 8).astype(jnp.bfloat16)
    exact = LayerNorm.begun(4)(large.astype(jnp.float32))
    rounded = LayerNorm(*(jnp.asarray(x, jnp.bfloat16) for x in (np.ones(4), np.zeros(4))))(large)
    np.testing.assert_allclose(rounded.astype(jnp.float32), exact, atol=1e-2)


def inverted(sizes=SIZES, rescaling="none"):
    return moved(
        eqx.filter_jit(itransformer_network.begun)(sizes, WIDTH, 2, HEADS, HIDDEN, 0.3, rescaling, key=chance())
    )


def test_itransformer_attends_over_neurons_whose_contexts_are_tokens():
    network, context = inverted(), drawn(7, 5)
    tokens = layer(context.T, network.token)
    for each in network.layers:
        tokens = transformer_layer(tokens, each)
    expected = layer(norm(tokens, network.last), network.out).T
    np.testing.assert_allclose(said(network, window(context)), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("rescaling", ["none", "instance"])
def test_itransformer_permuted_neurons_permute_the_forecast(rescaling):
    network, context, order = inverted(rescaling=rescaling), drawn(7, 5), np.array([3, 0, 4, 2, 1])
    told = np.asarray(said(network, window(context)))
    np.testing.assert_allclose(said(network, window(context[:, order])), told[:, order], rtol=1e-4, atol=1e-5)
    context[:, 0] += 1.0 + np.arange(7)
    assert (np.abs(np.asarray(said(network, window(context))) - told)[:, 1:] > 1e-6).all(), (
        "neurons are told of each other"
    )


def test_itransformer_features_of_a_stimulus_are_tokens_too():
    network = inverted(dataclasses.replace(SIZES, n_features=2))
    context, stimulus = drawn(7, 5), drawn(10, 2, seed=1)
    tokens = np.concatenate([layer(context.T, network.token), layer(stimulus.T, network.shown)])
    for each in network.layers:
        tokens = transformer_layer(tokens, each)
    expected = layer(norm(tokens[:5], network.last), network.out).T
    np.testing.assert_allclose(said(network, window(context, stimulus)), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("context", "length", "stride"), [(1, 1, 1), (2, 2, 1), (7, 3, 2), (16, 16, 8), (48, 16, 8)])
def test_patches_cover_the_context_in_order_and_end_with_its_last_frame(context, length, stride):
    frames = patchtst_network.patches(context, length, stride)
    assert set(frames.ravel().tolist()) == set(range(context)) and frames.shape[1] == length
    assert frames[:, 0].tolist() == [min(n * stride, context - 1) for n in range(len(frames))]
    assert frames[-1, -1] == context - 1
    assert len(frames) == (context - length) // stride + 2, "as many as in the paper"


def patched(weights="shared", sizes=SIZES, patch=3, stride=2):
    own = patch, stride, WIDTH, 2, HEADS, HIDDEN, weights, 0.3, "none"
    return moved(eqx.filter_jit(patchtst_network.begun)(sizes, *own, key=chance()))


@pytest.mark.parametrize("weights", ["shared", "own"])
def test_patchtst_attends_over_patches_of_each_neuron_alone(weights):
    network, context = patched(weights), drawn(7, 5)
    starts, padded = (0, 2, 4, 6), np.concatenate([context, context[-1:], context[-1:]])
    for neuron in range(5):
        cut = np.stack([padded[start : start + 3, neuron] for start in starts])
        tokens = layer(cut, network.token) + np.asarray(network.position)
        for each in network.layers:
            tokens = transformer_layer(tokens, each)
        weight, bias = network.weight, network.bias
        if weights == "own":
            weight, bias = weight[neuron], bias[neuron]
        expected = tokens.ravel() @ np.asarray(weight).reshape(-1, 3) + np.asarray(bias)
        found = said(network, window(context))[:, neuron]
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("n_frames", [1, 2, 3])
@pytest.mark.parametrize("make", [inverted, patched])
def test_a_context_of_few_frames_is_enough(make, n_frames):
    network = make(sizes=dataclasses.replace(SIZES, context=n_frames))
    told = said(network, window(drawn(n_frames, 5)))
    assert told.shape == (3, 5) and np.isfinite(told).all()


@pytest.mark.parametrize("make", [inverted, patched])
def test_tokens_are_left_out_in_training_alone(make):
    network, seen = make(), window(drawn(7, 5))
    told = [said(network, seen, key) for key in (None, None, chance(), chance(1))]
    assert (told[0] == told[1]).all() and (told[0] != told[2]).any() and (told[2] != told[3]).any()
