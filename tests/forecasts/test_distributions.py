"""Forecasts that are distributions, and forecasts that stay on disk."""

import numpy as np
import pytest
import xarray as xr
from made_recordings import made_task
from refusals import refused
from xarray.core import indexing

import braincast as bc
from braincast.forecasts.check import check_forecast
from braincast.forecasts.store import load_forecast, save_forecast


@pytest.fixture(scope="module")
def task():
    return made_task()


@pytest.fixture(scope="module")
def forecast(task):
    return bc.fit("ar", task).forecast(task.cases())


def test_an_answer_with_members_has_them_last_and_in_rising_order(task, forecast):
    assert forecast.dims == ("case", "lead", "neuron", "member")
    assert (np.diff(forecast.values, axis=3) >= 0).all()
    check_forecast(task.card, forecast)


def test_a_forecast_with_members_is_read_back_to_the_bit(task, forecast, tmp_path):
    save_forecast(forecast, tmp_path / "f.zarr")
    back = load_forecast(tmp_path / "f.zarr", task.card)
    assert back.dims == forecast.dims and np.array_equal(back.values, forecast.values)
    assert back.coords["member"].values.tolist() == [str(member) for member in range(10)]


def test_a_stored_forecast_stays_on_disk_and_is_scored_the_same(task, forecast, tmp_path):
    save_forecast(forecast, tmp_path / "f.zarr")
    stored = load_forecast(tmp_path / "f.zarr", task.card)
    assert isinstance(stored.variable._data, indexing.ExplicitlyIndexed)
    assert np.array_equal(stored[3:5, :, 1:2].values, forecast[3:5, :, 1:2].values)
    assert bc.score(task, stored).to_dict() == bc.score(task, forecast).to_dict()


def test_writing_into_an_opened_forecast_leaves_its_store_alone(forecast, tmp_path):
    save_forecast(forecast, tmp_path / "f.zarr")
    opened = load_forecast(tmp_path / "f.zarr")
    opened[0, 0, 0] = 7.0
    assert (opened.values[0, 0, 0] == 7.0).all() and np.array_equal(opened.values[1:], forecast.values[1:])
    assert np.array_equal(load_forecast(tmp_path / "f.zarr").values, forecast.values)


def test_a_part_that_is_not_finite_is_named_wherever_it_lies(task, forecast):
    broken = forecast.copy(deep=True)
    broken[7, 2, 1, 4] = np.nan
    case = task.card.cases[7].id
    with refused("E208", f"case {case}, lead 3, neuron n1, member 4"):
        check_forecast(task.card, broken)


def test_members_must_come_last(task, forecast):
    with refused("E212", "axes"):
        check_forecast(task.card, forecast.transpose("case", "lead", "member", "neuron"))


def test_a_task_that_asks_for_one_number_refuses_members():
    from braincast.tasks.registry import task_card

    card = task_card("worm-perturbation")
    shape = (len(card.cases), 1, len(card.neurons), 2)
    coordinates = {"case": [case.id for case in card.cases], "lead": list(card.leads), "neuron": list(card.neurons)}
    answer = xr.DataArray(
        np.full(shape, 0.1, np.float32), {**coordinates, "member": ["0", "1"]}, ("case", "lead", "neuron", "member")
    )
    with refused("E212", "one number"):
        check_forecast(card, answer)
