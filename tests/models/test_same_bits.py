"""A fit by gradient has the same bits on one core and on all."""

import hashlib
import os
from pathlib import Path

import pytest
from made_brains import made_brain, made_task
from other_process import told_on

from braincast.models.registry import load_model

NAMES = ("gain-propagator", "linear-dynamics", "graph-network")
PROGRAM = "import test_same_bits as t; print(*t.fingerprints())"


def fingerprints() -> list[str]:
    """SHA-256 of each model's parameters and forecast on a made brain as large as a worm."""
    task = made_task(made_brain(n_classes=150))
    found = []
    for name in NAMES:
        model = load_model(name)
        prepared = model.prepare(task.structure)
        fitted = model.fit(task.training(0), prepared, model.candidates[-1], seed=0)
        answer = fitted.forecast(task.cases("test", fold=0), prepared)
        found.append(hashlib.sha256(fitted.parameters.tobytes() + answer.tobytes()).hexdigest())
    return found


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no system call to hold a process to one core")
def test_one_core_and_all_cores_give_the_same_bits():
    every = os.sched_getaffinity(0)
    one, all_cores = (told_on(cores, PROGRAM, Path(__file__).parent) for cores in ({min(every)}, every))
    assert one == all_cores
