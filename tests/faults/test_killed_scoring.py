"""Scoring that is killed leaves a whole scorecard or none, and never scores what is incomplete."""

import json
import os
import shutil
import subprocess
import time

import numpy as np
import pytest
from command_line import with_example

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals and process groups are other things there"),
]


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return with_example(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def submission(example, tmp_path_factory):
    """Forecasts of the made task, packed as a folder and as an archive."""
    folder = tmp_path_factory.mktemp("submission")
    (folder / "about.toml").write_text(
        'authors = ["Ada Lovelace"]\ncontact = "ada@example.org"\nlinks = []\nlicence = "Apache-2.0"\n'
        'description = "Weights."\ntraining_data = ["none"]\n[compute]\nhardware = "one core"\nhours = 0.1\n'
    )
    example.document("fit", "made-task", "direct-weights", "--out", folder / "fit")
    for name in ("packed", "packed.zip"):
        words = ("submit", "pack", folder / "fit", "--about", folder / "about.toml", "--out", folder / name)
        example.document(*words)
    return folder / "packed"


def numbers(document):
    """A scorecard without what fitting the baselines took, and without paths."""
    models = {name: {**score, "cost": None} for name, score in document["models"].items()}
    return {**document, "models": models, "files": None}


def wall_s(example, *words):
    """How long a command takes once Python and others' packages are loaded."""
    began_s = time.monotonic()
    assert example(*words, "--json").returncode == 0
    return time.monotonic() - began_s


def test_scoring_killed_at_twenty_moments_ends_with_the_numbers_of_undisturbed_scoring(example, submission, tmp_path):
    archive = submission.with_suffix(".zip")
    undisturbed = numbers(example.document("score", "made-task", submission))
    moments_s = np.random.default_rng(5).uniform(0.1, 1.1, 20) * wall_s(example, "score", "made-task", archive)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    n_killed = 0
    for number, moment_s in enumerate(moments_s):
        # Five kills in the same place, one after the other, before it is looked whether scoring still comes to its end.
        out = tmp_path / f"card-{number // 5}"
        if (out / "scorecard.json").exists():
            shutil.rmtree(out)
        try:
            example("score", "made-task", archive, "--out", out, "--json", timeout_s=moment_s, TMPDIR=str(scratch))
        except subprocess.TimeoutExpired:  # it and its readers were killed
            n_killed += 1
        card = out / "scorecard.json"
        if card.exists():
            assert numbers(json.loads(card.read_text())) == undisturbed
        elif number % 5 == 4:
            document = example.document("score", "made-task", archive, "--out", out, TMPDIR=str(scratch))
            assert numbers(document) == undisturbed
        left = [path.name for path in out.glob("*") if not path.name.endswith(".part")]
        assert left == ["scorecard.json"] if card.exists() else left == []
    assert n_killed >= 10


def test_an_unfinished_store_in_a_submission_is_never_scored(example, submission, tmp_path):
    for lost in ("manifest.json", "activity/c/0/0/0", "activity/zarr.json"):
        damaged = tmp_path / lost.replace("/", "-")
        shutil.copytree(submission, damaged)
        (damaged / "seed-0.zarr" / lost).unlink()
        done = example("score", "made-task", damaged, "--out", tmp_path / "card", "--json")
        assert done.returncode == 3 and done.stdout == "" and done.stderr.splitlines()[-1].startswith("E20")
        assert not (tmp_path / "card").exists()
