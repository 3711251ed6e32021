"""An error is one line with a code; every code is listed, raised and documented."""

import re
from pathlib import Path

import pytest

import braincast
from braincast.errors import CODES, BraincastError, unknown_name

PACKAGE = Path(braincast.__file__).parent
DOCUMENT = PACKAGE.parent.parent / "docs" / "reference" / "errors.md"


def codes_in_the_source():
    """Codes that occur in the package outside the list itself."""
    texts = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "errors.py"]
    return {code for text in texts for code in re.findall(r'"(E\d{3})"', text)}


def test_every_code_in_the_source_is_listed_and_every_listed_code_is_raised_somewhere():
    assert codes_in_the_source() == set(CODES)


def test_the_document_of_errors_lists_exactly_the_codes_with_their_meaning_and_exit_code():
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if re.match(r"\| E\d", line)]
    expected = [
        f"| {code} | {meaning} | {BraincastError(code, '', '', '').exit_code} |" for code, meaning in CODES.items()
    ]
    assert rows == expected


def test_an_error_is_one_line_with_code_place_finding_and_next_step():
    error = BraincastError("E405", "a.zip:b", "there is\nno such file ", "Check\tthe path.")
    assert str(error) == "E405 a.zip:b: there is no such file. Check the path."


def test_nothing_in_an_error_can_steer_a_terminal():
    error = BraincastError("E201", "a\x1b[31m\r\nb\x07\u202e", "what", "fix")
    assert str(error) == "E201 a\ufffd[31m b\ufffd\ufffd: what. fix."


@pytest.mark.parametrize("code", CODES)
def test_an_unknown_name_or_an_output_in_the_way_is_usage_and_all_else_is_input(code):
    is_usage = code.startswith("E3") or code in ("E501", "E502")
    assert BraincastError(code, "place", "what", "fix").exit_code == (2 if is_usage else 3)


def test_an_unknown_name_comes_with_the_nearest_known_one():
    error = unknown_name("E303", "model", "conectome-regresion", ["constant", "connectome-regression"])
    assert "did you mean 'connectome-regression'?" in str(error)
    assert str(error).endswith("Known: connectome-regression, constant.")


def test_of_many_names_the_nearest_are_shown():
    error = unknown_name("E303", "model", "model-7", [f"model-{number}" for number in range(100, 200)])
    assert "The nearest of 100 are model-1" in str(error) and str(error).count("model-1") == 1 + 8


def test_a_name_like_no_other_comes_with_the_known_ones_alone():
    error = unknown_name("E301", "dataset", "zzz", ["worm-atlas"])
    assert str(error) == "E301 dataset: there is no dataset named 'zzz'. Known: worm-atlas."


def test_an_error_survives_the_way_from_a_worker_process():
    import pickle

    error = BraincastError("E405", "a", "b", "c")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.exit_code, again.fix) == (str(error), 3, "c")
