"""`braincast site build`, as its users type it."""

from __future__ import annotations

import json

import pytest
from command_line import with_home
from made_board_document import board_document


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    return with_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """What `board export` prints of the made-up board, in a file."""
    path = tmp_path_factory.mktemp("exported") / "board.json"
    path.write_text(json.dumps(board_document(n_tasks=1)), encoding="utf-8")
    return path


def test_a_site_is_built_from_an_export_document(command, exported, tmp_path):
    told = command.document("site", "build", exported, "--out", tmp_path / "site")
    assert (told["tasks"], told["entries"]) == (1, 8)
    assert told["files"] == sum(path.is_file() for path in (tmp_path / "site").rglob("*"))
    assert (tmp_path / "site" / "tasks" / "zebrafish-regions.html").is_file()


@pytest.mark.slow
def test_a_board_and_its_export_make_the_same_site(command, tmp_path):
    command.document("board", "create", tmp_path / "board", "--title", "Ours")
    (tmp_path / "board.json").write_text(json.dumps(command.document("board", "export", tmp_path / "board")))
    for source, out in (("board", "one"), ("board.json", "two")):
        done = command("site", "build", tmp_path / source, "--out", tmp_path / out)
        assert done.stdout.strip() == str(tmp_path / out / "index.html")
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert len(files) > 10
    assert all(
        path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes() for path in files
    )


def test_what_is_no_board_is_refused_in_one_line(command, exported, tmp_path):
    (tmp_path / "site").mkdir()
    for source, code, exit_code in ((tmp_path / "none", "E801", 3), (exported, "E501", 2)):
        done = command("site", "build", source, "--out", tmp_path / "site")
        assert done.returncode == exit_code and done.stderr.startswith(code) and done.stderr.count("\n") == 1
    assert list((tmp_path / "site").iterdir()) == []
