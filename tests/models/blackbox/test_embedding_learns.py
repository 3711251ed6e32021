"""`embedding` finds what neurons share, down to the noise, and a step for a whole larval fish fits into a laptop."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task

import braincast
from braincast.training.fit import fit

N_NEURONS, OWN = 20, 0.5
HALF = N_NEURONS // 2


def reduced_rank(n_frames: int = 4000) -> np.ndarray:
    """x(t+1) = x(t) / 2 + what two signals of the first half write into the second + noise of deviation 1."""
    rng = np.random.default_rng(0)
    read = np.linalg.qr(rng.normal(size=(HALF, 2)))[0]
    write = rng.normal(size=(HALF, 2))
    x = np.zeros((n_frames, N_NEURONS))
    for t in range(1, n_frames):
        x[t] = OWN * x[t - 1] + rng.normal(size=N_NEURONS)
        x[t, HALF:] += write @ (read.T @ x[t - 1, :HALF])
    return x.astype(np.float32)


def test_on_a_process_of_reduced_rank_beside_own_past_it_reaches_the_noise():
    task = made_task(made_dataset(made_recording(reduced_rank())), context=2, horizon=1)
    quick = {"steps": 600, "every": 100, "batch": 64, "learning_rate": 0.02, "rescaling": "none"}
    shared = {"width": 6, "maps": 1, "hidden": 0, "dropout": 0.0, "weight_decay": 0.0}
    found = fit("embedding", task, settings={**quick, **shared}).validation_loss
    # The mean absolute value of a standard normal, in standard deviations of each neuron's training frames.
    floor = float((np.sqrt(2 / np.pi) / task.recordings[0].scale.deviation).mean())
    alone = fit("linear", task, settings={**quick, "weights": "own"}).validation_loss
    closed = fit("reduced-rank-var", task).validation_loss
    assert found < 1.03 * floor < 1.1 * floor < alone
    assert found < 1.02 * closed


PROGRAM = """
import json, resource, sys, time
import jax, numpy as np
from braincast.models.blackbox.networks.parameters import n_numbers
from braincast.models.blackbox.sizes import Sizes
from braincast.models.learners.arithmetic import devices
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Batch, Seen
from braincast.training.gradient.layout import layout_on
from braincast.training.gradient.rules import Rules
from braincast.training.gradient.update import Given, state_of, update

on, n_neurons, batch, context, horizon = devices(), int(sys.argv[1]), 8, 4, 32
model = load_model("embedding")
settings = {**model.candidates[0], "batch": batch}
network = model.init(Sizes(context, horizon, n_neurons), settings, key=jax.random.key(0))
layout = layout_on(on, batch=batch, n_neurons=n_neurons, n_parameters=n_numbers(network))
rng = np.random.default_rng(0)
shown = rng.normal(size=(batch, context + horizon, n_neurons)).astype(np.float32)
windows = Batch(Seen(shown[:, :context], np.zeros(batch, np.int32)), shown[:, context:])
state, seconds = state_of(network, Rules.of(settings)), []
for number in range(3):
    began = time.perf_counter()
    given = Given(Rules.of(settings), layout, windows, jax.numpy.asarray(number), jax.random.key(1))
    state, loss, norm = update(given, state)
    assert np.isfinite(float(loss)) and np.isfinite(float(norm))
    seconds.append(time.perf_counter() - began)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # kilobytes on Linux
print(json.dumps({"parameters": n_numbers(network), "peak_gb": peak, "step_s": min(seconds)}))
"""


def measured(n_neurons: int) -> dict[str, float]:
    """Parameters, peak memory and time of a step in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(braincast.__file__).parent.parent)}
    command = [sys.executable, "-c", PROGRAM, str(n_neurons)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in kilobytes on Linux alone")
def test_a_step_for_a_whole_larval_zebrafish_takes_less_than_eight_gigabytes():
    whole, half = measured(71_721), measured(35_861)
    assert whole["peak_gb"] < 8
    assert whole["parameters"] - half["parameters"] == 32 * (71_721 - 35_861)
