"""Half precision inside a step, and how much of a device parameters may take."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from made_lessons import made_lesson

from braincast.training.gradient import layout
from braincast.training.gradient.layout import Layout
from braincast.training.gradient.loop import train
from braincast.training.place import Place


def test_on_the_cpu_everything_is_in_single_precision():
    found = made_lesson().layout
    assert found.computing_type("mixed") is found.computing_type("single") is jnp.float32


@pytest.mark.slow
def test_half_precision_inside_a_step_leaves_parameters_and_losses_in_single_precision(monkeypatch):
    single = train(made_lesson(clip=3.0), Place())
    monkeypatch.setattr(Layout, "computing_type", lambda layout, precision: jnp.bfloat16)
    half = train(made_lesson(clip=3.5), Place())  # a rule that differs, so that the step is compiled again
    leaves = [leaf for leaf in jax.tree.leaves(half.state) if jnp.issubdtype(leaf.dtype, jnp.floating)]
    assert leaves and {leaf.dtype for leaf in leaves} == {jnp.dtype("float32")}
    losses = [[row["loss"] for row in standing.metrics] for standing in (single, half)]
    assert losses[0] != losses[1]
    np.testing.assert_allclose(losses[1], losses[0], rtol=0.02)


class Device:
    """One that tells how much memory it has, or does not."""

    def __init__(self, memory: dict[str, int] | None) -> None:
        self._memory = memory

    def memory_stats(self):
        return self._memory


@pytest.mark.parametrize(
    ("memory", "fits"), [(None, True), ({"bytes_limit": 32_000}, True), ({"bytes_limit": 31_000}, False)]
)
def test_parameters_with_what_training_keeps_of_them_may_take_half_of_a_device(memory, fits):
    assert layout._fits(Device(memory), 1000) == fits
