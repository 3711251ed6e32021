"""Networks against their formulas, written out in numpy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from refusals import refused

from braincast.models.blackbox.networks import linear_network, tsmixer_network
from braincast.models.blackbox.networks.answers import answers
from braincast.models.blackbox.networks.layers import Layer, dropped
from braincast.models.blackbox.networks.parameters import n_numbers, named_arrays, outline, with_arrays
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Batch, Seen

SIZES = Sizes(context=6, horizon=3, n_neurons=5)


def chance():
    """A function: made while tests are collected, it would start JAX with all threads for all tests."""
    return jax.random.key(0)


def window(context):
    return Seen(jnp.asarray(context), jnp.asarray(0))


@pytest.fixture
def context():
    return np.random.default_rng(0).normal(1.0, 2.0, size=(6, 5)).astype(np.float32)


@pytest.mark.parametrize("weights", ["shared", "own"])
def test_the_linear_map_is_weights_on_the_context_and_an_offset(weights, context):
    network = linear_network.begun(SIZES, weights, "none", key=chance())
    weight, bias = np.asarray(network.weight), np.asarray(network.bias)
    assert weight.shape == ((3, 6) if weights == "shared" else (5, 3, 6))
    each = [(weight, bias)] * 5 if weights == "shared" else list(zip(weight, bias, strict=True))
    expected = np.stack([w @ context[:, n] + b for n, (w, b) in enumerate(each)], axis=1)
    np.testing.assert_allclose(network(window(context)), expected, rtol=1e-5)


def test_a_level_that_is_removed_is_restored(context):
    removed = {"none": context, "last": context - context[-1]}
    removed["instance"] = (context - context.mean(axis=0)) / context.std(axis=0)
    for kind, expected in removed.items():
        own = level(jnp.asarray(context), kind)
        np.testing.assert_allclose(own.removed(jnp.asarray(context)), expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(own.restored(own.removed(jnp.asarray(context))), context, rtol=1e-5, atol=1e-6)


def test_a_neuron_that_stands_still_is_not_blown_up():
    own = level(jnp.ones((4, 2)), "instance")
    assert np.isfinite(own.removed(jnp.ones((4, 2)))).all() and (own.scale > 0).all()


def test_with_the_last_frame_removed_a_shift_of_the_context_shifts_the_answer(context):
    network = linear_network.begun(SIZES, "shared", "last", key=chance())
    moved = network(window(context + 3.0))
    np.testing.assert_allclose(moved, network(window(context)) + 3.0, rtol=1e-5)


def layer(values, made):
    return values @ np.asarray(made.weight, dtype=float) + np.asarray(made.bias, dtype=float)


def norm(values, made):
    standard = (values - values.mean()) / np.sqrt(values.var() + 1e-5)
    return standard * np.asarray(made.gain) + np.asarray(made.offset)


def test_tsmixer_mixes_frames_and_neurons_in_turn(context):
    network = tsmixer_network.begun(SIZES, 2, 7, 0.3, "none", key=chance())
    values = context.astype(float)
    for time, neurons in zip(network.mixing[::2], network.mixing[1::2], strict=True):
        values = values + np.maximum(layer(norm(values, time.norm).T, time.frames).T, 0)
        values = values + layer(np.maximum(layer(norm(values, neurons.norm), neurons.widen), 0), neurons.narrow)
    expected = layer(values.T, network.out).T
    np.testing.assert_allclose(network(window(context)), expected, rtol=1e-4, atol=1e-5)


def test_values_are_left_out_in_training_alone(context):
    network = tsmixer_network.begun(SIZES, 1, 7, 0.5, "none", key=chance())
    told = [network(window(context), key=key) for key in (None, None, chance(), jax.random.key(1))]
    assert (told[0] == told[1]).all() and (told[0] != told[2]).any() and (told[2] != told[3]).any()


def test_values_that_are_left_out_make_the_others_larger():
    values = np.asarray(dropped(jnp.ones(20_000), 0.3, chance()))
    assert set(np.unique(values).tolist()) == {0.0, np.float32(1 / 0.7)}
    assert values.mean() == pytest.approx(1.0, abs=0.02)


def test_a_layer_begins_within_one_over_the_root_of_its_inputs():
    weight = np.asarray(Layer.begun(16, 1000, key=chance()).weight)
    assert np.abs(weight).max() <= 0.25 and weight.std() == pytest.approx(0.25 / np.sqrt(3), rel=0.02)


def test_the_loss_is_the_mean_error_over_what_was_observed_and_zero_elsewhere(context):
    network = linear_network.begun(SIZES, "shared", "none", key=chance())
    target = np.random.default_rng(1).normal(size=(3, 5)).astype(np.float32)
    target[1, 2] = np.nan
    error = np.nan_to_num(np.asarray(network(window(context))) - target)
    example = Batch(window(context), jnp.asarray(target))
    assert float(network.loss(example, "absolute")) == pytest.approx(np.abs(error).mean(), rel=1e-5)
    assert float(network.loss(example, "squared")) == pytest.approx((error**2).mean(), rel=1e-5)


@pytest.mark.parametrize("n_windows", [1, 63, 64, 65, 130])
def test_many_windows_are_answered_as_one_by_one(n_windows):
    network = tsmixer_network.begun(SIZES, 1, 4, 0.3, "last", key=chance())
    contexts = np.random.default_rng(0).normal(size=(n_windows, 6, 5)).astype(np.float32)
    found = answers(network, Seen(contexts, np.zeros(n_windows, np.int32)))
    assert found.shape == (n_windows, 3, 5)
    for row in (0, n_windows // 2, n_windows - 1):
        np.testing.assert_allclose(found[row], network(window(contexts[row])), rtol=1e-5, atol=1e-5)


def test_arrays_of_a_network_have_names_and_lead_back_to_it(context):
    model = load_model("tsmixer")
    settings = {**model.candidates[0], "hidden": 4}
    network = model.init(SIZES, settings, key=chance())
    arrays = named_arrays(network)
    assert "mixing.3.narrow.weight" in arrays and all(type(values) is np.ndarray for values in arrays.values())
    drawn = outline(model, SIZES, settings)
    assert n_numbers(drawn) == sum(values.size for values in arrays.values()) == n_numbers(network)
    again = with_arrays(drawn, arrays)
    np.testing.assert_array_equal(again(window(context)), network(window(context)))


def test_arrays_of_another_network_are_refused():
    model = load_model("linear")
    arrays = named_arrays(model.init(SIZES, model.candidates[0], key=chance()))
    with refused("E702", "weight", "float32 [3, 6]", "float32 [2, 6]"):
        with_arrays(outline(model, Sizes(6, 2, 5), model.candidates[0]), {**arrays, "bias": np.zeros(2, np.float32)})
    with refused("E702", "extra", "nothing"):
        with_arrays(outline(model, SIZES, model.candidates[0]), {**arrays, "extra": np.zeros(1)})
    with refused("E702", "bias", "nothing"):
        with_arrays(outline(model, SIZES, model.candidates[0]), {"weight": arrays["weight"]})
