"""The page of results: every claim can be checked again, and says what its figure says."""

import importlib
import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def referee():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    yield importlib.import_module("referee")
    sys.path.remove(str(ROOT / "benchmarks"))


@pytest.fixture(scope="module")
def claims(referee):
    return dict(referee.every_claim())


@pytest.fixture(scope="module")
def recorded():
    return json.loads((ROOT / "benchmarks" / "results" / "results.json").read_text(encoding="utf-8"))


def test_the_page_of_results_shows_what_is_recorded(referee, recorded):
    assert referee.PAGE.read_text(encoding="utf-8") == referee.page(recorded)


def test_every_claim_is_recorded_once_and_under_its_name(referee, claims, recorded):
    assert list(recorded) == [name for name, _ in referee.every_claim()] == list(claims)


def test_every_verdict_follows_from_its_rule_and_its_figure(claims, recorded):
    for name, claim in claims.items():
        entry = recorded[name]
        told = False if "failed" in entry else claim.holds(entry["reached"])
        assert entry["holds"] is told, name


def test_what_falls_short_says_why_or_names_the_tests_that_failed(claims, recorded):
    short = {name: entry for name, entry in recorded.items() if entry["holds"] is False}
    silent = [name for name, entry in short.items() if not claims[name].but and "names" not in (entry["reached"] or {})]
    assert silent == []


def test_every_figure_of_a_benchmark_can_still_be_read_from_its_record(claims):
    for name, claim in claims.items():
        if claim.source.command.rpartition("benchmarks/")[1] and hasattr(claim.source, "recorded"):
            assert claim.shown(claim.source.recorded()), name


def test_a_claim_counts_the_tests_that_it_names_and_no_others(referee, tmp_path):
    report = tmp_path / "tests.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="tests.brain.test_a" name="test_one[x]"/>
        <testcase classname="tests.brain.test_a" name="test_one[y]"><failure/></testcase>
        <testcase classname="tests.brain.test_a" name="test_two"><skipped/></testcase>
        <testcase classname="tests.brains.test_b" name="test_one"/>
        </testsuite></testsuites>"""
    )
    ran = referee.Ran(0.0, referee.cases_of(report))
    counted = {
        "tests/brain/test_a.py::test_one": {"passed": 1, "failed": 1, "skipped": 0, "names": ["test_one[y]"]},
        "tests/brain -m slow": {"passed": 1, "failed": 1, "skipped": 1, "names": ["test_one[y]"]},
        "tests/brains/test_b.py": {"passed": 1, "failed": 0, "skipped": 0},
    }
    promises = importlib.import_module("promises.claim")
    assert {where: ran.reached(promises.tests("a", "a line", where)) for where in counted} == counted


def test_what_ran_with_the_same_code_waits_no_more_and_time_is_left_to_its_record(referee, monkeypatch, recorded):
    monkeypatch.setattr(referee, "unchanged_since", lambda commit: True)
    asked = referee._asked(["--tier", "minutes", "--only", "eye"])
    done = {name: entry | {"source": "run", "commit": "1"} for name, entry in recorded.items()}
    assert referee._waiting(asked, done) == {}
    done["eye.reichardt"]["source"] = "recorded"
    assert {command: set(claims) for command, claims in referee._waiting(asked, done).items()} == {
        "python benchmarks/detectors.py --write": {"eye.reichardt", "eye.sign-flip"}
    }


def test_every_command_names_what_is_there(claims):
    for command in {claim.source.command for claim in claims.values()}:
        words = [word for word in shlex.split(command) if not word.endswith("=…")]
        if words[:3] == ["python", "-m", "pytest"]:
            _tests_are_there(words[3:])
        elif words[0] == "python":
            assert (ROOT / words[1]).is_file(), command
        elif words[0] == "braincast":
            _command_is_there(words[1:])


def _tests_are_there(words):
    for word in (word for word in words if word.startswith("tests/")):
        file, _, test = word.partition("::")
        assert (ROOT / file).exists(), word
        assert not test or f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), word


def _command_is_there(words):
    """The command, and each of its options."""
    command = get_command(importlib.import_module("braincast.cli.main").app)
    for word in words:
        if word in getattr(command, "commands", {}):
            command = command.commands[word]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if re.match("--[a-z]", word)} <= options, words
