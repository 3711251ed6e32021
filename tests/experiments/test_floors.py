"""Floors are fitted once for a task and a code, and a score that finds them says what one says that fits them."""

from __future__ import annotations

import json

import pytest
from made_brains import made_task

from braincast.experiments import floors, jobs
from braincast.experiments.beside import score_beside_baselines
from braincast.experiments.floors import kept_floors
from braincast.scoring.scores import Contender
from braincast.training.fit import fit


@pytest.fixture(scope="module")
def task():
    return made_task()


@pytest.fixture(scope="module")
def mine(task):
    return {"mine": Contender((fit("direct-weights", task).forecast(task.cases("test")),))}


@pytest.fixture
def fitted(monkeypatch, tmp_path):
    """The entrants that were fitted, in a home of the test's own."""
    monkeypatch.setenv("BRAINCAST_HOME", str(tmp_path / "home"))
    names = []
    fit_job = jobs.fit_job
    monkeypatch.setattr(
        jobs, "fit_job", lambda task, job, *a, **k: names.append(job.entrant.name) or fit_job(task, job)
    )
    return names


def scored(task, mine):
    return score_beside_baselines(task, mine, floors=kept_floors(task)).to_dict()


def test_floors_are_fitted_once_and_give_the_same_score_to_the_bit(task, mine, fitted):
    first = scored(task, mine)
    assert sorted(fitted) == ["constant", "responder-propensity"]
    assert json.dumps(scored(task, mine), sort_keys=True) == json.dumps(first, sort_keys=True)
    assert len(fitted) == 2


def test_a_damaged_floor_is_fitted_again(task, mine, fitted):
    first = scored(task, mine)
    stored = (path for path in kept_floors(task).forecast_path("constant", 0).rglob("*") if path.is_file())
    chunk = max(stored, key=lambda path: path.stat().st_size)
    chunk.write_bytes(chunk.read_bytes()[:-1])
    again = scored(task, mine)
    assert fitted[2:] == ["constant"]
    assert again["models"]["constant"]["metrics"] == first["models"]["constant"]["metrics"]


def test_other_code_takes_no_floor_from_this_one_and_leaves_none_behind(task, mine, fitted, monkeypatch):
    scored(task, mine)
    before = kept_floors(task).path
    monkeypatch.setattr(floors, "VERSION", "0.0.0")
    scored(task, mine)
    assert len(fitted) == 4
    assert not before.exists() and kept_floors(task).path.exists()


def test_a_home_that_cannot_be_written_keeps_no_floors(task, monkeypatch, tmp_path):
    (tmp_path / "home").write_text("a file where a folder should be")
    monkeypatch.setenv("BRAINCAST_HOME", str(tmp_path / "home"))
    assert kept_floors(task) is None
