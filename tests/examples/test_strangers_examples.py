"""Answers made by strangers, without this package, are valid and score to the same bits however they travel."""

import ast
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks

import braincast as bc
from braincast.files import write_zip
from braincast.forecasts.store import load_forecast, save_forecast
from braincast.forecasts.submissions.opening import open_submission
from braincast.forecasts.submissions.pack import pack
from braincast.forecasts.submissions.validation import validate
from braincast.tasks.plain.folder import write_task
from braincast.training.fit import fit

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
NEEDS_TORCH = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="PyTorch is not installed (the extra torch)"
)


@pytest.fixture(scope="module")
def task():
    """Two animals, each asked about a fit to the other."""
    recordings = {name: made_recording(random_walks(seed=seed)) for seed, name in enumerate("ab")}
    return made_task(made_dataset(recordings), held_out_animals=True)


@pytest.fixture(scope="module")
def task_files(task, tmp_path_factory) -> Path:
    return write_task(task, made_dataset().card, tmp_path_factory.mktemp("plain") / "task")


def made_by(script: str, task_files: Path, folder: Path, *arguments: str) -> Path:
    """Run an example; the submission that it wrote."""
    words = [sys.executable, EXAMPLES / script, task_files, folder / "submission", *arguments]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder / "submission"


def bits(task, forecast) -> dict:
    return bc.score(task, forecast).to_dict()


def scores_by_all_ways(task, submission: Path, scratch: Path) -> list[dict]:
    """The scores of the first seed: read as a store, from the folder, and from archives made here and by anybody."""
    store = next(submission.glob("seed-*.zarr"))
    found = [bits(task, load_forecast(store, task.card))]
    write_zip(submission, scratch / "ours.zip")
    shutil.make_archive(str(scratch / "theirs"), "zip", submission)
    for way in (submission, scratch / "ours.zip", scratch / "theirs.zip"):
        assert validate(task.card, way).problems == ()
        with open_submission(task.card, way) as opened:
            found.append(bits(task, opened.seeds[0].assign_attrs(load_forecast(store).attrs)))
    return found


@pytest.mark.parametrize("script", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_an_example_does_not_import_braincast(script):
    tree = ast.parse((EXAMPLES / script).read_text(encoding="utf-8"))
    imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported and not any("braincast" in name for name in imported)


def test_the_numpy_starter_has_twenty_lines():
    lines = (EXAMPLES / "persistence_numpy.py").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 20


def test_the_numpy_starter_answers_as_our_persistence_and_scores_to_the_same_bits(task, task_files, tmp_path):
    submission = made_by("persistence_numpy.py", task_files, tmp_path)
    found = load_forecast(submission / "seed-0.zarr", task.card)
    np.testing.assert_array_equal(found.values, task.cases().contexts()[:, -1:].repeat(3, axis=1))
    scores = scores_by_all_ways(task, submission, tmp_path)
    assert all(score == scores[0] for score in scores)


@NEEDS_TORCH
def test_the_pytorch_forecaster_beats_persistence_and_scores_to_the_same_bits(task, task_files, tmp_path):
    submission = made_by("linear_torch.py", task_files, tmp_path, "2")
    scores = scores_by_all_ways(task, submission, tmp_path)
    assert all(score == scores[0] for score in scores)
    persistence = fit("persistence", task).forecast(task.cases("test"))
    primary = task.card.primary
    learned, floor = (next(iter(card["models"].values())) for card in (scores[0], bits(task, persistence)))
    assert learned["metrics"][primary]["value"] < floor["metrics"][primary]["value"]


@NEEDS_TORCH
def test_the_pytorch_forecaster_gives_the_same_bits_again(task_files, tmp_path):
    answers = []
    for again in ("first", "second"):
        (tmp_path / again).mkdir()
        submission = made_by("linear_torch.py", task_files, tmp_path / again, "1")
        answers.append(load_forecast(submission / "seed-0.zarr").values)
    np.testing.assert_array_equal(*answers)


def test_our_own_forecast_scores_to_the_same_bits_through_a_packed_submission(task, tmp_path):
    forecast = fit("ar", task).forecast(task.cases("test"))
    store = save_forecast(forecast, tmp_path / "ar.zarr")
    about = {
        "authors": ["Ada Lovelace"],
        "contact": "ada@example.org",
        "links": [],
        "licence": "Apache-2.0",
        "description": "Each neuron's own past.",
        "training_data": ["the training series of the task"],
        "parameters": 3,
        "compute": {"hardware": "one core", "hours": 0.1},
    }
    assert pack(task.card, [store], about, tmp_path / "packed").problems == ()
    direct = bits(task, forecast)
    scores = scores_by_all_ways(task, tmp_path / "packed", tmp_path)
    assert all(score["models"] == direct["models"] for score in scores)
