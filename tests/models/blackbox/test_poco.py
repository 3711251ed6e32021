"""POCO's promises: a perceptron on each neuron, modulated by a population whose order does not matter."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks
from test_attention import layer, moved, perceiver_layer, said

from braincast.models.blackbox.networks import poco_network
from braincast.models.blackbox.sizes import Sizes
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Seen
from braincast.training.fit import fit

SIZES = Sizes(context=7, horizon=3, n_neurons=5, n_recordings=2)
OWN = {"segment": 3, "latents": 2, "width": 6, "layers": 1, "heads": 2, "hidden": 8, "animals": "own", "dropout": 0.3}


def begun(sizes=SIZES, **settings):
    own = {**OWN, "rescaling": "none", **settings}
    return eqx.filter_jit(poco_network.begun)(sizes, *own.values(), key=jax.random.key(0))


def window(context, recording=0):
    return Seen(jnp.asarray(context), jnp.asarray(recording))


@pytest.fixture
def context():
    return np.random.default_rng(0).normal(1.0, 2.0, size=(7, 5)).astype(np.float32)


def test_poco_with_no_say_of_the_population_is_a_perceptron_on_each_neuron(context):
    network = begun()
    expected = layer(np.maximum(layer(context.T, network.hidden), 0), network.out).T
    np.testing.assert_allclose(said(network, window(context)), expected, rtol=1e-4, atol=1e-5)
    assert (np.abs(np.asarray(said(moved(network), window(context))) - expected) > 1e-3).any()


def test_poco_segments_tell_latents_and_latents_tell_neurons(context):
    network = moved(begun())
    encoder, units = network.encoder, np.asarray(network.units.shared + network.units.own[1])
    padded = np.concatenate([context[:1], context[:1], context])
    tokens = [
        layer(padded[start : start + 3, neuron], encoder.token) + units[neuron] + np.asarray(encoder.position[number])
        for neuron in range(5)
        for number, start in enumerate((0, 3, 6))
    ]
    latents = perceiver_layer(np.asarray(encoder.latents), np.stack(tokens), encoder.read)
    latents = perceiver_layer(latents, latents, encoder.layers[0])
    told = perceiver_layer(units, latents, encoder.ask)
    hidden = np.maximum(layer(context.T, network.hidden), 0)
    hidden = hidden * (1 + layer(told, network.scale)) + layer(told, network.shift)
    expected = layer(hidden, network.out).T
    np.testing.assert_allclose(said(network, window(context, 1)), expected, rtol=1e-3, atol=1e-4)


def test_poco_neurons_permuted_with_their_embeddings_permute_the_forecast(context):
    network, order = moved(begun()), np.array([3, 0, 4, 2, 1])
    units = network.units
    permuted = eqx.tree_at(lambda n: (n.units.shared, n.units.own), network, (units.shared[order], units.own[:, order]))
    expected = np.asarray(said(network, window(context)))[:, order]
    np.testing.assert_allclose(said(permuted, window(context[:, order])), expected, rtol=1e-4, atol=1e-5)
    assert (np.abs(np.asarray(said(network, window(context[:, order]))) - expected) > 1e-3).any(), "embeddings matter"


def test_poco_recordings_differ_only_where_neurons_have_embeddings_of_their_own(context):
    own, alike = moved(begun()), moved(begun(animals="alike"))
    assert alike.units.own is None
    np.testing.assert_array_equal(said(alike, window(context, 0)), said(alike, window(context, 1)))
    assert (np.asarray(said(own, window(context, 0))) != np.asarray(said(own, window(context, 1)))).any()


@pytest.mark.parametrize(("context_length", "length"), [(1, 1), (2, 2), (7, 3), (16, 16), (48, 16), (50, 16)])
def test_segments_cover_the_context_once_and_begin_with_its_first_frame(context_length, length):
    frames = poco_network.segments(context_length, length)
    n_repeated = frames.size - context_length
    assert 0 <= n_repeated < length and frames.shape[1] == length
    assert frames.ravel().tolist() == [0] * n_repeated + list(range(context_length))


@pytest.mark.parametrize("n_frames", [1, 2, 3])
def test_poco_answers_a_context_of_few_frames(n_frames, context):
    told = said(moved(begun(dataclasses.replace(SIZES, context=n_frames))), window(context[:n_frames]))
    assert told.shape == (3, 5) and np.isfinite(told).all()


def test_poco_computes_in_the_type_that_it_is_given(context):
    low = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), moved(begun()))
    assert said(low, window(jnp.asarray(context, jnp.bfloat16)), jax.random.key(0)).dtype == jnp.bfloat16


def largest_array(n_neurons):
    """The most numbers that any step of a forecast makes."""
    sizes = dataclasses.replace(SIZES, n_neurons=n_neurons)
    network = eqx.filter_eval_shape(begun, sizes)
    seen = Seen(jax.ShapeDtypeStruct((7, n_neurons), np.float32), jax.ShapeDtypeStruct((), np.int32))
    arrays, static = eqx.partition(network, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct))
    traced = jax.make_jaxpr(lambda given, told: eqx.combine(given, static)(told))(arrays, seen)
    return max(out.aval.size for step in traced.jaxpr.eqns for out in step.outvars)


def test_poco_grows_with_the_number_of_neurons_and_not_with_their_pairs():
    assert largest_array(20_000) == 10 * largest_array(2_000)


@pytest.mark.slow
def test_poco_a_recording_that_is_not_learned_from_keeps_the_embeddings_of_all():
    recordings = {f"r{n}": made_recording(random_walks(120, 3, seed=n)) for n in range(3)}
    task = made_task(made_dataset(recordings), held_out_animals=True)
    model = load_model("poco")
    small = {**OWN, "rescaling": "none", "steps": 20, "every": 10, "batch": 8, "weight_decay": 0.1}
    model.candidates = ({**model.candidates[0], **small},)
    fitted = fit(model, task)
    for fold, learned_from in zip(fitted.folds, task.card.folds, strict=True):
        moved_by = np.abs(fold.parameters["units.own"]).max(axis=(1, 2))
        learned = np.isin(np.arange(3), learned_from.learns_from)
        assert (moved_by[~learned] == 0).all() and (moved_by[learned] > 0).all() and not learned.all()
