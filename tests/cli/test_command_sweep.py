"""`sweep`: what it prints and writes, what it refuses, and how it goes on."""

import shlex

import numpy as np
import pytest
from command_line import with_home
from made_recordings import random_walks
from refusals import refused

from braincast.cli.sweeping import parsed_space
from braincast.files import check_manifest, read_json
from braincast.models.registry import load_model
from braincast.models.space import Choices, Range

WORDS = ("sweep", "walks-forecast", "nlinear", "--seed", 5)


@pytest.fixture(scope="module")
def braincast(tmp_path_factory):
    """The command line with a small forecast task."""
    command = with_home(tmp_path_factory.mktemp("home"))
    path = tmp_path_factory.mktemp("files") / "walks.npz"
    np.savez(path, activity=random_walks(300, 3), time_s=0.5 * np.arange(300), neuron=np.array(list("abc")))
    command.document("data", "add", path, "--name", "walks", "--yes")
    command.document("task", "new", "walks-forecast", "--dataset", "walks", "--context", 8, "--horizon", 4)
    return command


@pytest.fixture(scope="module")
def swept(braincast, tmp_path_factory):
    """A finished sweep: its document and its folder."""
    folder = tmp_path_factory.mktemp("sweeps") / "sweep"
    return braincast.document(*WORDS, "--trials", 9, "--out", folder), folder


def untimed(document):
    """The trials of a document without what they took."""
    return [{**trial, "fit_s": None} for trial in document["trials"]]


def test_the_document_has_the_best_settings_all_trials_and_where_they_lie(swept):
    document, folder = swept
    assert [trial["number"] for trial in document["trials"]] == list(range(9))
    keys = {"number", "settings", "validation", "state", "fit_s", "code", "repeats"}
    assert all(set(trial) == keys for trial in document["trials"])
    best = min(document["trials"], key=lambda trial: trial["validation"])
    assert document["best"] == {key: best[key] for key in ("number", "settings", "validation")}
    assert set(document["importance"]) == set(document["space"]) == {"penalty", "scope"}
    assert document["files"]["folder"] == str(folder)
    assert document == read_json(folder / "result.json")
    check_manifest(folder)
    names = {path.name for path in folder.iterdir()}
    assert names == {"manifest.json", "result.json", "sweep.html", "sweep.json", "trials.jsonl"}


def test_the_printed_command_makes_the_best_fit(braincast, swept, tmp_path):
    document, _ = swept
    name, *words = shlex.split(document["command"])
    fitted = braincast.document(*words, "--out", tmp_path / "fit")
    assert name == "braincast" and fitted["seed"] == 5
    assert fitted["choices"] == [{"settings": document["best"]["settings"], "loss": document["best"]["validation"]}]


@pytest.mark.slow
def test_a_sweep_in_the_way_is_kept_shown_or_gone_on_with(braincast, swept, tmp_path):
    document, folder = swept
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert "--resume" in braincast.refusal("E501", 2, *WORDS, "--trials", 9, "--out", folder)
    braincast.refusal("E502", 2, *WORDS, "--trials", 9, "--set", "scope=own", "--out", folder, "--resume")
    braincast.refusal("E501", 2, *WORDS, "--trials", 4, "--out", folder, "--resume")
    assert braincast.document(*WORDS, "--trials", 9, "--out", folder, "--resume") == document
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    fewer = tmp_path / "fewer"
    braincast.document(*WORDS, "--trials", 7, "--out", fewer)
    more = braincast.document(*WORDS, "--trials", 9, "--out", fewer, "--resume")
    assert untimed(more) == untimed(document)
    again = braincast.document(*WORDS, "--trials", 7, "--out", fewer, "--force")
    assert untimed(again) == untimed(document)[:7] and again["files"]["folder"] == str(fewer)


def test_for_people_the_best_trials_and_the_command_are_printed(braincast, tmp_path):
    words = ("--trials", 3, "--range", "penalty=1e-3..1", "--set", "scope=own", "--out", tmp_path / "sweep")
    done = braincast("sweep", "walks-forecast", "nlinear", *words)
    assert done.returncode == 0, done.stderr
    assert "Best of 3 trials" in done.stdout and "penalty" in done.stdout
    *_, page, command = done.stdout.splitlines()
    assert page == str(tmp_path / "sweep" / "sweep.html")
    assert command.startswith("braincast fit walks-forecast nlinear --seed 0 --set penalty=")
    assert command.endswith("--set scope=own")
    assert read_json(tmp_path / "sweep" / "sweep.json")["space"] == {
        "penalty": {"lower": 0.001, "upper": 1, "log": True}
    }


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("--trials", 0), "E305", 2),
        (("--range", "penalty=0..1"), "E305", 2),
        (("--range", "penalty=1..2", "--set", "penalty=1"), "E305", 2),
        (("--out", "/proc/sweep"), "E505", 3),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_swept_is_one_coded_line(braincast, tmp_path, words, code, exit_code):
    out = () if "--out" in words else ("--out", tmp_path / "sweep")
    braincast.refusal(code, exit_code, *WORDS, *out, *words)
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("penalty=1e-3..1", Range(1e-3, 1, log=True)),  # on the scale of the card
        ("penalty=0..1:linear", Range(0, 1)),
        ("penalty=0.1,1,10", Choices((0.1, 1, 10))),
        ("scope=own,pooled", Choices(("own", "pooled"))),
        ("new=0..1", Range(0, 1)),
        ("new=0.5..8:log", Range(0.5, 8, log=True)),
        ("new=true,false", Choices((True, False))),
        ("new=-3..-1", Range(-3, -1)),
    ],
)
def test_a_range_is_read_with_the_scale_of_the_card_unless_it_names_another(text, wanted):
    name = text.partition("=")[0]
    assert parsed_space(load_model("nlinear"), [text]) == {name: wanted}


@pytest.mark.parametrize(
    "texts",
    [
        ["penalty"],
        ["=1..2"],
        ["penalty=0..x"],
        ["penalty=..1"],
        ["penalty=1...2"],
        ["penalty=true..2"],
        ["penalty=0..1:cubic"],
        ["penalty=0..1:"],
        ["penalty=1..2", "penalty=1..3"],
    ],
    ids=" ".join,
)
def test_what_is_no_range_is_refused(texts):
    with refused("E305"):
        parsed_space(load_model("nlinear"), texts)


def test_the_card_of_a_model_shows_what_is_swept(braincast):
    shown = braincast.document("show", "model", "tsmixer")["sweep"]
    assert shown["learning_rate"] == "0.0001..0.01:log" and shown["batch"] == "16,32,64"
    assert shown["rescaling"] == "none,last,instance" and "steps" not in shown
    assert braincast.document("show", "model", "persistence")["sweep"] == {}
