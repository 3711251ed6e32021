"""Without `--json` a person reads: the same facts as text, with no colour codes where there is no terminal."""

import pytest


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--version",), "braincast 0."),
        (("--help",), "run"),
        (("list", "models"), "connectome-regression"),
        (("list", "datasets"), "worm-atlas"),
        (("list", "tasks"), "worm-perturbation"),
        (("list", "metrics"), "auroc"),
        (("show", "task", "worm-perturbation"), "which neurons answer"),
        (("show", "dataset", "worm-atlas"), "Caenorhabditis elegans"),
        (("show", "model", "connectome-regression"), "penalty"),
        (("show", "metric", "log_loss"), "log"),
        (("cite", "worm-atlas"), "@"),
        (("doctor",), "numpy"),
        (("run", "--dry-run"), "connectome-regression"),
        (("data", "check", "made-brain"), "0 files are whole"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_says_what_it_knows(example, words, expected):
    done = example(*words)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_a_run_shows_the_verdict_the_scores_and_the_files(example, tmp_path):
    done = example("run", "made-task", "--models", "direct-weights", "--draws", 2, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "cannot be told" in done.stdout
    for name in ("constant", "responder-propensity", "direct-weights", "identity-permuted"):
        assert name in done.stdout
    assert str(tmp_path / "run" / "report.html") in "".join(done.stdout.split("\n"))
    assert "\x1b" not in done.stdout


def test_score_and_compare_show_names_and_numbers(example, forecasts):
    scored = example("score", "made-task", forecasts["direct-weights"])
    assert scored.returncode == 0, scored.stderr
    assert "direct-weights" in scored.stdout
    compared = example("compare", "made-task", *forecasts.values())
    assert compared.returncode == 0, compared.stderr
    assert "direct-weights is ahead of constant by" in compared.stdout.splitlines()[0]
    assert "interval -" not in compared.stdout.splitlines()[0]


def test_fit_and_forecast_print_the_path_that_they_wrote(example, tmp_path):
    fitted = example("fit", "made-task", "constant", "--out", tmp_path / "fit")
    assert fitted.stdout == f"{tmp_path / 'fit'}\n"
    made = example("forecast", tmp_path / "fit")
    assert made.stdout == f"{tmp_path / 'fit-forecast.zarr'}\n"


def test_without_out_each_run_and_fit_gets_a_new_numbered_folder(example, tmp_path):
    home = str(tmp_path / "home")
    folders = [
        example.document("run", "made-task", "--models", "constant", BRAINCAST_HOME=home)["files"]["folder"]
        for _ in range(2)
    ]
    assert [folder.rsplit("/", 1)[-1] for folder in folders] == ["made-task-001", "made-task-002"]
    fits = [example.document("fit", "made-task", "constant", BRAINCAST_HOME=home)["files"]["run"] for _ in range(2)]
    assert len(set(fits)) == 2


def test_a_reader_that_goes_away_is_no_traceback(example):
    process = example.start("show", "task", "worm-perturbation", "--json")
    process.stdout.read(10)
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 1)
