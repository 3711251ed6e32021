"""A training has the same bits on one core and on all."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made_lessons import QUICK, coupled, small_task

import braincast
from braincast.models.registry import load_model
from braincast.training.fit import fit

HERE = Path(__file__).parent
PROGRAM = "import os; os.sched_setaffinity(0, {cores}); import test_learned_same_bits as t; print(*t.fingerprints())"


def fingerprints() -> list[str]:
    """SHA-256 of what each network forecasts after a few steps, wide enough for products that threads would share."""
    task, found = small_task(coupled(n_neurons=200), context=32), []
    for name in ("linear", "tsmixer"):
        model = load_model(name)
        model.candidates = ({**model.candidates[-1], **QUICK, "batch": 32},)
        answer = fit(model, task).forecast(task.cases()).values
        found.append(hashlib.sha256(np.ascontiguousarray(answer).tobytes()).hexdigest())
    return found


def told(cores: set[int]) -> list[str]:
    path = (HERE, HERE.parent.parent, Path(braincast.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-c", PROGRAM.format(cores=sorted(cores))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no system call to hold a process to one core")
def test_one_core_and_all_cores_train_to_the_same_bits():
    every = os.sched_getaffinity(0)
    assert told({min(every)}) == told(every)
