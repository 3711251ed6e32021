"""Saved fits forecast bit for bit as before; damaged or foreign ones are refused."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from refusals import refused
from synthetic import small_task

from braincast.brain.nulls import identity_permuted
from braincast.training.checkpoint import load_fit, read_fit_record, save_fit
from braincast.training.fit import fit

CLOSED_FORMS = ("constant", "responder-propensity", "direct-weights", "connectome-propagator", "connectome-regression")
BY_GRADIENT = ("gain-propagator", "linear-dynamics", "graph-network")
NAMES = (*CLOSED_FORMS, *BY_GRADIENT)


@pytest.fixture(scope="module")
def task():
    return small_task()


@pytest.fixture(scope="module")
def whole(task, tmp_path_factory) -> Path:
    return save_fit(fit("connectome-regression", task, seed=2), tmp_path_factory.mktemp("whole") / "fit")


@pytest.fixture
def saved(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "fit"))


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_fit_forecasts_bit_for_bit_as_before(task, tmp_path, name):
    fitted = fit(name, task, seed=2)
    loaded = load_fit(save_fit(fitted, tmp_path / "fit"), task)
    np.testing.assert_array_equal(loaded.forecast(task.cases()).values, fitted.forecast(task.cases()).values)
    assert loaded.forecast(task.cases()).attrs == fitted.forecast(task.cases()).attrs
    assert (loaded.choices, loaded.seed, loaded.n_parameters) == (fitted.choices, 2, fitted.n_parameters)


@pytest.mark.parametrize("reverse", [True, False])
def test_a_part_that_may_be_absent_comes_back_as_it_was(task, tmp_path, reverse):
    fitted = fit("connectome-regression", task, settings={"reverse": reverse})
    loaded = load_fit(save_fit(fitted, tmp_path / "fit"), task)
    assert all((fold.reverse is not None) == reverse for fold in loaded.folds)
    np.testing.assert_array_equal(loaded.forecast(task.cases()).values, fitted.forecast(task.cases()).values)


def test_the_record_says_how_the_fit_was_made(saved, task):
    record = read_fit_record(saved)
    assert record["task_hash"] == task.hash and record["model"] == "connectome-regression" and record["seed"] == 2
    assert [set(choice["settings"]) for choice in record["choices"]] == [{"penalty", "reverse"}] * 5
    json.dumps(record, allow_nan=False)


def test_no_file_of_a_fit_is_a_pickle(saved):
    names = {path.name for path in saved.rglob("*") if path.is_file()}
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".joblib"))]
    assert {"fit.json", "manifest.json", "zarr.json"} <= names


def test_an_existing_fit_is_kept_without_force(saved, task):
    with refused("E501", "fit"):
        save_fit(fit("constant", task), saved)
    assert read_fit_record(saved)["model"] == "connectome-regression"
    save_fit(fit("constant", task), saved, force=True)
    assert load_fit(saved, task).model == "constant"


def test_a_folder_that_is_no_finished_fit_is_refused(tmp_path, task):
    with refused("E503", "fit.json"):
        load_fit(tmp_path, task)
    with refused("E503", "nowhere"):
        load_fit(tmp_path / "nowhere", task)


def test_a_fit_to_another_task_is_refused(saved):
    with refused("E215", "not to"):
        load_fit(saved, small_task(version="2"))


def test_a_fit_without_its_manifest_was_never_finished(saved, task):
    (saved / "manifest.json").unlink()
    with refused("E202", "manifest.json"):
        load_fit(saved, task)


def test_a_flipped_bit_in_a_parameter_is_refused_and_its_file_named(saved, task):
    chunk = next(path for path in sorted((saved / "fold-3").rglob("c/*")) if path.is_file())
    content = bytearray(chunk.read_bytes())
    content[-1] ^= 1
    chunk.write_bytes(content)
    with refused("E210", "fold-3"):
        load_fit(saved, task)


def test_a_missing_fold_is_refused(saved, task):
    shutil.rmtree(saved / "fold-4")
    with refused("E203", "fold-4"):
        load_fit(saved, task)


def test_a_truncated_record_is_refused(saved, task):
    (saved / "fit.json").write_text("{")
    with refused("E210", "fit.json"):
        load_fit(saved, task)


def test_a_fit_to_a_null_connectome_is_not_answered_with_the_true_one(task, tmp_path):
    null = replace(task.structure, connectome=identity_permuted(task.structure.connectome, seed=4))
    fitted = fit("direct-weights", task, structure=null, wiring="identity-permuted")
    path = save_fit(fitted, tmp_path / "fit")
    with refused("E502", "identity-permuted"):
        load_fit(path, task)
    loaded = load_fit(path, task, structure=null)
    np.testing.assert_array_equal(loaded.forecast(task.cases()).values, fitted.forecast(task.cases()).values)
