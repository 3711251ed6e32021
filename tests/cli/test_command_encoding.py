"""An encoding task of one's own on the fly's wiring: run, scored, compared; and what it does not offer."""

import math

import pytest
from command_line import with_home
from fetched import fetched

from braincast.datasets.fly.optic_lobe import CARD, columnar_circuit
from braincast.tasks.encoding.declared import fly_motion, stimuli

pytestmark = pytest.mark.slow
DETECTORS = {"baselines": ("barlow-levick",), "baseline": "barlow-levick", "lineup": ("hassenstein-reichardt",)}


@pytest.fixture(scope="module")
def wheel():
    return fetched("fly-optic-lobe")[0]


@pytest.fixture(scope="module")
def braincast(wheel, tmp_path_factory):
    """A home that knows the task `small-eye`, of seven columns and fast edges."""
    from braincast.datasets.registry import load_dataset

    home = tmp_path_factory.mktemp("home")
    circuit = columnar_circuit(load_dataset("fly-optic-lobe", from_path=wheel))
    asked = [case for case in stimuli(1, n_scenes=4, n_faster=2) if case.speed in (None, 25.0)]
    card = fly_motion(circuit, CARD.hash, 1, name="small-eye", cases=tuple(asked), n_resamples=60, **DETECTORS)
    (home / "tasks").mkdir(parents=True)
    (home / "tasks" / "small-eye.json").write_text(card.model_dump_json(), encoding="utf-8")
    return with_home(home)


def test_a_task_is_run_and_its_answers_are_scored_and_compared(braincast, wheel, tmp_path):
    run = braincast.document("run", "small-eye", "--data", wheel, "--out", tmp_path / "run")
    assert set(run["models"]) == {"barlow-levick", "hassenstein-reichardt"}
    own = run["models"]["hassenstein-reichardt"]
    assert own["role"] == "control" and own["metrics"]["preferred_direction_error_deg"]["value"] < 1
    values = [score["value"] for entry in run["models"].values() for score in entry["metrics"].values()]
    assert all(value is None or math.isfinite(value) for value in values)
    assert "fly" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    store, other = (
        tmp_path / "run" / "forecasts" / model / "000.zarr" for model in ("hassenstein-reichardt", "barlow-levick")
    )
    again = braincast.document("score", "small-eye", store, "--data", wheel)
    assert again["models"]["hassenstein-reichardt"]["metrics"] == own["metrics"]
    pairs = braincast.document("compare", "small-eye", store, other, "--data", wheel)["comparisons"]
    assert [pair["metric"] for pair in pairs] == list(own["metrics"])


def test_what_there_is_not_of_such_a_task_is_said_in_one_line(braincast, wheel, tmp_path):
    board = tmp_path / "board"
    assert braincast("board", "create", board).returncode == 0
    refusals = [
        ("board", "add-task", board, "small-eye", "--data", wheel),
        ("task", "files", "small-eye", "--data", wheel, "--out", tmp_path / "files"),
        ("run", "small-eye", "--models", "ar"),
        ("ladder", "small-eye", "--data", wheel),
    ]
    for words in refusals:
        braincast.refusal("E306", 2, *words)
