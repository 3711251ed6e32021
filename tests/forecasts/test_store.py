"""The forecast store: what is written comes back, and what does not answer the task is refused with its code."""

import numpy as np
import pytest
import xarray as xr
from refusals import refused
from synthetic import LEAD, random_answer, small_task

from braincast.files import new_folder
from braincast.forecasts.check import check_forecast
from braincast.forecasts.store import load_forecast, save_forecast


@pytest.fixture(scope="module")
def task():
    return small_task()


@pytest.fixture
def forecast(task) -> xr.DataArray:
    return random_answer(task, 1, model="mine").assign_attrs(seed=4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_forecast_comes_back_bit_for_bit(task, forecast, tmp_path, dtype):
    forecast = forecast.astype(dtype)
    path = save_forecast(forecast, tmp_path / "f.zarr")
    found = load_forecast(path, task.card)
    assert found.dtype == dtype and found.dims == ("case", "lead", "neuron") and found.name == "activity"
    np.testing.assert_array_equal(found.values, forecast.values)
    assert dict(found.attrs) == dict(forecast.attrs)
    for axis in found.dims:
        assert found.coords[axis].values.tolist() == forecast.coords[axis].values.tolist()


def test_without_a_card_a_forecast_of_any_task_is_read(task, forecast, tmp_path):
    path = save_forecast(forecast.assign_attrs(task_hash="another"), tmp_path / "f.zarr")
    assert load_forecast(path).attrs["task_hash"] == "another"


def test_an_existing_forecast_is_not_overwritten_without_force(forecast, tmp_path):
    path = save_forecast(forecast, tmp_path / "f.zarr")
    with refused("E501", "f.zarr"):
        save_forecast(forecast + 1, path)
    np.testing.assert_array_equal(load_forecast(path).values, forecast.values)
    save_forecast(forecast + 1, path, force=True)
    np.testing.assert_array_equal(load_forecast(path).values, forecast.values + 1)
    assert [p.name for p in tmp_path.iterdir()] == ["f.zarr"]


def changed_neurons(forecast: xr.DataArray, change) -> xr.DataArray:
    names = forecast.coords["neuron"].values.tolist()
    return forecast.assign_coords(neuron=change(names))


def swapped(names: list[str]) -> list[str]:
    return [*names[:17], names[18], names[17], *names[19:]]


WRONG = {
    "two neurons swapped": ("E204", lambda f: changed_neurons(f, swapped), ("index 17", "found BAJL", "expected BAIR")),
    "a neuron missing": ("E205", lambda f: f.isel(neuron=slice(1, None)), ("'BAAL'", "1 in all")),
    "a neuron too many": (
        "E206",
        lambda f: xr.concat([f, f.isel(neuron=[0]).assign_coords(neuron=["ZZZ"])], "neuron"),
        ("'ZZZ'", "1 in all"),
    ),
    "a neuron twice": ("E207", lambda f: changed_neurons(f, lambda n: [n[1], *n[1:]]), ("'BAAR'", "2 times")),
    "a nan": ("E208", lambda f: f.where(f["neuron"] != "BACL"), ("34 of 1360", "neuron BACL")),
    "an infinity": ("E208", lambda f: xr.where(f["neuron"] == "BACL", np.inf, f, keep_attrs=True), ("neuron BACL",)),
    "whole numbers": ("E209", lambda f: (f * 0).astype(np.int32), ("int32",)),
    "a case missing": ("E211", lambda f: f.isel(case=slice(1, None)), ("case", "missing")),
    "a case twice": ("E211", lambda f: f.isel(case=[0, *range(f.sizes["case"])]), ("2 times",)),
    "cases in another order": ("E211", lambda f: f.isel(case=slice(None, None, -1)), ("index 0",)),
    "a case that was not asked": (
        "E211",
        lambda f: xr.concat([f, f.isel(case=[0]).assign_coords(case=["ZZZ"])], "case"),
        ("'ZZZ'", "not asked for"),
    ),
    "another lead": ("E212", lambda f: f.assign_coords(lead=["later"]), ("later", LEAD)),
    "two leads": ("E212", lambda f: xr.concat([f, f.assign_coords(lead=["later"])], "lead"), ("later",)),
    "a negative probability": ("E214", lambda f: f - 0.5, ("[0, 1]", "case", "neuron")),
    "a probability above one": ("E214", lambda f: f + 0.5, ("[0, 1]",)),
    "another task": ("E215", lambda f: f.assign_attrs(task="zebrafish-forecast"), ("'zebrafish-forecast'",)),
    "another version of the task": ("E215", lambda f: f.assign_attrs(task_hash="abc"), ("task_hash", "'abc'")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_stored_forecast_that_does_not_answer_the_task_is_refused(task, forecast, tmp_path, what):
    code, damage, words = WRONG[what]
    wrong = damage(forecast).transpose("case", "lead", "neuron")
    with refused(code, "wrong.zarr", *words):
        load_forecast(
            save_forecast(wrong.assign_attrs({**forecast.attrs, **wrong.attrs}), tmp_path / "wrong.zarr"), task.card
        )


@pytest.mark.parametrize("what", WRONG)
def test_the_same_forecast_in_memory_is_refused_with_the_same_code(task, forecast, what):
    code, damage, words = WRONG[what]
    wrong = damage(forecast).transpose("case", "lead", "neuron")
    with refused(code, "submitted", *words):
        check_forecast(task.card, wrong.assign_attrs({**forecast.attrs, **wrong.attrs}), "submitted")


def test_half_precision_is_refused_before_it_is_written(task, forecast, tmp_path):
    with refused("E209", "complex64"):
        save_forecast(forecast.astype(np.complex64), tmp_path / "half.zarr")
    assert not list(tmp_path.iterdir())
    with refused("E209", "complex64"):
        check_forecast(task.card, forecast.astype(np.complex64))


def test_axes_in_another_order_are_refused_also_where_lengths_agree(task, forecast, tmp_path):
    turned = forecast.transpose("neuron", "lead", "case")
    with refused("E212", "neuron, lead, case"):
        check_forecast(task.card, turned)
    square = forecast.isel(neuron=slice(0, forecast.sizes["case"]))
    with refused("E212", "neuron, lead, case"):
        save_forecast(square.transpose("neuron", "lead", "case"), tmp_path / "turned.zarr")
    assert not list(tmp_path.iterdir())


def test_an_axis_without_labels_is_refused(task, forecast, tmp_path):
    with refused("E212", "'neuron'", "no labels"):
        check_forecast(task.card, forecast.drop_vars("neuron"))
    with refused("E212", "'case'", "no labels"):
        save_forecast(forecast.drop_vars("case"), tmp_path / "f.zarr")


def test_an_attribute_that_json_cannot_hold_is_refused(forecast, tmp_path):
    with refused("E107", "note"):
        save_forecast(forecast.assign_attrs(note=object()), tmp_path / "f.zarr")
    assert not list(tmp_path.iterdir())


def test_numbers_of_numpy_are_saved_as_plain_numbers(forecast, tmp_path):
    path = save_forecast(forecast.assign_attrs(seed=np.int64(7)), tmp_path / "f.zarr")
    assert load_forecast(path).attrs["seed"] == 7


def test_a_task_without_bounds_takes_any_finite_number(forecast, task):
    unbounded = small_task(lower=None, upper=None)
    wide = (forecast * 1000 - 500).assign_attrs(task=unbounded.name, task_hash=unbounded.hash)
    check_forecast(unbounded.card, wide)
    with refused("E214"):
        check_forecast(task.card, wide.drop_attrs())


def test_a_forecast_that_names_no_task_is_judged_by_its_labels(task, forecast):
    check_forecast(task.card, forecast.drop_attrs())


def test_a_path_without_a_store_is_refused(tmp_path):
    with refused("E201", "nothing.zarr"):
        load_forecast(tmp_path / "nothing.zarr")
    (tmp_path / "file.zarr").write_text("no folder")
    with refused("E201", "file.zarr"):
        load_forecast(tmp_path / "file.zarr")


def test_a_finished_store_of_something_else_is_refused(tmp_path):
    from braincast.brain.arrays import write_arrays

    labels = {axis: ["a"] for axis in ("case", "lead", "neuron")}
    for name, array, attributes in [
        ("other-name", "voltage", {"axes": labels}),
        ("no-axes", "activity", {}),
        ("some-axes", "activity", {"axes": {"case": ["a"]}}),
        ("longer-axes", "activity", {"format": 1, "axes": labels | {"case": ["a", "b"]}}),
    ]:
        with new_folder(tmp_path / name) as folder:
            write_arrays(folder, {array: (("case", "lead", "neuron"), np.ones((1, 1, 1)))}, attributes)
    with refused("E201", "'activity'"):
        load_forecast(tmp_path / "other-name")
    for name in ("no-axes", "some-axes"):
        with refused("E212", name, "label"):
            load_forecast(tmp_path / name)
    with refused("E212", "(1, 1, 1)", "(2, 1, 1)"):
        load_forecast(tmp_path / "longer-axes")
