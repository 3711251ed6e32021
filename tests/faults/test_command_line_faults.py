"""Whatever is typed or given wrong ends in one coded line and the right exit code, and leaves what was there."""

import os
import shutil
import signal
import sys

import made_example
import numpy as np
import pytest
from command_line import one_document, with_example, with_home

from braincast.__main__ import main


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return with_example(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder that holds the example package as an installed one."""
    folder = tmp_path_factory.mktemp("site")
    made_example.install(folder)
    return folder


@pytest.fixture
def ends(site, monkeypatch, capsys, tmp_path):
    """The exit code and both streams of a command line that is run in this process, since that is quicker."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("BRAINCAST_HOME", str(tmp_path / "home"))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["braincast", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capsys.readouterr()

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


def one_line(code, exit_code, ended):
    """The coded line that a command ended with, with nothing on standard output."""
    found, out, err = ended
    assert (found, out) == (exit_code, ""), err
    assert err.startswith(f"{code} ") and err.count("\n") == 1
    return err


@pytest.fixture(scope="module")
def fitted(example, tmp_path_factory):
    """A fit and a forecast of the made task."""
    folder = tmp_path_factory.mktemp("fitted")
    example.document("fit", "made-task", "constant", "--out", folder / "fit")
    example.document("forecast", folder / "fit", "--out", folder / "a.zarr")
    return folder


# --- names


@pytest.mark.parametrize(
    ("code", "words", "nearest"),
    [
        ("E302", ("run", "worm-perturbaton"), "worm-perturbation"),
        ("E302", ("show", "task", "made-tsk"), "made-task"),
        ("E302", ("fit", "worm-perturbaton", "constant"), "worm-perturbation"),
        ("E303", ("run", "made-task", "--models", "constant,conectome-regression"), "connectome-regression"),
        ("E303", ("fit", "made-task", "direct-weight"), "direct-weights"),
        ("E303", ("show", "model", "constnat"), "constant"),
        ("E304", ("show", "metric", "auorc"), "auroc"),
        ("E301", ("show", "dataset", "worm-atlsa"), "worm-atlas"),
        ("E301", ("cite", "worm-atlsa"), "worm-atlas"),
        ("E301", ("data", "get", "worm-atlsa"), "worm-atlas"),
        ("E301", ("data", "check", "worm-atlsa"), "worm-atlas"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_unknown_name_is_usage_and_comes_with_the_nearest_one(ends, code, words, nearest):
    assert f"did you mean '{nearest}'?" in one_line(code, 2, ends(*words))


def test_an_unknown_baseline_is_usage(example, fitted):
    line = example.refusal("E303", 2, "score", "made-task", fitted / "a.zarr", "--baseline", "responder")
    assert "responder-propensity" in line


@pytest.mark.parametrize(
    "setting", ["penalty", "=3", "penalty=-1", "penalty=big", "penalty=true", "reverse=2", "penalty=NaN", "nope=1"]
)
def test_an_impossible_setting_is_usage(ends, setting):
    line = one_line("E305", 2, ends("fit", "made-task", "connectome-regression", "--quiet", "--set", setting))
    assert setting.partition("=")[0] in line


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("run", "made-task", "--nonsense"),
        ("run", "made-task", "--draws", "0"),
        ("run", "made-task", "--seeds", "many"),
        ("list", "brains"),
        ("show", "task"),
        ("score",),
        ("fit", "made-task"),
        ("fit", "made-task", "constant", "--seed", "-1"),
    ],
    ids=" ".join,
)
def test_words_that_make_no_command_are_usage_without_a_traceback(ends, words):
    code, out, err = ends(*words)
    assert (code, out) == (2, "")
    assert "Error" in err and "Traceback" not in err


# --- files that are missing or damaged


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("E201", ("score", "made-task", "none.zarr")),
        ("E201", ("compare", "made-task", "none.zarr", "none-either.zarr")),
        ("E503", ("forecast", "none")),
        ("E405", ("data", "check", "none/such")),
        ("E405", ("data", "get", "worm-atlas", "--from", "none")),
        ("E405", ("run", "worm-perturbation", "--data", "none", "--models", "constant")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_missing_file_is_bad_input(ends, tmp_path, code, words):
    away = [word.replace("none", str(tmp_path / "none")) for word in words]
    quiet = ("--quiet",) if "get" not in words else ()
    assert str(tmp_path / "none") in one_line(code, 3, ends(*away, *quiet))


def test_a_forecast_with_a_flipped_byte_is_bad_input(example, fitted, tmp_path):
    shutil.copytree(fitted / "a.zarr", tmp_path / "a.zarr")
    chunk = max(tmp_path.rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(bytes(data))
    assert str(tmp_path / "a.zarr") in example.refusal("E210", 3, "score", "made-task", tmp_path / "a.zarr")


def test_a_forecast_of_another_task_is_bad_input_and_needs_no_data_to_be_told(example, fitted):
    line = example.refusal("E215", 3, "score", "worm-perturbation", fitted / "a.zarr", "--offline")
    assert "made-task" in line


def test_a_forecast_with_a_hole_is_bad_input_and_names_the_place(example, fitted, tmp_path):
    from braincast.forecasts.store import load_forecast, save_forecast

    forecast = load_forecast(fitted / "a.zarr").copy()
    forecast[3, 0, 5] = np.nan
    save_forecast(forecast, tmp_path / "a.zarr")
    line = example.refusal("E208", 3, "score", "made-task", tmp_path / "a.zarr")
    assert str(forecast.case.values[3]) in line and str(forecast.neuron.values[5]) in line


def test_two_forecasts_of_one_name_are_usage(example, fitted, tmp_path):
    shutil.copytree(fitted / "a.zarr", tmp_path / "a.zarr")
    example.refusal("E305", 2, "compare", "made-task", fitted / "a.zarr", tmp_path / "a.zarr")


def test_a_truncated_wheel_is_bad_input(worm_wheel, tmp_path):
    cut = tmp_path / worm_wheel.name
    with worm_wheel.open("rb") as whole:
        cut.write_bytes(whole.read(1 << 20))
    line = with_home(tmp_path / "home").refusal("E403", 3, "run", "--data", cut, "--out", tmp_path / "run", "--offline")
    assert worm_wheel.name in line and "1,048,576 bytes" in line
    assert not (tmp_path / "home" / "sources").exists()


def test_another_wheel_is_bad_input(tmp_path):
    from made_sources import wheel_bytes

    other = tmp_path / "other.whl"
    other.write_bytes(wheel_bytes())
    with_home(tmp_path / "home").refusal("E402", 3, "run", "--data", other, "--out", tmp_path / "run", "--offline")


def test_offline_without_a_cache_is_bad_input_that_says_how_to_bring_the_file(tmp_path):
    line = with_home(tmp_path / "home").refusal("E401", 3, "run", "--offline", "--out", tmp_path / "run")
    assert "braincast data get worm-atlas --from PATH" in line


def test_a_run_without_data_goes_on_once_the_data_are_there(worm_wheel, tmp_path):
    from braincast.datasets.cache import home

    words = ("run", "--models", "constant", "--out", tmp_path / "run", "--offline")
    with_home(tmp_path / "home").refusal("E401", 3, *words)
    with_home(home()).document(*words)


# --- outputs in the way


@pytest.mark.parametrize("command", ["fit", "forecast", "score"])
def test_an_output_that_exists_is_usage_and_stays(example, fitted, tmp_path, command):
    words = {
        "fit": ("fit", "made-task", "constant", "--out", tmp_path),
        "forecast": ("forecast", fitted / "fit", "--out", tmp_path),
        "score": ("score", "made-task", fitted / "a.zarr", "--out", tmp_path),
    }
    (tmp_path / "scorecard.json").write_text("mine")
    example.refusal("E501", 2, *words[command])
    assert (tmp_path / "scorecard.json").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["scorecard.json"]


@pytest.mark.parametrize("command", ["run", "fit", "forecast"])
def test_a_file_where_a_folder_should_be_is_bad_input(example, fitted, tmp_path, command):
    (tmp_path / "file").write_text("mine")
    words = {
        "run": ("run", "made-task", "--models", "constant", "--out", tmp_path / "file" / "run"),
        "fit": ("fit", "made-task", "constant", "--out", tmp_path / "file" / "fit"),
        "forecast": ("forecast", fitted / "fit", "--out", tmp_path / "file" / "a.zarr"),
    }
    example.refusal("E505", 3, *words[command])
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_bad_input(example, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    example.refusal("E505", 3, "run", "made-task", "--models", "constant", "--out", tmp_path / "closed" / "run")


# --- unusual words


def test_a_name_with_a_line_break_or_control_letters_is_still_one_line(example, tmp_path):
    line = example.refusal("E201", 3, "score", "made-task", tmp_path / "a\nb\r\x1b[31mc")
    assert "\x1b" not in line


@pytest.mark.skipif(os.name != "posix", reason="names of files are text there")
def test_a_name_that_is_no_text_is_a_coded_line_too(example, tmp_path):
    example.refusal("E201", 3, "score", "made-task", os.fsdecode(bytes(tmp_path) + b"/\xff\xfe"))


@pytest.mark.parametrize("words", [("show", "task", "worm-perturbation"), ("list", "models"), ("cite", "worm-atlas")])
def test_a_terminal_that_knows_only_ascii_gets_every_answer(example, words):
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert example.document(*words, **ascii_only) == example.document(*words)
    done = example(*words, **ascii_only)
    assert done.returncode == 0, done.stderr


def test_an_error_with_json_prints_nothing_on_standard_output(example, tmp_path):
    done = example("score", "made-task", tmp_path / "none", "--json")
    assert (done.returncode, done.stdout) == (3, "")


def test_doctor_names_a_damaged_cache_and_how_to_mend_it(worm_wheel, tmp_path):
    place = tmp_path / "home" / "sources" / worm_wheel.parent.name
    place.mkdir(parents=True)
    (place / worm_wheel.name).write_bytes(b"damaged")
    done = with_home(tmp_path / "home")("doctor", "--json")
    assert done.returncode == 3
    findings = {finding["what"]: finding for finding in one_document(done.stdout)["findings"]}
    assert findings["data worm-atlas"]["ok"] is False
    assert "braincast data get worm-atlas --force" in findings["data worm-atlas"]["fix"]


def test_doctor_names_a_cache_that_cannot_be_written(example, tmp_path):
    (tmp_path / "file").write_text("")
    done = example("doctor", "--json", BRAINCAST_HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 3
    (finding,) = [f for f in one_document(done.stdout)["findings"] if f["what"] == "cache"]
    assert not finding["ok"] and "BRAINCAST_HOME" in finding["fix"]
