"""A task as plain files holds what the task hands out, bit for bit, and nothing of what is to be forecast."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from made_courses import course_task
from made_recordings import made_dataset, made_recording, made_task, random_walks
from refusals import refusal
from synthetic import small_task, task_on, worm

from braincast.brain.specimen_nulls import with_wiring
from braincast.tasks.plain.folder import write_task

CARD = made_dataset().card
NULLS = ("identity-permuted", "no-edges")


def numbers(path: Path) -> np.ndarray:
    return np.load(path, allow_pickle=False)


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file by name, from the manifest."""
    files = json.loads((folder / "manifest.json").read_text())["files"]
    return {name: entry["sha256"] for name, entry in files.items()}


@pytest.fixture(scope="module")
def transfer():
    """Three animals, each asked about a fit to the two others; some values are missing."""
    walks = {name: random_walks(seed=seed) for seed, name in enumerate("abc")}
    walks["b"][[10, 60, 195], [0, 1, 2]] = np.nan
    recordings = {name: made_recording(walk) for name, walk in walks.items()}
    return made_task(made_dataset(recordings), held_out_animals=True)


def test_windows_and_series_are_those_of_the_task(transfer, tmp_path):
    folder = write_task(transfer, CARD, tmp_path / "task")
    assert json.loads((folder / "task.json").read_text()) == json.loads(json.dumps(transfer.card.to_show()))
    np.testing.assert_array_equal(numbers(folder / "contexts.npy"), transfer.cases().contexts())
    for fold in range(3):
        training, place = transfer.training(fold), folder / f"fold-{fold}"
        series = json.loads((place / "series.json").read_text())
        assert [entry["recording"] for entry in series] == [s.recording for s in training.series]
        for entry, expected in zip(series, training.series, strict=True):
            np.testing.assert_array_equal(numbers(place / entry["file"]), expected.activity)
            assert entry["start"] == expected.start and entry["condition"] == expected.condition
        held = training.validation
        np.testing.assert_array_equal(numbers(place / "validation-contexts.npy"), held.windows.contexts())
        np.testing.assert_array_equal(numbers(place / "validation-targets.npy"), held.truth)
        asked = [transfer.card.cases[row] for row in numbers(place / "asked.npy")]
        assert asked and all(case.fold == fold for case in asked)


def test_what_follows_the_last_context_is_in_no_file(tmp_path):
    walk = random_walks()
    task = made_task(made_dataset(made_recording(walk)))
    last = max(case.start for case in task.card.cases)
    other = walk.copy()
    other[last:] = 1e6
    changed = made_task(made_dataset(made_recording(other)))
    assert changed.hash == task.hash
    before = hashes(write_task(task, CARD, tmp_path / "before"))
    assert before == hashes(write_task(changed, CARD, tmp_path / "after"))


def test_what_is_shown_stands_beside_the_contexts(tmp_path):
    shown = xr.DataArray(np.arange(200.0)[:, None], dims=("time", "feature"), coords={"feature": ["light"]})
    task = made_task(made_dataset(made_recording(stimulus=shown)))
    folder = write_task(task, CARD, tmp_path / "task")
    found = numbers(folder / "stimulus.npy")
    assert found.shape == (len(task.cases()), 9, 1)
    np.testing.assert_array_equal(found[:, 6, 0], task.cases().start)
    assert numbers(folder / "fold-0" / "validation-stimulus.npy").shape[1:] == (9, 1)


@pytest.fixture(scope="module")
def responses(tmp_path_factory) -> Path:
    return write_task(small_task(nulls=NULLS), CARD, tmp_path_factory.mktemp("responses") / "task", n_null_draws=2)


def test_training_responses_are_those_of_the_task_and_never_of_a_case_that_is_asked(responses):
    task = small_task()
    for fold in range(task.card.n_folds):
        training, place = task.training(fold), responses / f"fold-{fold}"
        np.testing.assert_array_equal(numbers(place / "responds.npy"), training.responds)
        np.testing.assert_array_equal(numbers(place / "mean_response.npy"), training.mean_response)
        learned = {case["id"] for case in json.loads((place / "learned.json").read_text())}
        asked = {task.card.cases[row].id for row in numbers(place / "asked.npy")}
        assert learned == set(training.cases.ids) and asked and not learned & asked


def test_a_folds_files_do_not_depend_on_the_responses_that_it_is_asked_about(responses, tmp_path):
    specimen = worm()
    rows = [specimen.responses.neurons.index(c.stimulated[0]) for c in small_task().card.cases if c.fold == 0]
    q = specimen.responses.q.copy()
    q[rows] = np.where(np.isfinite(q[rows]), 1 - q[rows], np.nan)
    changed = task_on(replace(specimen, responses=replace(specimen.responses, q=q)), nulls=NULLS)
    after = hashes(write_task(changed, CARD, tmp_path / "task", n_null_draws=2))
    moved = {name for name, found in hashes(responses).items() if after[name] != found}
    assert moved and not any(name.startswith("fold-0/") for name in moved)


def test_the_wiring_and_draws_of_its_nulls_are_tables(responses):
    structure = small_task().structure
    found = pd.read_csv(responses / "structure" / "edges.csv", keep_default_na=False)
    ids = structure.connectome.neuron_ids
    assert found["pre"].tolist() == [ids[row] for row in structure.connectome.edges["pre"]]
    np.testing.assert_array_equal(found["weight"], structure.connectome.edges["weight"])
    null = with_wiring(structure, "identity-permuted", 1).connectome
    drawn = pd.read_csv(responses / "nulls" / "identity-permuted-1" / "edges.csv", keep_default_na=False)
    assert drawn["post"].tolist() == [ids[row] for row in null.edges["post"]]
    assert pd.read_csv(responses / "nulls" / "no-edges-0" / "edges.csv").empty
    assert [path.name for path in (responses / "nulls" / "no-edges-0").iterdir()] == ["edges.csv"]


def test_courses_come_along_in_a_task_that_asks_for_them(tmp_path):
    task = course_task()
    folder = write_task(task, CARD, tmp_path / "task", n_null_draws=0)
    np.testing.assert_array_equal(numbers(folder / "fold-1" / "course.npy"), task.training(1).course)
    assert not (folder / "nulls").exists()


def test_the_readme_names_every_kind_of_file_and_the_terms(responses):
    text = (responses / "README.txt").read_text(encoding="utf-8")
    for name in ("task.json", "learned.json", "responds.npy", "asked.npy", "edges.csv", "nulls/"):
        assert name in text
    assert "Licence: none. These files may be passed on." in text


def test_an_existing_folder_stays_as_it_is(responses):
    before = hashes(responses)
    refusal("E501", write_task, small_task(), CARD, responses)
    assert hashes(responses) == before
