"""`braincast board example`: a board with models of the zoo by one command, which goes on where it stopped."""

from __future__ import annotations

import pytest
from command_line import with_home

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("example-board")


@pytest.fixture(scope="module")
def command(folder):
    return with_home(folder / "home")


@pytest.fixture(scope="module")
def made(command, folder):
    """Two models on two made-up brains."""
    words = ("--tasks", "synthetic-linear,lorenz63-rollout", "--models", "drift,nlinear")
    return command.document("board", "example", folder / "board", *words, "--site", folder / "site", timeout_s=900)


def test_every_model_is_scored_and_ranked_and_shown(command, folder, made):
    # Of baselines, a task's own are added to the models that were asked for.
    document = command.document("board", "export", folder / "board")
    assert made["tasks"] == [task["name"] for task in document["tasks"]]
    assert made["scored"] == {"scored": len(document["entries"])}
    for task in document["tasks"]:
        ranked = {row["entry"] for row in task["standing"] if row["rank"]}
        own = [entry for entry in document["entries"] if entry["task"] == task["name"]]
        models = {entry["model"] for entry in own if entry["role"] == "model"}
        assert models == {"drift", "nlinear"} - set(task["baselines"])
        assert ranked == {entry["id"] for entry in own if entry["role"] == "model"}
        assert {entry["model"] for entry in own if entry["role"] == "baseline"} == set(task["baselines"])
        page = (folder / "site" / "tasks" / f"{task['name']}.html").read_text()
        assert all(model in page for model in models)
    traces = document["tasks"][0]["traces"]
    assert len(traces["neurons"]) == len(traces["truth"]) == 3 and len(traces["forecasts"]) == 3
    assert all(len(values[0]) == len(traces["time_s"]) for values in traces["forecasts"].values())


def test_the_same_command_goes_on_and_adds_what_is_new(command, folder, made):
    words = ("--tasks", "synthetic-linear", "--models", "drift,seasonal-average")
    again = command.document("board", "example", folder / "board", *words)
    assert again["scored"] == {"scored": 1}
    models = {entry["model"] for entry in command.document("board", "export", folder / "board")["entries"]}
    assert "seasonal-average" in models


def test_tasks_whose_data_must_be_brought_are_named(command, folder):
    command.refusal("E405", 3, "board", "example", folder / "other", "--tasks", "worm-forecast")
    command.refusal("E302", 2, "board", "example", folder / "other", "--tasks", "nonsense")
