"""`braincast board` from nothing to scores, as its users type it, on a made-up brain."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import with_home

from braincast.board.board import Board
from braincast.board.schema import EntryRow

TASK = "synthetic-linear"
EXAMPLES = Path(__file__).parent.parent.parent / "examples"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("board")


@pytest.fixture(scope="module")
def command(folder):
    return with_home(folder / "home")


@pytest.fixture(scope="module")
def submission(command, folder):
    """A stranger's forecasts, made with numpy alone, in an archive made by anybody."""
    assert command("task", "files", TASK, "--out", folder / "question").returncode == 0
    words = [sys.executable, EXAMPLES / "persistence_numpy.py", folder / "question", folder / "mine"]
    subprocess.run([*map(str, words)], check=True, timeout=300)
    return Path(shutil.make_archive(str(folder / "mine"), "zip", folder / "mine"))


@pytest.fixture(scope="module")
def board(command, folder, submission):
    """A board with a task, its baselines and one entry, scored."""
    path = folder / "board"
    command.document("board", "create", path, "--title", "Ours")
    command.document("board", "add-task", path, TASK, "--priority", 1, "--reason", "Because.")
    told = command.document("board", "submit", path, TASK, submission, "--author", "ada")
    assert (told["status"], told["model"]) == ("queued", "persistence-in-numpy")
    assert command.document("board", "score", path, "--workers", 2) == {"entries": {"scored": 3}}
    return path


@pytest.fixture(scope="module")
def exported(command, board):
    return command.document("board", "export", board)


def test_the_board_scores_as_braincast_score_does_bit_for_bit(command, exported, submission):
    [entry] = [entry for entry in exported["entries"] if entry["role"] == "model"]
    scored = command.document("score", TASK, submission)["models"][entry["model"]]
    for key in ("metrics", "groups", "replicates"):
        assert entry["score"][key] == scored[key]
    assert entry["score"]["neurons"].items() >= scored["neurons"].items()


def test_the_public_document_says_who_takes_part_and_who_is_ranked(exported):
    [task] = exported["tasks"]
    assert (task["name"], task["priority"], task["reason"], task["hidden"]) == (TASK, 1, "Because.", False)
    why = {row["entry"]: row["why"] for row in task["standing"]}
    by_model = {entry["model"]: entry for entry in exported["entries"]}
    assert why[by_model["persistence"]["id"]] == why[by_model["mean"]["id"]] == "a baseline"
    assert why[by_model["persistence-in-numpy"]["id"]] == "fewer than 3 seeds"
    assert by_model["persistence-in-numpy"]["author"] == "ada"
    assert "cases" not in task["card"] and task["neurons"]


def test_scores_are_made_again_bit_for_bit_and_a_changed_one_is_found(command, board):
    same = command.document("board", "verify", board)
    assert same == {"verified": 3, "differing": {}, "same": True}
    with Board.open(board).writing() as session:
        row = session.get(EntryRow, 3).scores[-1]
        kept, row.document = row.document, row.document.replace("0.", "0.1", 1)
    done = command("board", "verify", board, 3, "--json", "--quiet")
    with Board.open(board).writing() as session:
        session.get(EntryRow, 3).scores[-1].document = kept
    assert done.returncode == 3
    assert json.loads(done.stdout)["differing"] == {"3": ["figures"]}


def test_a_submission_that_is_not_valid_is_told_at_once_and_not_queued(command, board, folder):
    (folder / "broken").mkdir()
    (folder / "broken" / "submission.toml").write_text("format = 2\n")
    command.refusal("E607", 3, "board", "submit", board, TASK, folder / "broken")
    command.refusal("E302", 2, "board", "add-task", board, "nonsense")
    command.refusal("E804", 3, "board", "submit", board, "worm-forecast", folder / "mine.zip")
    command.refusal("E801", 3, "board", "score", folder / "nowhere")
    assert command.document("board", "score", board) == {"entries": {}}


def test_a_withdrawn_entry_keeps_its_name_and_loses_its_figures(command, board, folder):
    command.document("board", "backup", board, folder / "backup")
    again = folder / "again"
    command.document("board", "restore", again, folder / "backup")
    [number] = [e["id"] for e in command.document("board", "export", again)["entries"] if e["role"] == "model"]
    command.document("board", "withdraw", again, number, "--by", "ada")
    left = command.document("board", "export", again)
    [entry] = [entry for entry in left["entries"] if entry["id"] == number]
    assert entry["visibility"] == "withdrawn" and "score" not in entry and "authors" not in entry
    assert number not in [row["entry"] for row in left["tasks"][0]["standing"]]
    assert command.document("board", "status", again, number)["contact"] == "ada@example.org"
