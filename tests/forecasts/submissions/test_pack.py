"""A packed submission is valid, says what its stores know, and holds the same numbers; no other is written."""

import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from refusals import refusal
from synthetic import random_answer, small_task

import braincast as bc
from braincast.forecasts.store import load_forecast, save_forecast
from braincast.forecasts.submissions.opening import is_submission, open_submission
from braincast.forecasts.submissions.pack import pack, read_about
from braincast.forecasts.submissions.validation import validate

ABOUT = {
    "authors": ["Ada Lovelace", "李明"],
    "contact": "ada@example.org",
    "links": ["https://example.org/model"],
    "licence": "Apache-2.0",
    "description": "Drawn at random.\nNothing was learned.",
    "training_data": ["none"],
    "parameters": 3,
    "compute": {"hardware": "one core", "hours": 0.5},
}


@pytest.fixture(scope="module")
def task():
    return small_task(nulls=("identity-permuted", "no-edges"))


def stored(task, folder: Path, number: int, **attributes: object) -> Path:
    forecast = random_answer(task, number, model="drawn").assign_attrs(seed=number, settings="[1]", **attributes)
    return save_forecast(forecast, folder / f"{number}.zarr")


@pytest.fixture(scope="module")
def seeds(task, tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("seeds")
    return [stored(task, folder, number) for number in (0, 1)]


@pytest.mark.parametrize("name", ["mine", "mine.zip"])
def test_what_is_packed_is_valid_and_holds_the_same_numbers(task, seeds, tmp_path, name):
    found = pack(task.card, seeds, ABOUT, tmp_path / name)
    assert found.valid and validate(task.card, tmp_path / name).valid
    assert is_submission(tmp_path / name) and not is_submission(seeds[0])
    with open_submission(task.card, tmp_path / name) as opened:
        assert opened.submission.model == "drawn" and opened.submission.seeds == (0, 1)
        assert opened.submission.authors == ("Ada Lovelace", "李明") and not opened.nulls
        for store, answer in zip(seeds, opened.seeds, strict=True):
            np.testing.assert_array_equal(answer.values, load_forecast(store).values)
            assert "settings" not in answer.attrs
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_same_forecasts_make_the_same_archive(task, seeds, tmp_path):
    for name in ("a.zip", "b.zip"):
        pack(task.card, seeds, ABOUT, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_an_archive_of_a_packed_folder_made_by_hand_is_valid_too(task, seeds, tmp_path):
    folder = tmp_path / "mine"
    pack(task.card, seeds, ABOUT, folder)
    with zipfile.ZipFile(tmp_path / "by-hand.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    assert validate(task.card, tmp_path / "by-hand.zip").problems == ()


def test_scores_are_the_same_bits_before_and_after_packing(task, seeds, tmp_path):
    pack(task.card, seeds[:1], ABOUT, tmp_path / "mine.zip")
    direct = bc.score(task, load_forecast(seeds[0], task.card)).to_dict()
    with open_submission(task.card, tmp_path / "mine.zip") as opened:
        assert bc.score(task, opened.seeds[0]).to_dict() == direct


def test_draws_of_nulls_are_packed_beside_the_seeds(task, seeds, tmp_path):
    drawn = (("identity-permuted", 0), ("identity-permuted", 1), ("no-edges", 0))
    nulls = [stored(task, tmp_path, 10 + n, wiring=null, draw=draw) for n, (null, draw) in enumerate(drawn)]
    found = pack(task.card, [*seeds, *nulls], {**ABOUT, "track": "wiring-required"}, tmp_path / "mine")
    assert found.problems == ()
    with open_submission(task.card, tmp_path / "mine") as opened:
        assert {null: len(draws) for null, draws in opened.nulls.items()} == {"identity-permuted": 2, "no-edges": 1}
        np.testing.assert_array_equal(opened.nulls["identity-permuted"][1].values, load_forecast(nulls[1]).values)


@pytest.mark.parametrize(
    "change, code, where",
    [
        ({"authors": []}, "E607", "authors"),
        ({"description": "<script>alert(1)</script>"}, "E608", "description"),
        ({"track": "wiring-required"}, "E607", "nulls"),
        ({"nonsense": 1}, "E606", "nonsense"),
    ],
)
def test_what_would_not_be_valid_is_not_written(task, seeds, tmp_path, change, code, where):
    found = pack(task.card, seeds, ABOUT | change, tmp_path / "mine.zip")
    assert not found.valid
    assert any(problem.code == code and where in problem.where for problem in found.problems), found.problems
    assert list(tmp_path.iterdir()) == []


def test_what_the_stores_say_stands_whatever_is_declared(task, seeds, tmp_path):
    declared = {"task": "another", "task_hash": "0" * 64, "seeds": [7], "nulls": {"no-edges": 1}, "format": 2}
    assert pack(task.card, seeds, ABOUT | declared | {"model": "renamed"}, tmp_path / "mine").valid
    found = tomllib.loads((tmp_path / "mine" / "submission.toml").read_text(encoding="utf-8"))
    assert (found["task"], found["task_hash"], found["seeds"]) == (task.name, task.hash, [0, 1])
    assert found["model"] == "renamed" and found["nulls"] == {}


def test_a_field_that_nobody_filled_in_is_named(task, seeds, tmp_path):
    about = {key: value for key, value in ABOUT.items() if key not in ("contact", "parameters")}
    found = pack(task.card, seeds, about, tmp_path / "mine")
    assert {p.where for p in found.problems} == {"submission.toml: contact", "submission.toml: parameters"}
    stores = [stored(task, tmp_path, 5, n_parameters=17)]
    about["contact"] = "ada@example.org"
    assert pack(task.card, stores, about, tmp_path / "mine").valid
    assert tomllib.loads((tmp_path / "mine" / "submission.toml").read_text())["parameters"] == 17


def test_two_stores_of_one_seed_or_of_two_models_are_refused(task, seeds, tmp_path):
    assert "seed-0.zarr" in str(refusal("E305", pack, task.card, [seeds[0], seeds[0]], ABOUT, tmp_path / "mine"))
    other = save_forecast(random_answer(task, 9, model="other").assign_attrs(seed=9), tmp_path / "other.zarr")
    assert "drawn, other" in str(refusal("E305", pack, task.card, [seeds[0], other], ABOUT, tmp_path / "mine"))
    assert not (tmp_path / "mine").exists()


def test_the_track_of_the_forecasts_cannot_be_declared_otherwise(task, tmp_path):
    told, untold = (stored(task, tmp_path, number, track=t) for number, t in ((0, "open"), (1, "no-stimulus")))
    about, out = {**ABOUT, "track": "no-stimulus"}, tmp_path / "mine"
    assert "were told the stimulus" in str(refusal("E607", pack, task.card, [told], about, out))
    assert "of several tracks" in str(refusal("E305", pack, task.card, [told, untold], ABOUT, out))
    found = pack(task.card, [untold], ABOUT, out)  # this task tells no stimulus, so that it has no such track
    assert [p.code for p in found.problems] == ["E612"] and not out.exists()


def test_an_existing_submission_is_not_overwritten_without_force(task, seeds, tmp_path):
    out = tmp_path / "mine.zip"
    pack(task.card, seeds[:1], ABOUT, out)
    before = out.read_bytes()
    refusal("E501", pack, task.card, seeds, ABOUT, out)
    assert out.read_bytes() == before
    pack(task.card, seeds, ABOUT, out, force=True)
    assert out.read_bytes() != before


def test_a_forecast_of_another_task_is_refused(task, tmp_path):
    other = small_task(version="2")
    store = save_forecast(random_answer(other, 1).assign_attrs(task_hash=other.hash), tmp_path / "other.zarr")
    refusal("E215", pack, task.card, [store], ABOUT, tmp_path / "mine")


def test_what_is_not_valid_is_not_opened_and_the_first_problem_is_named(task, seeds, tmp_path):
    pack(task.card, seeds, ABOUT, tmp_path / "mine")
    values = xr.zeros_like(load_forecast(seeds[0])) + 7
    save_forecast(values, tmp_path / "mine" / "seed-0.zarr", force=True)
    with pytest.raises(bc.BraincastError, match=r"E214 .*seed-0\.zarr"), open_submission(task.card, tmp_path / "mine"):
        pass


def test_the_file_about_a_submission_must_be_toml(tmp_path):
    assert read_about(None) == {}
    refusal("E405", read_about, tmp_path / "nothing.toml")
    (tmp_path / "about.toml").write_bytes(b"authors = [")
    refusal("E605", read_about, tmp_path / "about.toml")
    (tmp_path / "about.toml").write_bytes(b"\xff\xfe")
    refusal("E605", read_about, tmp_path / "about.toml")
