"""What documents say is what commands of this repository printed."""

import importlib
import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_readme_and_the_page_of_models_show_the_recorded_figures_of_the_main_job(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    spec = importlib.util.spec_from_file_location("main_job", ROOT / "benchmarks" / "main_job.py")
    main_job = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(main_job)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    figures = json.loads(main_job.RESULT.read_text(encoding="utf-8"))
    assert f"\n{main_job.table(figures)}\n" in readme
    page = main_job.PAGE.read_text(encoding="utf-8")
    assert f"<!-- main-job: begin -->\n{main_job.whole_table(figures)}\n<!-- main-job: end -->" in page


@pytest.mark.parametrize(
    "name",
    [
        "adaptive_network",
        "all_models",
        "board_load",
        "board_statistics",
        "calibration",
        "degeneracy",
        "degenerate_responses",
        "fly_loading",
        "fly_statistics",
        "interval_coverage",
        "null_speed",
        "scoring_speed",
        "torch_references",
        "training_speed",
        "validator",
        "video",
    ],
)
def test_a_page_shows_the_figures_that_its_script_recorded(name, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    script = importlib.import_module(name)
    figures = json.loads(script.RESULT.read_text(encoding="utf-8"))
    assert f"\n{script.table(figures)}\n" in script.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["detectors", "inference", "pyloric", "squid"])
def test_each_part_of_a_page_shows_the_figures_that_its_script_recorded(name, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    script = importlib.import_module(name)
    page = script.PAGE.read_text(encoding="utf-8")
    for part, text in script.tables(json.loads(script.RESULT.read_text(encoding="utf-8"))).items():
        assert f"<!-- {part}: begin -->\n{text}\n" in page


def test_nothing_was_lost_and_nothing_scored_twice_on_the_board_that_was_disturbed(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    found = json.loads(importlib.import_module("board_load").RESULT.read_text(encoding="utf-8"))
    assert found["submissions"] == found["accepted"] == found["entries"] == found["statuses"]["scored"] >= 200
    bad = ("lost", "twice", "unscored", "not_asked_for", "jobs_left")
    assert {key: found[key] for key in bad} == dict.fromkeys(bad, 0)
    assert found["backup"]["differ"] == found["verified"]["differ"] == 0
    happened = found["happened"]
    assert min(happened["workers_killed"], happened["services_killed"], happened["locks"]) >= 3
