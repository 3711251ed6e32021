"""A training has the same bits on one core and on all."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from made_lessons import QUICK, coupled, small_task
from other_process import told_on

from braincast.models.registry import load_model
from braincast.training.fit import fit

PROGRAM = "import test_learned_same_bits as t; print(*t.fingerprints())"


def fingerprints() -> list[str]:
    """SHA-256 of what each network forecasts after a few steps, wide enough for products that threads would share."""
    task, found = small_task(coupled(n_neurons=200), context=32), []
    for name in ("linear", "tsmixer"):
        model = load_model(name)
        model.candidates = ({**model.candidates[-1], **QUICK, "batch": 32},)
        answer = fit(model, task).forecast(task.cases()).values
        found.append(hashlib.sha256(np.ascontiguousarray(answer).tobytes()).hexdigest())
    return found


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no system call to hold a process to one core")
def test_one_core_and_all_cores_train_to_the_same_bits():
    every = os.sched_getaffinity(0)
    one, all_cores = (told_on(cores, PROGRAM, Path(__file__).parent) for cores in ({min(every)}, every))
    assert one == all_cores
