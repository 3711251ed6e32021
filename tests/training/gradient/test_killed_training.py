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
# Dies at a step or, if that is the step after a round, in the middle of writing its checkpoint.
PROGRAM = """
import os, signal, sys
from pathlib import Path
import numpy as np
from made_lessons import SMALL, made_lesson, place_in, arrays_of
from braincast import files
from braincast.progress import reporting
from braincast.training.gradient.loop import train

folder, at, writing = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "writing"

def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

class Killing:
    done = 0
    def start(self, what, total):
        def advance(amount, note="", /):
            self.done += amount
            if self.done >= at and not writing:
                die()
            if self.done >= at:
                files.replace_folder = die
        return advance
    def finish(self, what):
        pass

with reporting(Killing()):
    standing = train(made_lesson("tsmixer", **SMALL, steps=int(sys.argv[4])), place_in(folder))
np.savez(folder / "end.npz", *arrays_of((standing.state, standing.best)))
"""


def run(folder: Path, at: int, how: str = "step") -> int:
    """The exit code of a training in a process of its own that dies at a step."""
    path = (HERE, HERE.parent.parent, Path(braincast.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-c", PROGRAM, str(folder), str(at), how, str(STEPS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_twenty_kills_change_no_bit(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run(whole, STEPS + 1) == 0
    moments = np.sort(np.random.default_rng(0).integers(1, STEPS, N_KILLS))
    for number, at in enumerate(moments):
        assert run(killed, int(at), "writing" if number % 4 == 3 else "step") == -9
    assert run(killed, STEPS + 1) == 0
    assert (whole / "metrics.jsonl").read_bytes() == (killed / "metrics.jsonl").read_bytes()
    with np.load(whole / "end.npz") as expected, np.load(killed / "end.npz") as found:
        assert expected.files == found.files
        for name in expected.files:
            np.testing.assert_array_equal(found[name], expected[name])
