"""A training that is killed again and again goes on each time, and ends with the same bits as one that never was."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import braincast

HERE = Path(__file__).parent
N_KILLS, STEPS = 20, 120
# Trains once for each moment, in a process of its own that forks before JAX has begun: what is imported is shared.
# Dies at a step or, if that is the step after a round, in the middle of writing its checkpoint.
PROGRAM = """
import os, signal, sys
from pathlib import Path
import numpy as np
from made_lessons import SMALL, made_lesson, place_in, arrays_of
from braincast import files
from braincast.progress import reporting
from braincast.training.gradient.loop import train

folder, steps = Path(sys.argv[1]), int(sys.argv[2])

def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

class Killing:
    def __init__(self, at, writing):
        self.at, self.writing, self.done = at, writing, 0
    def start(self, what, total):
        def advance(amount, note="", /):
            self.done += amount
            if self.done >= self.at and not self.writing:
                die()
            if self.done >= self.at:
                files.replace_folder = die
        return advance
    def finish(self, what):
        pass

def trained(killing):
    with reporting(killing):
        standing = train(made_lesson("tsmixer", **SMALL, steps=steps), place_in(folder))
    np.savez(folder / "end.npz", *arrays_of((standing.state, standing.best)))

for moment in sys.argv[3:]:
    at, how = moment.split(":")
    child = os.fork()
    if child == 0:
        trained(Killing(int(at), how == "writing"))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def run(folder: Path, *moments: str) -> list[int]:
    """The exit codes of trainings, one after the other, that each die at a step or in the writing after it."""
    path = (HERE, HERE.parent.parent, Path(braincast.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-c", PROGRAM, str(folder), str(STEPS), *moments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [int(code) for code in done.stdout.split()]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_twenty_kills_change_no_bit(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run(whole, f"{STEPS + 1}:step") == [0]
    steps = np.sort(np.random.default_rng(0).integers(1, STEPS, N_KILLS))
    moments = [f"{at}:{'writing' if number % 4 == 3 else 'step'}" for number, at in enumerate(steps)]
    assert run(killed, *moments, f"{STEPS + 1}:step") == [-9] * N_KILLS + [0]
    assert (whole / "metrics.jsonl").read_bytes() == (killed / "metrics.jsonl").read_bytes()
    with np.load(whole / "end.npz") as expected, np.load(killed / "end.npz") as found:
        assert expected.files == found.files
        for name in expected.files:
            np.testing.assert_array_equal(found[name], expected[name])
