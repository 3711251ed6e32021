"""From a file of one's own to a scorecard: `data add`, `task new`, `run`; and what they refuse."""

from pathlib import Path

import numpy as np
import pytest
from command_line import one_document, with_home
from made_recordings import random_walks
from made_sessions import odd_nwb, regular


@pytest.fixture(scope="module")
def braincast(tmp_path_factory):
    """The command line with an empty cache."""
    return with_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def walks(tmp_path_factory) -> Path:
    """A recording in the simple layout, with one slow and four quicker neurons."""
    path = tmp_path_factory.mktemp("files") / "walks.npz"
    activity = random_walks(500)
    np.savez(path, activity=activity, time_s=0.5 * np.arange(500), neuron=np.array(list("abcde")))
    return path


@pytest.fixture(scope="module")
def task(braincast, walks):
    """The document of `task new` on the added recording."""
    braincast.document("data", "add", walks, "--name", "walks", "--yes")
    return braincast.document("task", "new", "walks-forecast", "--dataset", "walks", "--context", 8, "--horizon", 4)


@pytest.fixture(scope="module")
def run(braincast, task, tmp_path_factory):
    """A run of the new task with four models."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    models = "ar,var,pooled-linear"
    process = braincast("run", "walks-forecast", "--models", models, "--out", folder, "--json")
    assert process.returncode == 0, process.stderr
    return one_document(process.stdout)


def test_a_new_task_has_blocked_splits_with_gaps_and_floors(task):
    assert [(p["split"], p["start"], p["stop"]) for p in task["pieces"]] == [
        ("train", 0, 350),
        ("validation", 354, 400),
        ("test", 404, 500),
    ]
    assert task["baselines"] == ["mean", "persistence"] and task["neurons"] == list("abcde")
    assert Path(task["files"]["task"]).is_file()


def test_a_new_task_is_listed_and_shown(braincast, task):
    listed = braincast.document("list", "tasks")["tasks"]
    assert ("walks-forecast", "forecast") in [(entry["name"], entry["kind"]) for entry in listed]
    shown = braincast.document("show", "task", "walks-forecast")
    assert shown["hash"] == task["hash"] and shown["windows"]["test"] == {"all": 93}


def test_a_run_prints_the_contract_of_the_command_line(run):
    assert set(run["models"]) == {"mean", "persistence", "ar", "var", "pooled-linear"}
    assert run["primary"] == "mae" and run["baseline"] == "persistence"
    for model in run["models"].values():
        mae = model["metrics"]["mae"]
        assert set(mae) >= {"value", "ci", "n", "skill", "ceiling_share", "by_lead"}
        assert len(mae["by_lead"]) == 4 and mae["ci"][0] < mae["value"] < mae["ci"][1]
    roles = {name: model["role"] for name, model in run["models"].items()}
    assert roles["mean"] == roles["persistence"] == "baseline" and roles["ar"] == "model"


def test_the_headline_is_chosen_on_validation_windows(run):
    losses = run["validation_absolute_error"]
    assert run["headline"] == min(losses, key=losses.get)
    assert "validation windows" in run["headline_rule"]


def test_leaky_random_walks_are_told_best_by_a_model_of_their_own_past(run):
    errors = {name: model["metrics"]["mae"]["value"] for name, model in run["models"].items()}
    assert errors["ar"] < errors["persistence"] and errors["ar"] < errors["mean"]


def test_the_report_of_a_forecast_run_is_a_page(run):
    page = Path(run["files"]["report"]).read_text(encoding="utf-8")
    assert "walks-forecast" in page and "<script src" not in page


def test_a_finished_run_is_not_overwritten(braincast, run):
    again = braincast("run", "walks-forecast", "--models", "ar,var,pooled-linear", "--out", run["files"]["folder"])
    assert again.returncode == 2 and again.stderr.startswith("E501")


def test_fit_forecast_score_and_compare_work_step_by_step(braincast, task, run, tmp_path):
    for model in ("ar", "persistence"):
        braincast.document("fit", "walks-forecast", model, "--out", tmp_path / model)
        braincast.document("forecast", tmp_path / model, "--out", tmp_path / f"{model}.zarr")
    document = braincast.document("score", "walks-forecast", tmp_path / "ar.zarr")
    assert document["models"]["ar"]["metrics"]["mae"]["value"] == run["models"]["ar"]["metrics"]["mae"]["value"]
    compared = braincast.document("compare", "walks-forecast", tmp_path / "ar.zarr", tmp_path / "persistence.zarr")
    mae = next(pair for pair in compared["comparisons"] if pair["metric"] == "mae")
    assert mae["difference"] < 0


def test_the_step_by_step_answer_for_people_names_the_models(braincast, task, tmp_path):
    braincast.document("fit", "walks-forecast", "drift", "--out", tmp_path / "drift")
    braincast.document("forecast", tmp_path / "drift", "--out", tmp_path / "drift.zarr")
    shown = braincast("score", "walks-forecast", tmp_path / "drift.zarr")
    assert shown.returncode == 0 and "drift" in shown.stdout and "persistence" in shown.stdout


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("task", "new", "walks-forecast", "--dataset", "walks"), 2, "E501"),
        (("task", "new", "worm-forecast", "--dataset", "walks"), 2, "E501"),
        (("task", "new", "Bad Name", "--dataset", "walks"), 2, "E305"),
        (("task", "new", "x", "--dataset", "nowhere"), 2, "E301"),
        (("task", "new", "x", "--dataset", "walks", "--kind", "perturbation"), 2, "E305"),
        (("task", "new", "x", "--dataset", "walks", "--hold-out", "sleep"), 2, "E305"),
        (("task", "new", "x", "--dataset", "walks", "--like", "walks-forecast", "--context", 9), 2, "E305"),
        (("task", "new", "x", "--dataset", "walks", "--hold-out-animals"), 3, "E121"),
        (("task", "new", "x", "--dataset", "walks", "--context", 400), 3, "E122"),
        (("run", "walks-forecast", "--models", "direct-weights"), 2, "E306"),
        (("run", "walks-forecast", "--models", "stimulus-average"), 2, "E306"),
        (("run", "worm-perturbation", "--models", "ar"), 2, "E306"),
        (("fit", "walks-forecast", "ar", "--set", "order=0"), 2, "E305"),
        (("run", "walks-forecast", "--data", "walks.npz"), 2, "E305"),
        (("run", "synthetic-linear", "--data", "walks.npz"), 2, "E305"),
        (("run", "worm-forecast"), 3, "E401"),
        (("run", "worm-forecast", "--data", "nowhere.npz"), 3, "E405"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(braincast, task, words, status, code):
    assert braincast.refusal(code, status, *words)


def test_another_recording_than_the_tasks_is_refused_with_what_to_do(braincast, walks):
    assert "braincast data add" in braincast.refusal("E402", 3, "run", "worm-forecast", "--data", walks)


def test_a_damaged_declaration_is_named(braincast, task):
    path = Path(task["files"]["task"]).with_name("broken.json")
    path.write_text('{"kind": "forecast", "name": "broken"', encoding="utf-8")
    assert "braincast task new" in braincast.refusal("E403", 3, "show", "task", "broken")
    path.unlink()


@pytest.mark.slow
def test_an_nwb_file_of_unfamiliar_layout_becomes_a_scorecard_in_three_commands(tmp_path):
    braincast = with_home(tmp_path / "home")
    # The layout's labels and epochs are made for 40 regions of interest.
    nwb = odd_nwb(tmp_path / "fish.nwb", random_walks(600, 40), regular(600, 0.5, 0.05))
    braincast.document("data", "add", nwb, "--name", "fish", "--yes")
    braincast.document("task", "new", "fish-forecast", "--dataset", "fish")
    document = braincast.document("run", "fish-forecast")
    assert document["headline"] in document["models"] and Path(document["files"]["report"]).is_file()
    assert document["models"]["ar"]["metrics"]["mae"]["value"] < document["models"]["mean"]["metrics"]["mae"]["value"]
