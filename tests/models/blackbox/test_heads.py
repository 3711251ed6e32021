"""Distributions around networks, and several networks that answer together, against scipy and numpy."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from made_lessons import coupled, made_lesson, small_task
from scipy import stats

from braincast.models.blackbox.networks.ensemble import Ensemble
from braincast.models.blackbox.networks.head import Quantiles, with_head
from braincast.models.blackbox.networks.parameters import named_arrays
from braincast.models.blackbox.sizes import Sizes
from braincast.models.forecasters.spread import LEVELS, MEMBERS
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Batch, Seen
from braincast.training.fit import fit
from braincast.training.gradient.loop import train
from braincast.training.place import Place

LONGER = {"steps": 600, "every": 200, "learning_rate": 0.05}
SIZES = Sizes(context=6, horizon=3, n_neurons=5)


def drawn(network, *, seed=1):
    """The same network with every array moved, so that what begins at 0 or 1 shows."""
    rng = np.random.default_rng(seed)
    return jax.tree.map(lambda leaf: leaf + 0.3 * rng.normal(size=leaf.shape).astype(np.float32), network)


def linear(key=0):
    model = load_model("linear")
    return model.begun(SIZES, model.candidates[0], key=jax.random.key(key))


def example(*, gap: bool = False):
    rng = np.random.default_rng(0)
    target = rng.normal(size=(3, 5)).astype(np.float32)
    if gap:
        target[1, 2] = np.nan
    return Batch(Seen(jnp.asarray(rng.normal(size=(6, 5)).astype(np.float32)), jnp.asarray(0)), jnp.asarray(target))


def width(network, context):
    """The scale of errors, written out."""
    movement = np.log(np.stack([context.std(axis=0), np.abs(np.diff(context, axis=0)).mean(axis=0)]) + 1e-2)
    free = network.lead[:, None] + network.neuron + np.asarray(network.power).T @ movement
    return np.exp(np.asarray(free)) + 1e-3


def test_the_gaussian_head_lowers_the_negative_log_likelihood_of_scipy():
    network, window = drawn(with_head(linear(), SIZES, "gaussian")), example(gap=True)
    scale = width(network.width, np.asarray(window.seen.context, float))
    expected = -stats.norm.logpdf(np.asarray(window.target, float), np.asarray(network(window.seen)), scale)
    assert float(network.loss(window, "absolute")) == pytest.approx(np.nansum(expected) / 15, rel=1e-5)
    quantiles = stats.norm.ppf(LEVELS, np.asarray(network(window.seen))[..., None], scale[..., None])
    np.testing.assert_allclose(network.members(window.seen), quantiles, rtol=1e-4, atol=1e-4)


def test_the_quantile_head_lowers_the_pinball_loss():
    network, window = drawn(with_head(linear(), SIZES, "quantiles")), example(gap=True)
    members, truth = np.asarray(network.members(window.seen), float), np.asarray(window.target, float)
    above = truth[..., None] - members
    losses = np.where(above > 0, LEVELS * above, (LEVELS - 1) * above)
    losses[1, 2] = 0.0
    assert float(network.loss(window, "absolute")) == pytest.approx(2 * losses.mean(), rel=1e-4)


@pytest.mark.parametrize("kind", ["gaussian", "quantiles"])
def test_members_rise_and_their_mean_is_the_forecast(kind):
    network, window = drawn(with_head(linear(), SIZES, kind)), example()
    members = np.asarray(network.members(window.seen))
    assert members.shape == (3, 5, MEMBERS) and (np.diff(members, axis=-1) > 0).all()
    np.testing.assert_allclose(members.mean(axis=-1), network(window.seen), rtol=1e-4, atol=1e-4)


def test_both_heads_begin_with_the_same_normal_distribution():
    window = example()
    found = [with_head(linear(), SIZES, kind).members(window.seen) for kind in ("gaussian", "quantiles")]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found[0].std(axis=-1), 0.5 * stats.norm.ppf(LEVELS).std(), rtol=5e-3)


def test_a_context_of_one_frame_has_a_width_too():
    sizes = Sizes(context=1, horizon=2, n_neurons=3)
    model = load_model("linear")
    centre = model.begun(sizes, model.candidates[0], key=jax.random.key(0))
    members = with_head(centre, sizes, "gaussian").members(Seen(jnp.ones((1, 3)), jnp.asarray(0)))
    assert np.isfinite(np.asarray(members)).all()


def test_an_ensemble_answers_with_the_mean_of_its_networks_and_each_learns_alone():
    together, window = Ensemble.begun(lambda key: drawn_of(key), 3, key=jax.random.key(0)), example()
    each = [jax.tree.map(lambda leaf, n=n: leaf[n], together.each) for n in range(3)]
    assert len({float(network(window.seen)[0, 0]) for network in each}) == 3
    np.testing.assert_allclose(together(window.seen), np.mean([n(window.seen) for n in each], axis=0), rtol=1e-5)
    members = np.mean([n.members(window.seen) for n in each], axis=0)
    np.testing.assert_allclose(together.members(window.seen), members, rtol=1e-5, atol=1e-6)
    slope = eqx.filter_grad(lambda network: network.loss(window, "absolute"))
    own, shared = slope(each[1]), slope(together).each
    np.testing.assert_allclose(shared.centre.weight[1], own.centre.weight / 3, rtol=1e-4, atol=1e-7)


def drawn_of(key):
    model = load_model("linear")
    return with_head(model.begun(SIZES, model.candidates[0], key=key), SIZES, "quantiles")


def test_an_ensemble_of_networks_without_a_head_has_no_members():
    model = load_model("linear")
    network = model.init(SIZES, {**model.candidates[0], "ensemble": 2}, key=jax.random.key(0))
    assert isinstance(network, Ensemble) and network.members(example().seen) is None
    assert all(len(values) == 2 for values in named_arrays(network).values())


@pytest.mark.parametrize("kind", ["gaussian", "quantiles"])
def test_a_head_learns_how_far_each_neuron_is_off(kind):
    noisy = coupled(600)
    noisy[:, 0] = np.random.default_rng(1).normal(size=600)  # says nothing of what follows
    noisy[:, 1] = np.sin(np.arange(600) / 3)  # says everything
    lesson = made_lesson(task=small_task(noisy), head=kind, weights="own", **LONGER)
    network = train(lesson, Place()).state.network
    windows = lesson.validation.batch(np.arange(len(lesson.validation)))
    scale = np.asarray(jax.vmap(network.width)(jnp.asarray(windows.seen.context))).mean(axis=(0, 1))
    assert scale[0] > 5 * scale[1]
    assert isinstance(network, Quantiles) == (kind == "quantiles")


@pytest.mark.parametrize("settings", [{"head": "gaussian"}, {"head": "quantiles", "ensemble": 2}, {"ensemble": 2}])
def test_a_fit_with_a_head_or_of_several_networks_answers_like_every_other(settings):
    task = small_task(coupled(300))
    model = load_model("linear")
    model.candidates = ({**model.candidates[0], "steps": 20, "every": 10, "batch": 8},)
    fitted = fit(model, task, settings=settings)
    answer = fitted.forecast(task.cases()).values
    assert answer.shape == (*task.cases().shape, MEMBERS) and (np.diff(answer, axis=-1) >= 0).all()
    assert (fitted.folds[0].spread is None) == ("head" in settings)
    point = fitted.folds[0].point(task.cases(), fitted.prepared)
    np.testing.assert_allclose(answer.mean(axis=-1), point, rtol=1e-4, atol=1e-4)
