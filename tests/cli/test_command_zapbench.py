"""ZAPBench on the command line: the contract for scripts, and the track without stimulus."""

import pytest
from command_line import with_home


@pytest.fixture(scope="module")
def braincast(tmp_path_factory):
    return with_home(tmp_path_factory.mktemp("home"))


def test_the_protocol_is_printed_without_any_data(braincast):
    shown = braincast.document("show", "task", "zapbench-c4")
    windows = {"gain": 98, "dots": 323, "flash": 99, "turning": 231, "position": 86, "open loop": 165}
    assert shown["windows"]["test"] == {**windows, "rotation": 99, "dark": 88, "taxis": 368}
    assert shown["disjoint_windows"]["test"] == 43 and len(shown["neurons"]) == 71721
    listed = braincast.document("task", "windows", "zapbench-c4")
    assert listed["windows_hash"] == shown["windows_hash"]
    assert listed["windows"][0] == {"recording": "fish", "condition": "gain", "split": "train", "start": 5}


def test_what_would_be_read_in_place_is_said_before_a_run(braincast):
    plan = braincast.document("run", "zapbench-c4", "--dry-run", "--track", "no-stimulus")
    assert plan["to_fetch"] == [] and plan["read_in_place"][0]["bytes"] > 2.2e9
    assert "stimulus-average" not in plan["models"] and "persistence" in plan["models"]


@pytest.mark.slow
def test_a_fit_without_stimulus_says_so_and_so_does_its_forecast(braincast, zapbench_store, tmp_path):
    from braincast.forecasts.store import load_forecast

    task, data = "zapbench-c4-synthetic-20", ("--data", zapbench_store)
    words = ("fit", task, "persistence", *data, "--out", tmp_path / "fit")
    assert braincast.document(*words, "--track", "no-stimulus")["track"] == "no-stimulus"
    braincast.refusal("E502", 2, *words, "--resume")
    braincast.document("forecast", tmp_path / "fit", *data, "--out", tmp_path / "f.zarr")
    assert load_forecast(tmp_path / "f.zarr").attrs["track"] == "no-stimulus"
    scored = braincast.document("score", task, tmp_path / "fit", tmp_path / "f.zarr", *data)["models"]
    assert scored["fit"]["metrics"]["mae"]["value"] == scored["f"]["metrics"]["mae"]["value"]


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("fit", "zapbench-c4", "linear", "--offline"), 3, "E401"),
        (("fit", "zapbench-c4", "stimulus-average", "--track", "no-stimulus"), 2, "E306"),
    ],
)
def test_what_cannot_be_is_one_line(braincast, words, status, code):
    braincast.refusal(code, status, *words)
