"""Eight simulated devices: windows spread over them, or parameters, give the losses of one."""

import json
from pathlib import Path

import numpy as np
import pytest
from other_process import told

PROGRAM = """
import json, sys
import jax, numpy as np
from made_lessons import coupled, made_lesson, small_task
from braincast.training.gradient.layout import laid_out
from braincast.training.gradient.loop import train
from braincast.training.place import Place

settings = {"linear": {"weights": "own"}, "tsmixer": {"blocks": 1, "hidden": 16}}
task, devices, found = small_task(coupled(n_neurons=16)), jax.devices(), {}
assert len(devices) == 8
for model, own in settings.items():
    for grid in ((1, 1), (8, 1), (1, 8), (2, 4)):
        layout = laid_out(devices, *grid, 16)
        standing = train(made_lesson(model, task, layout=layout, **own), Place())
        leaves = jax.tree.leaves(standing.state)
        largest = max((leaf for leaf in leaves if hasattr(leaf, "sharding")), key=lambda leaf: leaf.size)
        parts = [shard.data.size for shard in largest.addressable_shards]
        found[f"{model} {grid}"] = {"metrics": standing.metrics, "whole": largest.size, "parts": parts}
print(json.dumps(found))
"""


# A network of a whole larval zebrafish with a billion parameters, as outlines: nothing is computed.
BILLION = """
import json
import equinox as eqx, jax, jax.numpy as jnp
from braincast.models.blackbox.networks.parameters import n_numbers
from braincast.models.blackbox.sizes import Sizes
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Batch, Seen
from braincast.training.gradient.layout import laid_out
from braincast.training.gradient.rules import Rules
from braincast.training.gradient.update import Given, state_of, update

sizes, model = Sizes(256, 32, 71_720), load_model("tsmixer")
settings = {**model.candidates[0], "hidden": 3484, "batch": 8}
rules, layout = Rules.of(settings), laid_out(jax.devices(), 1, 8, sizes.n_neurons)

def outline(leaf, place):
    return jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=place(leaf.shape))

def is_outline(leaf):
    return isinstance(leaf, jax.ShapeDtypeStruct)

def windows(n_frames):
    return outline(jax.ShapeDtypeStruct((8, n_frames, sizes.n_neurons), jnp.float32), layout.of_batch)

begun = eqx.filter_eval_shape(lambda key: state_of(model.init(sizes, settings, key=key), rules), jax.random.key(0))
state = jax.tree.map(lambda leaf: outline(leaf, layout.of_parameter) if is_outline(leaf) else leaf, begun)
chance = jax.eval_shape(lambda: jax.random.key(0))
number = jax.ShapeDtypeStruct((), jnp.int32)
recordings = outline(jax.ShapeDtypeStruct((8,), jnp.int32), layout.of_batch)
given = Given(rules, layout, Batch(Seen(windows(256), recordings), windows(32)), number, chance)
(arrays, others) = eqx.partition((given, state), is_outline)
step = jax.jit(lambda arrays: eqx.filter(update(*eqx.combine(arrays, others)), eqx.is_array))
memory = step.lower(arrays).compile().memory_analysis()
print(json.dumps([n_numbers(begun.network), memory.argument_size_in_bytes, memory.temp_size_in_bytes]))
"""
# Which devices are chosen by size of batch, when 1,000 parameters are as many as one of them can hold.
CHOICE = """
import json, jax
from braincast.training.gradient import layout
layout._fits = lambda device, n_parameters: n_parameters <= 1000
asked = [(32, 10), (12, 10), (7, 10), (32, 2000)]
chosen = [layout.layout_on(jax.devices(), batch=b, n_neurons=16, n_parameters=n) for b, n in asked]
print(json.dumps([dict(found.mesh.shape) for found in chosen]))
"""


def found(program: str, **environment: str):
    """What a program prints in a process with eight simulated devices."""
    devices = {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    return json.loads(told(program, Path(__file__).parent, **devices, **environment))


@pytest.fixture(scope="module")
def trainings():
    # Few steps of small networks: an optimising compiler would take most of the time.
    return found(PROGRAM, JAX_DISABLE_MOST_OPTIMIZATIONS="1")


@pytest.mark.slow
@pytest.mark.parametrize("model", ["linear", "tsmixer"])
@pytest.mark.parametrize("grid", [(8, 1), (1, 8), (2, 4)], ids=["data", "neuron", "both"])
def test_eight_devices_have_the_losses_of_one(trainings, model, grid):
    one, several = trainings[f"{model} (1, 1)"], trainings[f"{model} {grid}"]
    for alone, spread in zip(one["metrics"], several["metrics"], strict=True):
        np.testing.assert_allclose(list(spread.values()), list(alone.values()), rtol=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["linear", "tsmixer"])
def test_parameters_lie_in_parts_on_the_devices_that_share_them(trainings, model):
    for grid, n_parts in (((1, 1), 1), ((8, 1), 1), ((1, 8), 8), ((2, 4), 4)):
        run = trainings[f"{model} {grid}"]
        assert run["parts"] == [run["whole"] // n_parts] * (grid[0] * grid[1])


@pytest.mark.slow
def test_a_billion_parameters_compile_in_eight_parts():
    n_parameters, arguments, temporary = found(BILLION)
    assert n_parameters > 1_000_000_000
    kept = 12 * n_parameters / 8  # float32 parameters and two moments, an eighth of them on each device
    windows = 4 * 8 * (256 + 32) * 71_720 / 8
    assert arguments <= 1.01 * (kept + windows)
    assert arguments + temporary < 5 << 30


@pytest.mark.slow
def test_windows_go_over_the_devices_that_divide_a_batch_and_parameters_only_where_they_must():
    shapes = [(shape["data"], shape["neuron"]) for shape in found(CHOICE)]
    assert shapes == [(8, 1), (4, 1), (1, 1), (1, 8)]
