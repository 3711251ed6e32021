"""Networks on graphs: against formulas, finite differences, and their own answers to a brain in another order."""

from __future__ import annotations

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array
from made_recordings import made_dataset, made_recording, made_task, random_walks

from braincast.brain.brains import Brains
from braincast.brain.connectome import Connectome
from braincast.brain.specimen import Specimen
from braincast.models.blackbox.learning import SHARED
from braincast.models.blackbox.networks.head import with_head
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks.thinned import Thinned
from braincast.models.connectome.networks.walks import Walks
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Batch, Seen
from braincast.training.checkpoint import load_fit, save_fit
from braincast.training.fit import fit

NAMES = ("hopf", "graph-ode", "graph-forecaster", "graph-mixer")
NEURONS = ("n0", "n1", "n2", "n3", "n4")
SIZES = Sizes(context=6, horizon=3, n_neurons=5, n_recordings=3, frame_s=0.5)
SMALL = {"width": 3, "hidden": 3, "rank": 2, "rounds": 1}


def chance(seed=0):
    """A function: made while tests are collected, it would start JAX with all threads for all tests."""
    return jax.random.key(seed)


def wiring(seed: int, n_edges: int = 12) -> Connectome:
    """Edges of two kinds among the first four neurons; the last has none."""
    rng = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(4) for b in range(4) if a != b]
    chosen = [pairs[row] for row in rng.permutation(len(pairs))[:n_edges]]
    given = {"weight": rng.random(n_edges) + 0.1, "kind": rng.choice(["chemical", "electrical"], n_edges)}
    signs = rng.choice([-1, 0, 1], n_edges)
    pre, post = ([NEURONS[pair[end]] for pair in chosen] for end in (0, 1))
    return Connectome.from_edges(NEURONS, pre, post, sign=signs, **given)


def brains_of(*connectomes: Connectome, neurons=NEURONS) -> Brains:
    specimens = [Specimen(f"s{n}", "none", connectome=one) for n, one in enumerate(connectomes)]
    return Brains(neurons, lambda: specimens)


@pytest.fixture(scope="module")
def brains() -> Brains:
    one, other = (Specimen(f"s{seed}", "none", connectome=wiring(seed, 12 - 4 * seed)) for seed in (0, 1))
    return Brains(NEURONS, lambda: [one, other, one])


def settings_of(name: str, **changes):
    model = load_model(name)
    small = {key: value for key, value in SMALL.items() if key in model.card.settings}
    return {**model.candidates[0], **small, "past": "shared", "dropout": 0.0, **changes}


def begun(name: str, brains: Brains, **changes):
    """A network with every parameter moved a little, so that what begins at 0 is seen too; in float64."""
    network = load_model(name).prepare(brains).begun(SIZES, settings_of(name, **changes), key=chance())
    leaves, form = jax.tree.flatten(network)
    rng = np.random.default_rng(0)
    return form.unflatten([leaf.astype(jnp.float64) + rng.normal(0.0, 0.3, leaf.shape) for leaf in leaves])


def window(recording: int = 0, seed: int = 0) -> Seen:
    return Seen(jnp.asarray(np.random.default_rng(seed).normal(size=(6, 5))), jnp.asarray(recording))


@pytest.fixture
def double_precision():
    with jax.enable_x64(True):
        yield


@eqx.filter_jit
def answered(network, seen: Seen):
    return network(seen)


@eqx.filter_jit
@eqx.filter_value_and_grad(has_aux=True)
def error_of(network, seen: Seen, target):
    answer = network(seen)
    return ((answer - target) ** 2).mean(), answer


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_windows_are_answered_on_their_wiring_and_gradients_are_finite_differences(name, brains, double_precision):
    target = jnp.asarray(np.random.default_rng(1).normal(size=(3, 5)))
    network = begun(name, brains)
    (_, first), (_, second), (_, third) = (error_of(network, window(number), target)[0] for number in range(3))
    np.testing.assert_array_equal(first, third)
    assert np.abs(first - second).max() > 1e-6
    np.testing.assert_allclose(first[:, 4], second[:, 4], rtol=1e-6, atol=1e-6)  # it has no edges
    alone = begun(name, brains_of(brains.connectomes[1]))
    np.testing.assert_allclose(second, answered(alone, window(0)), rtol=1e-6, atol=1e-6)

    gradient = error_of(network, window(1), target)[1]
    leaves, form = jax.tree.flatten(network)
    rng = np.random.default_rng(2)
    way = [jnp.asarray(rng.normal(size=leaf.shape)) for leaf in leaves]
    ends = [form.unflatten([leaf + size * to for leaf, to in zip(leaves, way, strict=True)]) for size in (1e-5, -1e-5)]
    ahead, behind = (float(error_of(end, window(1), target)[0][0]) for end in ends)
    along = sum(float((slope * to).sum()) for slope, to in zip(jax.tree.leaves(gradient), way, strict=True))
    assert (ahead - behind) / 2e-5 == pytest.approx(along, rel=1e-5)


@pytest.mark.parametrize("name", [pytest.param("graph-ode", marks=pytest.mark.slow), "graph-forecaster"])
def test_a_brain_in_another_order_has_the_same_answers_in_that_order(name, double_precision):
    order, connectome = np.random.default_rng(3).permutation(5), wiring(0)
    names = tuple(NEURONS[row] for row in order)
    changes = {"strongest": 2} if name == "graph-ode" else {}
    one = begun(name, brains_of(connectome), **changes)
    other = begun(name, brains_of(connectome.subgraph(names), neurons=names), **changes)
    seen = window()
    found = answered(other, seen._replace(context=seen.context[:, order]))
    np.testing.assert_allclose(found, answered(one, seen)[:, order], rtol=1e-6, atol=1e-6)


def test_a_step_of_a_walk_is_the_mean_of_neighbours_of_a_kind_by_the_log_of_their_weights(brains):
    walks = Walks.of(brains.connectomes, brains.which)
    values = np.arange(5.0, dtype=np.float32)
    adjacency = [brains.connectomes[1].adjacency(kind).toarray() for kind in ("chemical", "electrical")]
    for step, matrix in zip(walks.steps(jnp.asarray(1)), [*adjacency, *(one.T for one in adjacency)], strict=True):
        size = np.log1p(matrix / np.median(matrix[matrix > 0]))
        total = size.sum(axis=0)
        expected = np.divide(values @ size, total, out=np.zeros(5), where=total > 0)
        np.testing.assert_allclose(step(jnp.asarray(values)), expected, rtol=1e-5)


def test_the_strongest_edges_stay_and_are_told_by_size_and_sign():
    ids = ["a", "b", "c", "d"]
    connectome = Connectome.from_edges(ids, ["a", "b", "c"], ["d", "d", "d"], weight=[1.0, np.e, np.e**2], sign=-1)
    wired = Thinned.of([connectome], np.zeros(1, int), 2).wired(jnp.asarray(0), jnp.float32)
    assert wired.graph.pre.tolist() == [1, 2] and wired.graph.post.tolist() == [3, 3]
    np.testing.assert_allclose(wired.told, [[-1, 1], [-1, -1], [1, 1]], rtol=1e-5)
    assert float(wired.share.sum()) == pytest.approx(1.0)


def test_the_mixer_walks_along_the_wiring_and_pays_for_what_it_mixes_beside_it(brains, double_precision):
    network = begun("graph-mixer", brains, prior=0.7)
    mixing, known = network.neurons[0], np.random.default_rng(2).normal(size=(6, 5))
    steps = network.walks.steps(jnp.asarray(0))
    matrices = [np.asarray(step.matrix, float) for step in steps]
    free = np.asarray(mixing.give @ mixing.take)
    normed = np.asarray(mixing.norm(jnp.asarray(known)))
    expected = known + normed @ free
    for way, matrix in enumerate(matrices):
        for length in (1, 2):
            walked = normed @ np.linalg.matrix_power(matrix, length).T
            expected = expected + np.asarray(mixing.gain[length - 1, way]) * walked
    np.testing.assert_allclose(mixing(jnp.asarray(known), steps, 0.0, None), expected, rtol=1e-6, atol=1e-6)
    assert float(network.penalty()) == pytest.approx(0.7 * (free**2).sum() / 5)


class Costly(Network):
    """Says 0 everywhere, at a price."""

    price: Array

    def __call__(self, seen: Seen, *, key=None):
        return jnp.zeros((3, 5))

    def penalty(self):
        return self.price**2


def test_what_parameters_cost_is_added_to_the_loss_with_a_head_or_without():
    example = Batch(window(), jnp.ones((3, 5)))
    for head in ("point", "gaussian", "quantiles"):
        dear, free = (with_head(Costly(jnp.asarray(price)), SIZES, head) for price in (0.5, 0.0))
        assert float(dear.loss(example, "absolute") - free.loss(example, "absolute")) == pytest.approx(0.25, rel=1e-5)


def wired_task(*connectomes: Connectome):
    """A task about a recording of each brain."""
    dataset = made_dataset({f"r{n}": made_recording(random_walks(seed=n)) for n in range(len(connectomes))})
    for key, connectome in zip(list(dataset.specimens), connectomes, strict=True):
        found = dataset.specimens[key]
        dataset.specimens[key] = replace(found, connectome=connectome, wiring="same animal")
    return made_task(dataset)


def quick(name: str):
    """The model with few steps and small layers."""
    model = load_model(name)
    small = {key: value for key, value in SMALL.items() if key in model.card.settings}
    model.candidates = ({**model.candidates[0], "steps": 10, "every": 5, "batch": 8, **small},)
    return model


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hopf", "graph-ode"])
def test_each_is_fitted_to_brains_of_unlike_wiring_one_without_any_and_saved(name, tmp_path):
    task = wired_task(wiring(0), wiring(1, 0))
    fitted = fit(quick(name), task, seed=3)
    assert fitted.folds[0].sizes.frame_s == 0.5
    answer = fitted.forecast(task.cases()).values
    assert np.isfinite(answer).all() and (np.diff(answer, axis=-1) >= 0).all()
    loaded = load_fit(save_fit(fitted, tmp_path / "fit"), task)
    np.testing.assert_array_equal(loaded.forecast(task.cases()).values, answer)


@pytest.mark.parametrize("name", NAMES)
def test_without_any_edge_neurons_are_answered_apart(name):
    alike = {"regions": "alike"} if name == "hopf" else {}
    network = load_model(name).prepare(brains_of(wiring(0, 0))).begun(SIZES, settings_of(name, **alike), key=chance())
    assert np.isfinite(answered(network, window())).all()


@pytest.mark.parametrize("name", NAMES)
def test_each_describes_itself(name):
    model = load_model(name)
    card = model.card
    assert card.name == name and card.uses == ("activity", "connectome") and card.stochastic and card.citation
    assert card.kinds == ("forecast", "rollout") and set(SHARED) <= set(card.settings)
    for settings in model.candidates:
        assert set(settings) == set(card.settings)
        assert all(card.settings[key].checked(value, key) == value for key, value in settings.items())
