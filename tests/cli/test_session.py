"""What surrounds every command: an interruption is answered wherever it comes."""

import subprocess
import sys

LOST = """
import os, signal
from braincast.cli.session import guarded, session
from braincast.progress import step

class Deaf:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):  # the handler is called here, and what it raises is forgotten
            pass

def command():
    with session(quiet=True), step("Working", 2) as advance:
        advance(1)
        deaf = Deaf()
        del deaf
        print("lost")
        advance(1)
        print("went on")

guarded(command)
"""


def test_an_interruption_that_was_lost_while_an_object_was_deleted_ends_the_next_step():
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "lost\n")
    assert done.stderr.splitlines()[-1] == "Interrupted. Nothing was half written."
