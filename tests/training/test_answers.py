"""Answers in parts: any part is what the whole answer says there, no batch is answered twice, what stopped goes on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks
from synthetic import small_task

from braincast.forecasts import layout
from braincast.forecasts.answering import save_answers
from braincast.forecasts.store import load_forecast, save_forecast
from braincast.tasks.forecasting.windows import Windows
from braincast.training.fit import fit


@pytest.fixture
def small_batches(monkeypatch):
    """Batches of two windows, as if they were very large."""
    whole = Windows.batches
    monkeypatch.setattr(Windows, "batches", lambda self: whole(self, 2 * 4 * 5 * (6 + 3 * 11)))


@pytest.fixture(scope="module")
def task():
    """Two animals, each answered by the fit to the other."""
    animals = {name: made_recording(random_walks(seed=number)) for number, name in enumerate("ab")}
    return made_task(made_dataset(animals), held_out_animals=True)


@pytest.fixture(scope="module")
def fits(task):
    """A fit that answers with numbers, and one that answers with quantiles."""
    return {name: fit(name, task) for name in ("ar", "pooled-linear")}


class Counting:
    """A fit that notes what it is asked, and is stopped as by Ctrl-C when it was asked too often."""

    def __init__(self, fitted, most: int = 10**6) -> None:
        self._fitted, self._most, self.asked = fitted, most, []

    n_parameters = 1

    def forecast(self, cases, prepared):
        self.asked.append(cases.ids)
        if len(self.asked) > self._most:
            raise KeyboardInterrupt
        return self._fitted.forecast(cases, prepared)


def interleaved(cases: Windows) -> Windows:
    """The same windows, every other one answered by the other fold."""
    return replace(cases, fold=np.arange(len(cases)) % 2)


@pytest.mark.parametrize("mix", [False, True])
@pytest.mark.parametrize("name", ["ar", "pooled-linear"])
def test_every_part_is_what_the_whole_answer_says_there(task, fits, small_batches, name, mix):
    cases = interleaved(task.cases("test")) if mix else task.cases("test")
    whole = fits[name].forecast(cases)
    assert np.isfinite(whole.values).all()
    answers = fits[name].answers(cases)
    assert list(answers.labels) == list(whole.dims)
    for start in (3, 0, len(cases) - 5):
        np.testing.assert_array_equal(answers.of(slice(start, start + 5)), whole.values[start : start + 5], strict=True)


@pytest.mark.parametrize("mix", [False, True])
def test_each_batch_is_answered_once_by_who_asks_in_order(task, fits, small_batches, mix):
    cases = interleaved(task.cases("test")) if mix else task.cases("test")
    counting = [Counting(fold) for fold in fits["ar"].folds]
    answers = replace(fits["ar"], folds=tuple(counting)).answers(cases)
    for start in range(0, len(cases), 5):
        answers.of(slice(start, min(start + 5, len(cases))))
    asked = [ids for fold in counting for ids in fold.asked]
    assert max(map(len, asked)) == 2 and sorted(i for ids in asked for i in ids) == sorted(cases.ids)


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", ["ar", "pooled-linear"])
def test_an_answer_that_was_stopped_goes_on_to_the_bytes_of_one_made_in_memory(
    task, fits, small_batches, monkeypatch, tmp_path, name
):
    monkeypatch.setattr(layout, "_USUAL_CHUNK_BYTES", 1000)
    cases = interleaved(task.cases("test"))
    path, fitted = tmp_path / "f.zarr", fits[name]
    n_batches = []
    for most in (1, 4, 9, 10**6):
        counting = tuple(Counting(fold, most) for fold in fitted.folds)
        try:
            save_answers(replace(fitted, folds=counting), cases, path, source="this fit")
        except KeyboardInterrupt:
            assert not path.exists()
        n_batches.append(sum(len(fold.asked) for fold in counting))
    whole = replace(fitted, folds=tuple(Counting(fold) for fold in fitted.folds)).forecast(cases)
    assert content(path) == content(save_forecast(whole, tmp_path / "whole.zarr"))
    assert n_batches[-1] < len(cases) / 2, "what was kept was not answered again"


def test_an_answer_to_perturbations_is_written_as_it_is_in_memory(tmp_path):
    task = small_task()
    fitted, cases = fit("responder-propensity", task), task.cases("test")
    save_answers(fitted, cases, tmp_path / "f.zarr", source="this fit")
    assert content(tmp_path / "f.zarr") == content(save_forecast(fitted.forecast(cases), tmp_path / "whole.zarr"))
    assert load_forecast(tmp_path / "f.zarr", task.card).attrs["n_parameters"] == fitted.n_parameters


def test_no_cases_are_no_answer(task, fits):
    none = task.cases("test").where(np.zeros(len(task.cases("test")), dtype=bool))
    assert fits["ar"].forecast(none).shape == (0, 3, 5)
