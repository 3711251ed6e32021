"""`braincast data add` as its users have it: processes with nothing on their standard input."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from command_line import CommandLine, with_home
from made_sessions import smooth


@pytest.fixture
def here(tmp_path) -> CommandLine:
    """The command line with an empty cache."""
    return with_home(tmp_path / "home")


@pytest.fixture
def recording(tmp_path):
    np.savez(tmp_path / "My fish.npz", activity=smooth(300, 4), time_s=np.arange(300) * 0.5, neuron=list("abcd"))
    return tmp_path / "My fish.npz"


def test_add_shows_what_was_understood_and_names_the_next_command(here, recording):
    done = here("data", "add", recording)
    assert done.returncode == 0, done.stderr
    for words in ("300", "a, b, c, d", "arbitrary units", "Added dataset my-fish"):
        assert words in done.stdout
    assert done.stdout.endswith("Next: braincast task new my-fish-forecast --dataset my-fish\n")


def test_add_prints_one_document_and_the_dataset_is_listed_shown_and_checked(here, recording):
    document = here.document("data", "add", recording, "--name", "fish")
    assert document["dataset"] == "fish"
    assert document["preview"]["recordings"]["My fish"]["neurons"] == 4
    assert document["next"] == "braincast task new fish-forecast --dataset fish"
    assert "fish" in [entry["name"] for entry in here.document("list", "datasets")["datasets"]]
    assert here.document("show", "dataset", "fish")["hash"] == document["hash"]
    assert here.document("data", "check", "fish")["name"] == "fish"


def test_add_a_connectome_onto_a_recording(here, recording, tmp_path):
    here.document("data", "add", recording, "--name", "fish")
    pd.DataFrame({"pre": ["a", "b"], "post": ["b", "c"]}).to_csv(tmp_path / "edges.csv", index=False)
    done = here.document("data", "add", tmp_path / "edges.csv", "--name", "fish", "--wiring", "atlas")
    assert done["preview"]["connectome"]["edges"] == 2


def test_bad_input_is_one_line_and_exit_3(here, tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 no archive")
    assert "a.npz" in here.refusal("E117", 3, "data", "add", tmp_path / "a.npz")
    here.refusal("E305", 2, "data", "add", tmp_path / "a.npz", "--name", "No name")


@pytest.mark.parametrize(("answer", "added"), [(b"n\n", False), (b"y\n", True)])
def test_on_a_terminal_it_asks_first(here, recording, answer, added):
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of Unix", exc_type=ImportError)
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "braincast", "data", "add", str(recording)]
    with subprocess.Popen(
        command, env=here.environment, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        os.write(controller, answer)
        out, err = process.communicate(timeout=300)
    os.close(controller)
    os.close(terminal)
    assert process.returncode == 0, err
    assert b"Add it as my-fish?" in err
    assert (b"Added dataset my-fish" in out) == added
    assert (b"Nothing was added." in out) != added
