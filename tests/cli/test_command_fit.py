"""`fit` of a network: killed, resumed, drawn."""

import time
from pathlib import Path

import numpy as np
import pytest
from command_line import with_home
from made_recordings import random_walks

from braincast.files import read_json

pytestmark = pytest.mark.slow
WORDS = "fit", "walks-forecast", "linear"
SETTINGS = "--set", "steps=400", "--set", "every=20", "--set", "weights=own"


@pytest.fixture(scope="module")
def braincast(tmp_path_factory):
    """The command line with a small forecast task."""
    command = with_home(tmp_path_factory.mktemp("home"))
    path = tmp_path_factory.mktemp("files") / "walks.npz"
    np.savez(path, activity=random_walks(500), time_s=0.5 * np.arange(500), neuron=np.array(list("abcde")))
    command.document("data", "add", path, "--name", "walks", "--yes")
    command.document("task", "new", "walks-forecast", "--dataset", "walks", "--context", 8, "--horizon", 4)
    return command


def killed_after_a_checkpoint(braincast, out: Path) -> None:
    process = braincast.fork(*WORDS, *SETTINGS, "--out", out)
    deadline = time.monotonic() + 300
    while not list(out.parent.glob(f"{out.name}.unfinished/fold-0/candidate-1/step-*")):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert not out.exists()


def test_a_killed_fit_goes_on_with_resume_and_ends_with_the_same_bits(braincast, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    braincast.document(*WORDS, *SETTINGS, "--out", whole)
    killed_after_a_checkpoint(braincast, killed)
    braincast.refusal("E501", 2, *WORDS, *SETTINGS, "--out", killed)
    braincast.refusal("E502", 2, *WORDS, *SETTINGS, "--set", "batch=16", "--out", killed, "--resume")
    document = braincast.document(*WORDS, *SETTINGS, "--out", killed, "--resume")
    expected, found = (read_json(folder / "manifest.json")["files"] for folder in (whole, killed))
    expected.pop("fit.json"), found.pop("fit.json")  # it says how long the fit took
    assert found == expected
    assert document["choices"] == read_json(whole / "fit.json")["choices"]
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith(".")) == ["killed", "whole"]


def test_the_course_of_training_is_drawn(braincast, tmp_path):
    braincast.document(*WORDS, *SETTINGS, "--out", tmp_path / "fit")
    page = (tmp_path / "fit" / "learning.html").read_text(encoding="utf-8")
    assert "linear on walks-forecast" in page and "fold 0" in page
    assert page.count('role="img"') == 1 and "<script" not in page
    assert len((tmp_path / "fit" / "fold-0-metrics.jsonl").read_text().splitlines()) == 20
    forecast = braincast.document("forecast", tmp_path / "fit", "--out", tmp_path / "answer.zarr")
    assert forecast["model"] == "linear"


def test_a_fit_begins_from_another_one_and_goes_on_only_from_the_same(braincast, tmp_path):
    first, other, begun = tmp_path / "first", tmp_path / "other", tmp_path / "begun"
    document = braincast.document(*WORDS, *SETTINGS, "--out", first)
    braincast.document(*WORDS, *SETTINGS, "--seed", 1, "--out", other)
    found = braincast.document(*WORDS, "--from", first, "--set", "steps=40", "--out", begun)
    assert found["start"]["task"] == "walks-forecast" and len(found["start"]["fit"]) == 64 and not document["start"]
    assert found["choices"][0]["settings"] == {**document["choices"][0]["settings"], "steps": 40}
    assert found["choices"][0]["loss"] <= document["choices"][0]["loss"] * (1 + 1e-5)
    again = braincast.document(*WORDS, "--from", first, "--out", begun, "--resume")
    assert again == found
    braincast.refusal("E502", 2, *WORDS, "--from", other, "--out", begun, "--resume")
    braincast.refusal("E502", 2, *WORDS, "--out", begun, "--resume")
    braincast.refusal("E705", 3, "fit", "walks-forecast", "ar", "--from", first, "--out", tmp_path / "none")


def test_a_killed_fit_that_began_from_another_goes_on_from_the_same_alone(braincast, tmp_path):
    first, killed, whole = tmp_path / "first", tmp_path / "killed", tmp_path / "whole"
    braincast.document(*WORDS, *SETTINGS, "--out", first)
    start = "--from", first, "--set", "steps=400", "--set", "patience=1000"
    process = braincast.fork(*WORDS, *start, "--out", killed)
    deadline = time.monotonic() + 300
    while not list(tmp_path.glob("killed.unfinished/fold-0/candidate-0/step-*")):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.01)
    process.kill()
    process.communicate()
    braincast.refusal("E502", 2, *WORDS, *start[2:], *SETTINGS, "--out", killed, "--resume")
    braincast.document(*WORDS, *start, "--out", killed, "--resume")
    braincast.document(*WORDS, *start, "--out", whole)
    expected, found = (read_json(folder / "manifest.json")["files"] for folder in (whole, killed))
    expected.pop("fit.json"), found.pop("fit.json")
    assert found == expected
