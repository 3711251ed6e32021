"""A run of a forecast task: who takes part, who leads, and what is kept in memory."""

import numpy as np
import pytest
import xarray as xr
from made_recordings import made_dataset, made_recording, made_task, random_walks

from braincast.experiments import folder as folders
from braincast.experiments.folder import run_folder
from braincast.experiments.run import configure, run
from braincast.tasks.forecasting.build import LINEUP, LINEUP_OF_MANY, MANY_NEURONS

MODELS = "ar,pooled-linear"


@pytest.fixture(scope="module")
def task():
    return made_task(made_dataset(made_recording(random_walks(400))))


@pytest.fixture(scope="module")
def result(task):
    return run(task, configure(task.card, MODELS))


def test_baselines_run_beside_the_models_and_nothing_has_a_null(result):
    document = result.to_dict()
    assert set(document["models"]) == {"mean", "persistence", "ar", "pooled-linear"}
    assert document["wiring"] == {} and document["curves"] == {} and document["measured"] is None
    assert {model["of"] for model in document["models"].values()} == {None}


def test_the_best_simple_model_is_chosen_on_validation_windows(result, task):
    simple = {name: loss for name, loss in result.validation.items() if name in task.card.simple}
    chosen = result.to_dict()["best_simple"]
    assert chosen == {"name": min(simple, key=simple.get), "chosen_on": "validation"}


def test_the_default_line_up_is_the_tasks_own(task):
    assert configure(task.card).models == LINEUP


def test_a_task_that_tells_the_stimulus_runs_the_average_response_to_it(task):
    shown = xr.DataArray(np.sin(np.arange(200.0))[:, None], dims=("time", "feature"))
    card = made_task(made_dataset(made_recording(stimulus=shown))).card
    assert "stimulus-average" in card.lineup and "stimulus-average" in card.simple and len(card.lineup) == 10
    assert "stimulus-average" not in task.card.lineup


def test_of_very_many_neurons_the_line_up_weighs_none_against_all_others():
    rng = np.random.default_rng(0)
    many = made_recording(rng.normal(size=(120, MANY_NEURONS + 1)).astype(np.float32))
    assert made_task(made_dataset(many)).card.lineup == LINEUP_OF_MANY


def test_a_large_forecast_leaves_memory_once_it_is_stored_and_is_scored_the_same(result, task, tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "_LARGE_BYTES", 0)
    configuration = configure(task.card, MODELS)
    with run_folder(tmp_path / "run", configuration.to_dict()) as folder:
        stored = run(task, configuration, folder=folder)
    for name, score in result.judged.scorecard.models.items():
        assert stored.judged.scorecard.models[name].metrics == score.metrics
    traces = [exhibits.judged.exhibits.traces for exhibits in (stored, result)]
    assert len(traces[0]) == len(traces[1]) > 0
