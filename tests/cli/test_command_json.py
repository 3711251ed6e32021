"""`--json` is one document and nothing else; scripts depend on what is in it."""

import json

import pytest
import typer
from command_line import one_document
from typer.testing import CliRunner

from braincast.cli.main import app

METRIC_KEYS = {"value", "ci", "n", "skill", "ceiling_share", "by_lead"}


def numbers(value):
    """Every number in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for entry in value for number in numbers(entry)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def check_scores(document):
    """What `run` and `score` promise."""
    assert {"task", "version", "task_hash", "baseline", "primary", "models", "comparisons", "files"} <= set(document)
    assert document["primary"] == "auroc"
    assert document["baseline"] in document["models"]
    for name, model in document["models"].items():
        assert {"role", "of", "metrics", "cost"} <= set(model)
        assert model["role"] in ("model", "baseline", "null", "control"), name
        assert (model["of"] in document["models"]) == (model["role"] in ("null", "control"))
        assert set(model["cost"]) == {"fit_s", "forecast_s", "parameters"}
        for score in model["metrics"].values():
            assert set(score) == METRIC_KEYS
            assert score["by_lead"] is None
            assert score["ci"] is None or score["ci"][0] <= score["ci"][1]
    for pair in document["comparisons"]:
        assert set(pair) == {"a", "b", "metric", "difference", "ci", "p"}
        assert pair["p"] is None or 0 < pair["p"] <= 1


def leaves(command, *words):
    """Every command that does something, with its words."""
    if not hasattr(command, "commands"):
        return [(" ".join(words), command)]
    return [found for word, each in command.commands.items() for found in leaves(each, *words, word)]


def test_every_command_takes_json_quiet_and_offline_and_says_in_a_whole_sentence_what_it_does():
    for words, command in leaves(typer.main.get_command(app)):
        known = {word for parameter in command.params for word in parameter.opts}
        assert {"--json", "--quiet", "--offline"} <= known, words
        assert not command.get_short_help_str(65).endswith("..."), words


def test_run_prints_the_contract(made_run):
    check_scores(made_run.document)
    assert {"report", "scorecard"} <= set(made_run.document["files"])
    assert len(numbers(made_run.document)) > 1000


def test_run_names_files_that_exist_and_the_scorecard_is_the_document(made_run):
    assert (made_run.folder / "report.html").is_file()
    assert json.loads((made_run.folder / "scorecard.json").read_text()) == made_run.document
    assert made_run.document["files"]["report"] == str(made_run.folder.resolve() / "report.html")


def test_run_has_baselines_models_seeds_nulls_and_controls(made_run):
    models = made_run.document["models"]
    roles = {name: model["role"] for name, model in models.items() if model["of"] is None}
    assert roles == {
        "constant": "baseline",
        "responder-propensity": "baseline",
        "direct-weights": "model",
        "slow-weights": "model",
    }
    arms = {name.partition("@")[2]: model["role"] for name, model in models.items() if model["of"] == "direct-weights"}
    assert arms == {
        **dict.fromkeys(("identity-permuted", "class-permuted", "degree-preserving", "no-edges"), "null"),
        "transposed": "control",
    }
    assert len(models["slow-weights"]["replicates"]) == 2
    assert len(models["direct-weights"]["replicates"]) == 1


def test_progress_goes_to_standard_error_and_quiet_silences_it(example, made_run):
    assert "Fitting null wirings" in made_run.process.stderr
    done = example("run", "made-task", "--models", "constant", "--json", "--quiet")
    assert done.returncode == 0
    assert done.stderr == ""
    one_document(done.stdout)


def test_score_prints_the_contract_with_the_baselines_beside(example, forecasts, tmp_path):
    document = example.document("score", "made-task", *forecasts.values(), "--out", tmp_path)
    check_scores(document)
    assert {"constant", "responder-propensity", "direct-weights"} <= set(document["models"])
    assert json.loads((tmp_path / "scorecard.json").read_text()) == document


def test_score_measures_skill_against_the_baseline_that_is_named(example, forecasts):
    document = example.document("score", "made-task", forecasts["direct-weights"], "--baseline", "constant")
    models = document["models"]
    loss = {name: model["metrics"]["log_loss"]["value"] for name, model in models.items()}
    assert document["baseline"] == "constant"
    expected = 1 - loss["direct-weights"] / loss["constant"]
    assert models["direct-weights"]["metrics"]["log_loss"]["skill"] == pytest.approx(expected)


def test_score_and_run_agree_on_the_same_model(example, forecasts, made_run):
    scored = example.document("score", "made-task", forecasts["direct-weights"])["models"]["direct-weights"]
    ran = made_run.document["models"]["direct-weights"]
    assert scored["metrics"] == ran["metrics"]
    assert scored["groups"] == ran["groups"]


def test_compare_prints_a_paired_difference_for_every_metric(example, forecasts):
    first, second = forecasts["direct-weights"], forecasts["constant"]
    document = example.document("compare", "made-task", first, second)
    turned = example.document("compare", "made-task", second, first)
    by_metric = {pair["metric"]: pair for pair in document["comparisons"]}
    assert {"auroc", "average_precision", "brier", "log_loss", "correlation"} <= set(by_metric)
    assert by_metric["auroc"]["difference"] > 0.1
    for pair, other in zip(document["comparisons"], turned["comparisons"], strict=True):
        assert (pair["a"], pair["b"]) == ("direct-weights", "constant")
        assert pair["difference"] is None or pair["difference"] == pytest.approx(-other["difference"])


def test_a_comparison_of_a_forecast_with_itself_is_nought(example, forecasts, tmp_path):
    copy = tmp_path / "copy.zarr"
    example.document("forecast", forecasts["constant"].parent / "constant", "--out", copy)
    pairs = example.document("compare", "made-task", forecasts["constant"], copy)["comparisons"]
    assert {pair["difference"] for pair in pairs} <= {0.0, None}
    assert {(pair["a"], pair["b"]) for pair in pairs} == {("constant", "copy")}


@pytest.mark.parametrize("kind", ["datasets", "tasks", "models", "metrics"])
def test_list_prints_names_under_the_name_of_the_kind(example, kind):
    document = example.document("list", kind)
    assert list(document) == [kind]
    names = [entry["name"] for entry in document[kind]]
    assert names == sorted(names)
    expected = {"datasets": "made-brain", "tasks": "made-task", "models": "slow-weights", "metrics": "auroc"}
    assert expected[kind] in names


@pytest.mark.parametrize(
    ("kind", "name", "keys"),
    [
        ("dataset", "worm-atlas", {"title", "species", "n_animals", "licence", "citation", "sources", "hash"}),
        ("task", "worm-perturbation", {"question", "cases", "neurons", "metrics", "primary", "wiring", "hash"}),
        ("model", "connectome-regression", {"summary", "kinds", "uses", "settings", "candidates", "stochastic"}),
        ("metric", "auroc", {"title", "summary", "perfect", "source"}),
    ],
)
def test_show_prints_the_card_without_any_data(example, kind, name, keys):
    document = example.document("show", kind, name, "--offline")
    assert document["name"] == name
    assert keys <= set(document)
    assert all(document[key] not in ("", None) for key in keys)


def document_of(*words):
    """What a command prints with --json, in this process: there are many names, and each process takes seconds."""
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return one_document(done.stdout)


def test_show_knows_the_names_that_list_prints():
    names = [entry["name"] for entry in document_of("list", "models")["models"]]
    assert len(names) > 20
    for name in names:
        assert document_of("show", "model", name)["name"] == name


def test_fit_prints_what_was_fitted_and_where(example, tmp_path):
    document = example.document(
        "fit", "made-task", "connectome-regression", "--set", "penalty=50", "--out", tmp_path / "fit"
    )
    assert {"task", "task_hash", "model", "seed", "fit_s", "n_parameters", "choices", "files"} <= set(document)
    assert {choice["settings"]["penalty"] for choice in document["choices"]} == {50.0}
    assert document["files"] == {"run": str(tmp_path / "fit")}


def test_forecast_prints_where_the_forecast_is(example, forecasts, tmp_path):
    fit = forecasts["constant"].parent / "constant"
    document = example.document("forecast", fit, "--out", tmp_path / "a.zarr")
    assert document == {"task": "made-task", "model": "constant", "files": {"forecast": str(tmp_path / "a.zarr")}}
    assert (tmp_path / "a.zarr" / "manifest.json").is_file()


def test_fit_resumes_what_is_there_and_refuses_another(example, forecasts):
    fit = forecasts["constant"].parent / "constant"
    assert example.document("fit", "made-task", "constant", "--out", fit, "--resume")["model"] == "constant"
    example.refusal("E502", 2, "fit", "made-task", "direct-weights", "--out", fit, "--resume")
    example.refusal("E501", 2, "fit", "made-task", "constant", "--out", fit)


def test_data_get_and_check_print_the_files(braincast, worm_wheel):
    got = braincast.document("data", "get", "worm-atlas", "--offline")
    assert got == {"dataset": "worm-atlas", "files": [str(worm_wheel)]}
    checked = braincast.document("data", "check", "worm-atlas")
    assert checked["name"] == "worm-atlas"
    assert list(checked["files"]) == [str(worm_wheel)]


def test_data_check_reads_a_folder_that_we_saved(example, forecasts):
    document = example.document("data", "check", forecasts["constant"])
    assert "zarr.json" in document["files"]
    assert all(len(digest) == 64 for digest in document["files"].values())


def test_cite_prints_the_references_and_bibtex(example):
    document = example.document("cite", "worm-atlas")
    assert document["dataset"] == "worm-atlas"
    assert any("Randi" in reference for reference in document["citation"])
    assert document["bibtex"].count("@") >= len(document["citation"])


def test_doctor_prints_findings_and_whether_all_is_well(example):
    document = example.document("doctor")
    assert document["ready"] is True
    assert {"numpy", "cache", "free disk"} <= {finding["what"] for finding in document["findings"]}
    assert all(set(finding) == {"what", "found", "ok", "fix"} for finding in document["findings"])


def test_dry_run_says_what_would_be_done_and_does_nothing(example, tmp_path):
    home = tmp_path / "home"
    document = example.document("run", "--dry-run", "--out", tmp_path / "run", BRAINCAST_HOME=str(home))
    assert document["task"] == "worm-perturbation"
    assert [entry["bytes"] > 3e7 for entry in document["to_fetch"]] == [True]
    assert "connectome-regression" in document["models"]
    assert document["estimated_s"] > 1
    assert list(tmp_path.iterdir()) == []


def test_the_same_run_twice_gives_the_same_document_apart_from_times_and_paths(example, made_run, tmp_path):
    again = example.document("run", "made-task", "--seeds", 2, "--draws", 2, "--out", tmp_path / "run")
    assert without_times(again) == without_times(made_run.document)


def without_times(document):
    """The document without its files, wall time and costs."""
    models = {name: {k: v for k, v in model.items() if k != "cost"} for name, model in document["models"].items()}
    run = {key: value for key, value in document["run"].items() if key != "wall_s"}
    return {**document, "files": None, "models": models, "run": run}
