"""A sweep that is killed again and again goes on each time, and ends with the trials of one that never was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from command_line import with_home
from made_recordings import random_walks

import braincast
from braincast.files import check_manifest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals are other things there"),
]
N_TRIALS, N_KILLS, PATIENCE_S = 24, 12, 300
HERE = Path(__file__).parent
# Sweeps once for each moment, in a process of its own that forks after the imports.
# Dies at one of the writes of its trials: before it, in the middle of the line, or after it.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from made_sweeps import walks_task
from braincast import files
from braincast.experiments.sweeps.sweep import begun, sweep
from braincast.experiments.sweeps.folder import reopened, sweep_folder
from braincast.models.registry import load_model

folder, n_trials = Path(sys.argv[1]), int(sys.argv[2])
append = files.append_line

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def swept(at, how):
    def dying(path, line):
        number = int(line.partition('"number":')[2].partition(",")[0])
        if number != at:
            return append(path, line)
        if how == "after":
            append(path, line)
        if how == "middle":
            with path.open("ab") as stream:
                stream.write(line[: len(line) // 2].encode())
        die()

    files.append_line = dying
    given = {"n_trials": n_trials, "seed": 1, "space": None, "settings": None}
    model, task = load_model("pooled-linear"), walks_task()
    with sweep_folder(folder, begun(model, task, **given), n_trials, resume=True) as held:
        reopened(held)
        sweep(model, task, folder=held, **given)

for moment in sys.argv[3:]:
    at, how = moment.split(":")
    child = os.fork()
    if child == 0:
        swept(int(at), how)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), (folder / "manifest.json").exists())
"""
NEVER = "-1:never"


def run(folder: Path, *moments: str) -> list[str]:
    """For each sweep, one after the other, that dies at a trial: its exit code, and whether the folder is finished."""
    path = (HERE.parent / "experiments", HERE.parent, Path(braincast.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-c", PROGRAM, str(folder), str(N_TRIALS), *moments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def trials_in(folder: Path) -> list[dict]:
    """The trials without what they took."""
    from braincast.experiments.sweeps.trials import read_trials

    return [{**trial.to_dict(), "fit_s": None} for trial in read_trials(folder / "trials.jsonl")]


def test_kills_before_while_and_after_a_trial_is_noted_change_no_trial(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run(whole, NEVER) == ["0 True"]
    trials = np.sort(np.random.default_rng(0).choice(N_TRIALS, N_KILLS, replace=False))
    moments = [f"{at}:{('before', 'middle', 'after')[number % 3]}" for number, at in enumerate(trials)]
    assert run(killed, *moments, NEVER) == [f"{-signal.SIGKILL} False"] * N_KILLS + ["0 True"]
    assert trials_in(killed) == trials_in(whole) and len(trials_in(whole)) == N_TRIALS
    check_manifest(killed)


# --- as its users have it


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    """The command line with a small forecast task."""
    made = with_home(tmp_path_factory.mktemp("home"))
    path = tmp_path_factory.mktemp("files") / "walks.npz"
    np.savez(path, activity=random_walks(400, 4), time_s=0.5 * np.arange(400), neuron=np.array(list("abcd")))
    made.document("data", "add", path, "--name", "walks", "--yes")
    made.document("task", "new", "walks-forecast", "--dataset", "walks", "--context", 8, "--horizon", 4)
    return made


def killed_when(command, words, out, condition):
    """Start a sweep and kill it once something is so."""
    process = command.fork(*words, "--out", out, "--resume")
    until_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert process.poll() is None and time.monotonic() < until_s, process.communicate()
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert not (out / "manifest.json").exists()


def n_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_a_network_killed_in_a_trial_goes_on_from_its_checkpoint_and_ends_the_same(command, tmp_path):
    fixed = "weights=shared", "rescaling=none", "steps=8000", "every=200", "patience=1000"
    sets = [word for setting in fixed for word in ("--set", setting)]
    words = ("sweep", "walks-forecast", "linear", "--trials", 2, *sets)
    whole = command.document(*words, "--out", tmp_path / "whole")
    killed = tmp_path / "killed"
    for number in range(2):
        training = killed / f"trial-{number:05d}" / "fold-0" / "candidate-0"
        killed_when(command, words, killed, lambda: list(training.glob("step-*")))  # noqa: B023
        assert n_lines(killed / "trials.jsonl") == number
    arrays = max(training.glob("step-*")) / "arrays.npz"
    good = arrays.read_bytes()
    arrays.write_bytes(good[:-1])
    command.refusal("E210", 3, *words, "--out", killed, "--resume")  # so it is from there that it goes on
    arrays.write_bytes(good)
    document = command.document(*words, "--out", killed, "--resume")
    assert [{**t, "fit_s": None} for t in document["trials"]] == [{**t, "fit_s": None} for t in whole["trials"]]
    assert not list(killed.glob("trial-*"))
    check_manifest(killed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_sweep_says_how_it_goes_on(command, tmp_path, number):
    words = ("sweep", "walks-forecast", "linear", "--trials", 2, "--set", "steps=100000", "--set", "patience=100000")
    process = command.fork(*words, "--out", tmp_path / "sweep")
    until_s = time.monotonic() + PATIENCE_S
    while not list(tmp_path.glob("sweep/trial-00000/fold-0/candidate-0/step-*")):
        assert process.poll() is None and time.monotonic() < until_s, process.communicate()
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (4, "")
    assert err.splitlines()[-1].startswith("Interrupted.") and "--resume --out" in err.splitlines()[-1]
