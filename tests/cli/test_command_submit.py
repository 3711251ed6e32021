"""`braincast submit`, `validate`, `task files`, and `score` of what was submitted, as people type them."""

import json
import tomllib
import zipfile

import numpy as np
import pytest
import xarray as xr
from command_line import one_document

from braincast.forecasts.effects import save_effects
from braincast.forecasts.store import load_forecast, save_forecast

ABOUT = """
authors = ["Ada Lovelace"]
contact = "ada@example.org"
links = []
licence = "Apache-2.0"
description = "A constant."
training_data = ["the training responses of the task"]

[compute]
hardware = "one core"
hours = 0.001
"""


@pytest.fixture(scope="module")
def about(tmp_path_factory):
    path = tmp_path_factory.mktemp("about") / "about.toml"
    path.write_text(ABOUT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def packed(example, forecasts, about, tmp_path_factory):
    """A forecast of `direct-weights`, packed."""
    out = tmp_path_factory.mktemp("packed") / "mine.zip"
    document = example.document("submit", "pack", forecasts["direct-weights"], "--about", about, "--out", out)
    assert document == {"task": "made-task", "valid": True, "problems": [], "files": {"submission": str(out)}}
    return out


def test_validate_prints_the_contract_and_exits_0_or_3(example, packed, tmp_path):
    assert example.document("validate", "made-task", packed) == {"valid": True, "problems": []}
    (tmp_path / "empty").mkdir()
    for bad in (tmp_path / "nothing", tmp_path / "empty", __file__):
        done = example("validate", "made-task", bad, "--json")
        assert done.returncode == 3
        document = one_document(done.stdout)
        assert not document["valid"] and document["problems"]
        assert all(set(problem) == {"code", "where", "what", "fix"} for problem in document["problems"])
    lines = example("validate", "made-task", bad, "--quiet").stderr.splitlines()
    assert [line.split()[0] for line in lines] == [problem["code"] for problem in document["problems"]]


def test_validate_of_an_unknown_task_is_bad_usage(example, packed):
    example.refusal("E302", 2, "validate", "no-such-task", packed)


def test_an_answer_about_the_circuit_is_validated_too(example, tmp_path):
    question = example.document("show", "task", "worm-signs")
    labels, size = dict.fromkeys(("pre", "post"), question["neurons"]), len(question["neurons"])
    store = tmp_path / "mine" / "seed-0.zarr"
    effects = xr.DataArray(np.zeros((size, size)), labels, ("pre", "post"))
    save_effects(effects, store)
    facts = f'format = 1\ntask = "worm-signs"\ntask_hash = "{question["hash"]}"\nmodel = "no-opinion"\ntrack = "open"\n'
    more = 'seeds = [0]\nparameters = 0\n[packages]\nnumpy = "2"\n'
    (tmp_path / "mine" / "submission.toml").write_text(facts + more.replace("[packages]", f"{ABOUT}\n[packages]"))
    assert example.document("validate", "worm-signs", tmp_path / "mine") == {"valid": True, "problems": []}
    save_effects(effects.where(effects.pre != "AVAL"), store, force=True)
    done = example("validate", "worm-signs", tmp_path / "mine", "--quiet")
    assert done.returncode == 3 and "pre AVAL, post" in done.stderr and done.stderr.startswith("E208 seed-0.zarr")


def test_scores_of_a_submission_are_those_of_the_forecast(example, forecasts, packed):
    direct = example.document("score", "made-task", forecasts["direct-weights"])
    through = example.document("score", "made-task", packed)
    assert direct["models"]["direct-weights"] == through["models"]["direct-weights"]
    assert through["files"]["forecasts"] == [str(packed)]


def test_a_submission_compares_with_a_forecast(example, forecasts, packed):
    first = example.document("compare", "made-task", packed, forecasts["constant"])["comparisons"]
    again = example.document("compare", "made-task", forecasts["direct-weights"], forecasts["constant"])["comparisons"]
    assert first == again and first[0]["a"] == "direct-weights"


def test_a_fit_is_packed_with_its_forecast(example, forecasts, about, packed, tmp_path):
    fit = forecasts["direct-weights"].with_suffix("")
    document = example.document("submit", "pack", fit, "--about", about, "--out", tmp_path / "mine")
    assert document["valid"]
    declared = tomllib.loads((tmp_path / "mine" / "submission.toml").read_text(encoding="utf-8"))
    assert declared["model"] == "direct-weights" and declared["parameters"] > 0
    with zipfile.ZipFile(packed) as archive:
        chunk = "seed-0.zarr/activity/c/0/0/0"
        assert (tmp_path / "mine" / chunk).read_bytes() == archive.read(chunk)


def test_a_run_s_nulls_are_scored_beside_the_model(example, made_run, about, tmp_path):
    stores = made_run.folder / "forecasts"
    paths = [*sorted(stores.glob("direct-weights/*.zarr")), *sorted(stores.glob("direct-weights@*permuted/*.zarr"))]
    track = tmp_path / "about.toml"
    track.write_text('track = "wiring-required"\n' + about.read_text(encoding="utf-8"), encoding="utf-8")
    example.document("submit", "pack", *paths, "--about", track, "--out", tmp_path / "mine.zip")
    models = example.document("score", "made-task", tmp_path / "mine.zip")["models"]
    nulls = {name: score for name, score in models.items() if score["role"] == "null"}
    assert nulls and all(score["of"] == "direct-weights" for score in nulls.values())
    for name, score in nulls.items():
        assert score["replicates"] == made_run.document["models"][name]["replicates"]


def test_what_would_not_be_accepted_is_not_packed_and_every_reason_is_a_line(example, forecasts, about, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text(ABOUT.replace("A constant.", "<svg onload=alert(1)>").replace("ada@example.org", "ada"))
    words = ("submit", "pack", forecasts["constant"], "--about", bad, "--out", tmp_path / "mine.zip")
    done = example(*words, "--quiet")
    assert done.returncode == 3 and done.stdout == ""
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["E609", "E608"]
    document = one_document(example(*words, "--json").stdout)
    assert [problem["where"] for problem in document["problems"]] == [
        "submission.toml: contact",
        "submission.toml: description",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


def test_a_store_that_does_not_say_its_task_is_packed_for_the_task_that_is_named(example, forecasts, about, tmp_path):
    store = save_forecast(load_forecast(forecasts["constant"]).drop_attrs(), tmp_path / "bare.zarr")
    words = ("submit", "pack", store, "--out", tmp_path / "mine", "--about")
    assert "Name the task" in example.refusal("E215", 3, *words, about)
    (tmp_path / "about.toml").write_text(f'task = "made-task"\nmodel = "mine"\nparameters = 1\n{ABOUT}')
    assert example.document(*words, tmp_path / "about.toml")["valid"]


def test_a_path_without_a_forecast_or_without_a_text_is_refused(example, forecasts, about, tmp_path):
    example.refusal("E201", 3, "submit", "pack", tmp_path / "nothing", "--about", about, "--out", tmp_path / "mine")
    example.refusal("E405", 3, "submit", "pack", forecasts["constant"], "--about", tmp_path / "no", "--out", "mine")


def test_an_existing_submission_needs_force(example, forecasts, about, packed):
    before = packed.read_bytes()
    example.refusal("E501", 2, "submit", "pack", forecasts["constant"], "--about", about, "--out", packed)
    assert packed.read_bytes() == before


def test_the_template_is_a_declaration(example):
    done = example("submit", "template")
    assert done.returncode == 0 and tomllib.loads(done.stdout)["format"] == 1


def test_a_task_is_written_as_plain_files(example, tmp_path):
    document = example.document("task", "files", "made-task", "--out", tmp_path / "question", "--nulls", 1)
    folder = tmp_path / "question"
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    assert document == {"task": "made-task", "task_hash": task["hash"], "files": {"task": str(folder)}}
    assert np.load(folder / "fold-0" / "responds.npy").shape[1] == len(task["neurons"])
    example.refusal("E501", 2, "task", "files", "made-task", "--out", folder)
