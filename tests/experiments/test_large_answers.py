"""Answers larger than memory, at small size: made part by part they are what they would have been at once."""

import json

import numpy as np
import pytest
import zarr
from command_line import with_home
from made_recordings import made_dataset, made_recording, made_task, random_walks
from refusals import refused

from braincast.experiments import large
from braincast.experiments.beside import score_beside_baselines
from braincast.experiments.folder import run_folder
from braincast.experiments.run import configure, run
from braincast.forecasts.answering import save_answers
from braincast.forecasts.store import load_forecast
from braincast.scoring.any_task import score
from braincast.scoring.metrics import METRICS
from braincast.scoring.scores import Contender
from braincast.tasks.card import MetricUse
from braincast.tasks.forecasting import card as cards
from braincast.training.fit import fit

POINT_METRICS = tuple(MetricUse(key=key, target="activity") for key in ("mae", "mse", "r2", "correlation"))


@pytest.fixture(scope="module")
def task():
    return made_task(made_dataset(made_recording(random_walks(400))))


@pytest.fixture(scope="module")
def pointed():
    """A task whose metrics look at no distribution."""
    return made_task(made_dataset(made_recording(random_walks(300))), changes={"metrics": POINT_METRICS})


@pytest.fixture(scope="module")
def fitted(task):
    return fit("ar", task)


def without_times(document):
    models = {name: {k: v for k, v in model.items() if k != "cost"} for name, model in document["models"].items()}
    return json.dumps({**document, "models": models, "run": None}, sort_keys=True)


def test_a_run_of_large_answers_says_what_one_of_small_answers_says(task, tmp_path, monkeypatch):
    configuration = configure(task.card, "ar,pooled-linear")
    plain = run(task, configuration)
    monkeypatch.setattr(large, "LARGE_BYTES", 0)
    assert without_times(run(task, configuration).to_dict()) == without_times(plain.to_dict())
    with run_folder(tmp_path / "run", configuration.to_dict()) as folder:
        kept = run(task, configuration, folder=folder)
    assert without_times(kept.to_dict()) == without_times(plain.to_dict())
    unkept = configure(task.card, "ar,pooled-linear", keep="nothing")
    with run_folder(tmp_path / "unkept", unkept.to_dict()) as folder:
        assert without_times(run(task, unkept, folder=folder).to_dict()) == without_times(plain.to_dict())
    assert not (tmp_path / "unkept" / "forecasts").exists()
    fits = {path.parent.name for path in (tmp_path / "run" / "fits").glob("*/000")}
    assert fits == {"mean", "persistence", "ar", "pooled-linear"}


def test_fits_of_an_unfinished_run_are_not_made_again(task, tmp_path, monkeypatch):
    monkeypatch.setattr(large, "LARGE_BYTES", 0)
    configuration = configure(task.card, "ar").to_dict()

    class Stopped(Exception):
        pass

    def stop(*arguments, **options):
        raise Stopped

    monkeypatch.setattr(large, "save_answers", stop)
    with pytest.raises(Stopped), run_folder(tmp_path / "run", configuration) as folder:
        run(task, configure(task.card, "ar"), folder=folder)
    made = tmp_path / "run" / "fits" / "mean" / "000" / "manifest.json"
    before = made.stat().st_mtime_ns
    monkeypatch.setattr(large, "save_answers", save_answers)
    with run_folder(tmp_path / "run", configuration) as folder:
        run(task, configure(task.card, "ar"), folder=folder)
    assert made.stat().st_mtime_ns == before


def test_answers_that_are_not_kept_score_as_the_stored_forecast(task, fitted, monkeypatch):
    cases = task.cases("test")
    stored = score(task, {"ar": fitted.forecast(cases)})
    streamed = score(task, {"ar": Contender((fitted.answers(cases),))})
    assert streamed.to_dict() == stored.to_dict()
    monkeypatch.setattr(large, "LARGE_BYTES", 0)
    beside = score_beside_baselines(task, {"ar": Contender((fitted.answers(cases),))})
    assert beside.models["ar"].metrics["mae"].value == stored.models["ar"].metrics["mae"].value


def test_half_precision_takes_half_the_space_and_scores_within_its_rounding(task, fitted, tmp_path):
    cases, found = task.cases("test"), {}
    for dtype in (np.float32, np.float16):
        path = save_answers(fitted, cases, tmp_path / np.dtype(dtype).name, source="ar", dtype=dtype)
        found[dtype] = load_forecast(path, task.card)
        assert zarr.open_array(path / "activity", mode="r").dtype == dtype
    half, single = found[np.float16].values.astype(np.float64), found[np.float32].values
    np.testing.assert_allclose(half, single, rtol=2.0**-11, atol=2.0**-24)
    values = {dtype: score(task, {"ar": f}).models["ar"].metrics["mae"].value for dtype, f in found.items()}
    largest = np.abs(single).max()
    assert abs(values[np.float16] - values[np.float32]) < 2.0**-11 * largest
    assert values[np.float16] != values[np.float32]


def test_what_half_precision_cannot_hold_is_refused(tmp_path):
    huge = random_walks(300)
    huge[-20:] *= 1e7
    task = made_task(made_dataset(made_recording(huge)))
    with refused("E107", "float16"):
        save_answers(fit("persistence", task), task.cases("test"), tmp_path / "f", source="p", dtype=np.float16)


def test_members_are_made_only_where_a_metric_looks_at_them(task, pointed):
    assert fit("ar", task).forecast(task.cases()).dims[-1] == "member"
    for model in ("mean", "ar", "linear"):
        settings = {"steps": 20, "every": 10, "weights": "shared", "rescaling": "none"} if model == "linear" else None
        assert fit(model, pointed, settings=settings).forecast(pointed.cases()).dims == ("case", "lead", "neuron")


def test_the_metrics_of_members_are_those_whose_sums_are_of_members():
    of_members = {"crps", "inside", "variance"}
    assert {key for key, metric in METRICS.items() if of_members & set(metric.statistics)} == cards._OF_MEMBERS


def test_nothing_but_known_ways_of_keeping_is_accepted(task):
    with refused("E305", "--keep"):
        configure(task.card, "ar", keep="float64")


@pytest.mark.slow
def test_a_fit_is_scored_from_the_command_line_without_a_forecast(tmp_path):
    braincast = with_home(tmp_path / "home")
    np.savez(tmp_path / "walks.npz", activity=random_walks(300), neuron=np.array(list("abcde")))
    braincast.document("data", "add", tmp_path / "walks.npz", "--name", "walks", "--yes")
    braincast.document(
        "task", "new", "walks-forecast", "--dataset", "walks", "--context", 4, "--horizon", 2, "--frames"
    )
    braincast.document("fit", "walks-forecast", "ar", "--out", tmp_path / "fit")
    braincast.document("forecast", tmp_path / "fit", "--out", tmp_path / "half.zarr", "--float16")
    unkept = braincast.document("score", "walks-forecast", tmp_path / "fit")
    half = braincast.document("score", "walks-forecast", tmp_path / "half.zarr")
    mae = unkept["models"]["ar"]["metrics"]["mae"]["value"]
    assert mae == pytest.approx(half["models"]["ar"]["metrics"]["mae"]["value"], rel=1e-3)
    planned = ("fit", "walks-forecast", "linear", "--set", "steps=20", "--dry-run", "--out", tmp_path / "planned")
    plan = braincast.document(*planned)
    n_values = unkept["n_cases"] * 2 * 5
    assert (plan["forecast_bytes"], plan["forecast_bytes_float16"]) == (4 * n_values, 2 * n_values)
    assert plan["n_trainings"] == 4 and plan["fit_s"] > 0 and plan["memory_bytes"] > 1e8
    assert not (tmp_path / "planned").exists()
    braincast.refusal("E306", 2, "fit", "worm-perturbation", "constant", "--dry-run")
