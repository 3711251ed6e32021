"""Eight simulated devices: windows spread over them, or parameters, give the losses of one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import braincast

HERE = Path(__file__).parent
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


@pytest.fixture(scope="module")
def trainings():
    path = (HERE, HERE.parent.parent, Path(braincast.__file__).parent.parent)
    flags = "--xla_force_host_platform_device_count=8"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "XLA_FLAGS": flags}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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
        found = trainings[f"{model} {grid}"]
        assert found["parts"] == [found["whole"] // n_parts] * (grid[0] * grid[1])
