"""TiDE and Time-Mix against their formulas, written out in numpy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from braincast.models.blackbox.networks.layers import scattered
from braincast.models.blackbox.sizes import Sizes
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Seen

SIZES = Sizes(context=6, horizon=3, n_neurons=5, n_features=2, n_recordings=2)
SMALL = {"hidden": 7, "encoder_layers": 2, "decoder_layers": 2, "lead_width": 4, "temporal_width": 6}


def chance():
    """A function: made while tests are collected, it would start JAX with all threads for all tests."""
    return jax.random.key(0)


def begun(name, sizes, **own):
    """A network whose arrays are nowhere at their first, often plain, values."""
    model = load_model(name)
    network = model.begun(sizes, {**model.candidates[0], **own}, key=chance())
    rng = np.random.default_rng(2)
    return jax.tree.map(lambda leaf: leaf + 0.2 * rng.normal(size=leaf.shape).astype(np.float32), network)


@pytest.fixture
def seen():
    rng = np.random.default_rng(0)
    context = rng.normal(1.0, 2.0, size=(6, 5)).astype(np.float32)
    return Seen(jnp.asarray(context), jnp.asarray(1), jnp.asarray(rng.normal(size=(9, 2)).astype(np.float32)))


def layer(values, made):
    return values @ np.asarray(made.weight, dtype=float) + np.asarray(made.bias, dtype=float)


def block(values, made):
    out = layer(np.maximum(layer(values, made.widen), 0), made.narrow) + layer(values, made.skip)
    if made.norm is None:
        return out
    mean, variance = out.mean(axis=-1, keepdims=True), out.var(axis=-1, keepdims=True)
    return (out - mean) / np.sqrt(variance + 1e-5) * np.asarray(made.norm.gain) + np.asarray(made.norm.offset)


def tide_of_one_neuron(network, context, stimulus, identity):
    """The forecast [lead] of one neuron, as section 4 of the paper tells it."""
    shown = np.empty((9, 0)) if network.project is None else block(stimulus, network.project)
    values = np.concatenate([context, shown.ravel(), identity])
    for each in (*network.encoder, *network.decoder):
        values = block(values, each)
    leads = values.reshape(3, -1)
    decoded = [block(np.concatenate([leads[lead], shown[6 + lead]]), network.temporal)[0] for lead in range(3)]
    return np.array(decoded) + layer(context, network.direct)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("width", [0, 3])
def test_tide_encodes_each_neuron_and_decodes_each_lead(seen, told, width):
    sizes = SIZES if told else Sizes(6, 3, 5, 0, 2)
    network = begun("tide", sizes, **SMALL, embedding=width, animals="own")
    given = seen if told else seen._replace(stimulus=None)
    who = np.empty((5, 0)) if not width else np.asarray(network.embedding.shared + network.embedding.own[1])
    expected = np.stack(
        [
            tide_of_one_neuron(network, np.asarray(seen.context)[:, n].astype(float), np.asarray(seen.stimulus), who[n])
            for n in range(5)
        ],
        axis=1,
    )
    np.testing.assert_allclose(network(given), expected, rtol=1e-4, atol=1e-4)


def test_tide_answers_otherwise_once_another_stimulus_is_to_come(seen):
    network = begun("tide", SIZES, **SMALL)
    later = seen._replace(stimulus=seen.stimulus.at[-1].add(1.0))
    assert (np.asarray(network(seen)) != np.asarray(network(later))).all()


def test_tide_treats_neurons_alike_and_apart(seen):
    network, order = begun("tide", SIZES, **SMALL, embedding=0), np.array([3, 1, 4, 0, 2])
    shuffled = network(seen._replace(context=seen.context[:, order]))
    np.testing.assert_allclose(shuffled, network(seen)[:, order], rtol=1e-5, atol=1e-5)


def test_time_mix_mixes_frames_alone(seen):
    network, values = begun("time-mix", SIZES, blocks=3), np.asarray(seen.context, dtype=float)
    for each in network.mixing:
        standard = (values - values.mean()) / np.sqrt(values.var() + 1e-5)
        standard = standard * np.asarray(each.norm.gain) + np.asarray(each.norm.offset)
        values = values + np.maximum(layer(standard.T, each.frames).T, 0)
    assert len(network.mixing) == 3
    np.testing.assert_allclose(network(seen), layer(values.T, network.out).T, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["tide", "time-mix"])
def test_values_are_left_out_of_it_in_training_alone(name, seen):
    network = begun(name, SIZES, dropout=0.5)
    told = [np.asarray(network(seen, key=key)) for key in (None, None, chance(), jax.random.key(1))]
    assert (told[0] == told[1]).all() and (told[0] != told[2]).any() and (told[2] != told[3]).any()


def test_scattered_numbers_are_even_and_do_not_follow_one_another():
    words = [np.asarray(scattered(jax.random.key(seed), (64, 1024))) for seed in range(2)]
    for found in words:
        bits = (found[..., None] >> np.arange(32, dtype=np.uint32)) & 1
        # 65,536 draws: a share of 1/2 strays by 0.002, so five of its deviations are 0.01.
        assert np.abs(bits.mean(axis=(0, 1)) - 0.5).max() < 0.01
        share = np.bincount((found >> 26).ravel(), minlength=64) / found.size
        assert np.abs(share * 64 - 1).max() < 0.16  # five deviations of 1/√1024
    pairs = [(words[0][:, 1:], words[0][:, :-1]), (words[0][1:], words[0][:-1]), (words[0], words[1])]
    for one, other in pairs:
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.02
