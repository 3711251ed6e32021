"""The U-Net against outside referees, and what moving and renumbering neurons does to it."""

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr
from made_recordings import made_dataset, made_recording, made_task, places, random_walks
from refusals import refused
from scipy.ndimage import correlate

from braincast.brain.brains import Brains
from braincast.brain.specimen import Specimen
from braincast.models.blackbox.networks.convolutions import Convolution, GroupNorm, averaged, repeated
from braincast.models.blackbox.networks.unet_network import UNet
from braincast.models.blackbox.sizes import Sizes
from braincast.models.blackbox.unet import UNetForecaster
from braincast.tasks.forecasting.examples import Seen
from braincast.training.fit import fit

SMALL = {"voxels": 7.0, "halvings": 0, "blocks": 1, "width": 4, "dropout": 0.0}
SIZES = Sizes(context=3, horizon=2, n_neurons=9)


def chance():
    return jax.random.key(0)


def drawn(*shape):
    return jnp.asarray(np.random.default_rng(5).normal(size=shape), jnp.float32)


@eqx.filter_jit
def said(network, *given):
    return network(*given)


def answer(network, context, stimulus=None):
    """What a network says of one window, compiled."""
    return np.asarray(said(network, Seen(jnp.asarray(context), jnp.asarray(0), stimulus)))


def moved(begin, *given):
    """What begins so, with all its numbers drawn anew: no part of it is silent."""
    leaves, form = jax.tree.flatten(eqx.filter_eval_shape(begin, *given, key=chance()))
    rng = np.random.default_rng(1)
    return form.unflatten([jnp.asarray(0.3 * rng.normal(size=leaf.shape), jnp.float32) for leaf in leaves])


def network_at(position, sizes=SIZES, **changes):
    model = UNetForecaster(position)
    return moved(model.init, sizes, {**model.candidates[0], **SMALL, **changes})


def scattered(n=9):
    return np.random.default_rng(2).uniform(0, 100, size=(n, 3))


@pytest.mark.parametrize("size", [(3, 3, 3), (3, 3, 1)])
def test_a_convolution_is_scipy_s_correlation_with_zeros_beyond_the_borders(size):
    made = moved(Convolution.begun, size, 2, 3)
    values = drawn(5, 4, 6, 2)
    found, weight = np.asarray(said(made, values)), np.asarray(made.weight)
    for channel in range(3):
        each = (correlate(values[..., k], weight[..., k, channel], mode="constant") for k in range(2))
        np.testing.assert_allclose(found[..., channel], sum(each) + np.asarray(made.bias)[channel], atol=1e-5)


def test_a_group_of_channels_has_mean_0_and_variance_1_before_gain_and_offset():
    made = moved(lambda *, key: GroupNorm.begun(12))
    assert made.n_groups == 6
    values = 3.0 + np.asarray(drawn(3, 4, 5, 12))
    groups = np.split(values, 6, axis=-1)
    standard = np.concatenate([(g - g.mean()) / np.sqrt(g.var() + 1e-5) for g in groups], axis=-1)
    np.testing.assert_allclose(said(made, jnp.asarray(values)), standard * made.gain + made.offset, atol=1e-5)


def test_a_finer_grid_repeats_and_a_coarser_one_averages():
    values, factors = drawn(2, 3, 1, 2), (2, 2, 1)
    np.testing.assert_array_equal(repeated(values, factors), np.kron(values, np.ones((2, 2, 1, 1), np.float32)))
    np.testing.assert_allclose(averaged(repeated(values, factors), factors), values, rtol=1e-6)
    assert float(averaged(drawn(4, 4, 1, 1), factors)[0, 1, 0, 0]) == pytest.approx(drawn(4, 4, 1, 1)[:2, 2:].mean())


def test_what_moves_by_a_voxel_of_the_coarsest_grid_moves_the_answer_as_far():
    settings = {"width": 4, "halvings": 1, "blocks": 1}
    made = moved(UNet.begun, (2, 2, 1), 3, settings, 0)
    volume = jnp.zeros((128, 4, 1, 3)).at[60:68].set(drawn(8, 4, 1, 3))
    here, there = (np.asarray(said(made, v, None)) for v in (volume, jnp.roll(volume, 2, axis=0)))
    middle = slice(30, 98)
    np.testing.assert_allclose(np.roll(here, 2, axis=0)[middle], there[middle], atol=1e-4)
    assert np.abs(here[middle] - there[middle]).max() > 0.1


def test_it_begins_as_the_last_frame():
    model = UNetForecaster(scattered())
    network = model.init(SIZES, {**model.candidates[0], **SMALL, "rescaling": "last"}, key=chance())
    context = np.asarray(drawn(3, 9))
    np.testing.assert_array_equal(answer(network, context), np.stack([context[-1]] * 2))


def test_renumbering_neurons_with_their_places_renumbers_the_answer():
    order, position, context = np.random.default_rng(3).permutation(9), scattered(), drawn(3, 9)
    here = answer(network_at(position), context)
    there = answer(network_at(position[order]), context[:, order])
    np.testing.assert_allclose(there, here[:, order], atol=1e-5)
    elsewhere = answer(network_at(position[order]), context)
    assert np.abs(elsewhere - here).max() > 1e-3, "places matter"


def test_a_neuron_without_a_place_has_its_own_past_alone_and_tells_others_nothing():
    position, context = scattered(), np.asarray(drawn(3, 9))
    position[4] = np.nan
    network = network_at(position, rescaling="none")
    found = answer(network, context)
    np.testing.assert_allclose(found[:, 4], np.asarray(network.past.weight) @ context[:, 4], atol=1e-6)
    other = np.where(np.arange(9) == 4, 7.0, context).astype(np.float32)
    np.testing.assert_array_equal(np.delete(answer(network, other) - found, 4, axis=1), 0.0)


def test_it_computes_in_the_type_it_is_given():
    network = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.bfloat16), network_at(scattered()))
    assert answer(network, drawn(3, 9).astype(jnp.bfloat16)).dtype == jnp.bfloat16


def test_what_is_shown_scales_and_shifts_channels_where_it_is_told():
    network = network_at(scattered(), replace(SIZES, n_features=2))
    found = [answer(network, drawn(3, 9), shown) for shown in (drawn(5, 2), 2 * drawn(5, 2))]
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_a_task_that_does_not_say_where_neurons_lie_is_refused():
    with refused("E306", "model unet", "where neurons lie"):
        fit("unet", made_task())
    with refused("E306", "model unet", "it needs positions"):
        UNetForecaster().prepare(Brains(("a",), lambda: [Specimen("bare", "none")]))


def test_fewer_windows_are_answered_at_once_where_volumes_are_large():
    few, many = (network_at(scattered(), voxels=voxels, ensemble=n) for voxels, n in ((1e5, 2), (7.0, 1)))
    assert few.n_at_once == 3 and few.each.n_at_once == 6 and many.n_at_once == 64


@pytest.mark.slow
def test_it_learns_where_the_stimulus_is_told_and_where_one_neuron_has_no_place():
    shown = xr.DataArray(np.sin(np.arange(200.0))[:, None], dims=("time", "feature"))
    anatomy = places(5)
    anatomy.loc[2, "y_um"] = np.nan
    task = made_task(made_dataset(made_recording(random_walks(), stimulus=shown, anatomy=anatomy)))
    fitted = fit("unet", task, settings={**SMALL, "steps": 4, "every": 2, "batch": 4})
    assert np.isfinite(fitted.forecast(task.cases()).values).all()
    assert any("told" in name for name in fitted.folds[0].parameters)
