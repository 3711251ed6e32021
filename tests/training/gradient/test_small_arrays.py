"""Arrays that lie beside each window change how a step is computed, not what comes out."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from made_lessons import assert_equal_bits, made_lesson, small_task

from braincast.training.gradient.update import Given, gradient_of, small_beside_each


def wide_lesson(**settings):
    """Windows [4, 64], of which the weights [2, 4] of `linear` are a thirty-second part."""
    activity = np.random.default_rng(0).normal(size=(300, 64)).astype(np.float32)
    return made_lesson("linear", small_task(activity), weights="shared", **settings)


def test_a_small_array_lies_beside_each_window_and_a_large_one_does_not():
    network = {"small": jnp.ones((2, 4)), "large": jnp.ones((64, 4)), "word": "none"}
    beside, whole = small_beside_each(network, jnp.ones((8, 4, 64)))
    assert beside["small"].shape == (8, 2, 4) and beside["large"] is None
    assert whole["large"].shape == (64, 4) and whole["small"] is None and whole["word"] == "none"
    assert_equal_bits(beside["small"][3], network["small"])


def test_the_gradient_is_that_of_the_mean_loss_of_the_windows():
    lesson = wide_lesson()
    network, batch = lesson.begin(key=lesson.key(0)), lesson.batch(0)

    def plain(network):
        return jax.vmap(lambda window: network.loss(window, "absolute"))(batch).mean()

    expected_loss, expected = eqx.filter_value_and_grad(plain)(network)
    loss, found = gradient_of(network, Given(lesson.rules, lesson.layout, batch, jnp.asarray(0), lesson.key(1)))
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-6)
    np.testing.assert_allclose(found.weight, expected.weight, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.bias, expected.bias, rtol=1e-4, atol=1e-6)
