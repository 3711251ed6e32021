"""Boards: made and opened, asked, answered, moderated."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from made_boards import made_board, made_card, some_bytes
from refusals import refused
from sqlalchemy import func, select

from braincast.board import entries
from braincast.board.audit import audited
from braincast.board.board import Board
from braincast.board.schema import EntryRow, JobRow, Table
from braincast.board.settings import Settings
from braincast.board.tasks import add_task

TASK = made_card().name


@pytest.fixture
def board(tmp_path):
    return made_board(tmp_path / "board")


def test_a_board_is_made_once_and_opened_again(tmp_path):
    made = Board.create(tmp_path / "board", Settings(title="Ours", tries=3))
    assert Board.open(tmp_path / "board").settings == made.settings
    with refused("E501"):
        Board.create(tmp_path / "board", Settings())


def test_hidden_truths_lie_where_only_their_owner_looks(board):
    assert board.truths.stat().st_mode & 0o777 == 0o700


def test_what_is_no_board_is_refused(tmp_path):
    with refused("E801"):
        Board.open(tmp_path / "nowhere")
    (tmp_path / "board.toml").write_text("tries = 0\n")
    with refused("E801", "tries"):
        Board.open(tmp_path)


def test_tables_of_another_version_are_refused(board):
    with board.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with refused("E802", "0000"):
        Board.open(board.root)


def test_migrations_make_the_tables_that_are_declared(board):
    with board.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_an_impossible_database_is_refused_and_nothing_is_left(tmp_path):
    with refused("E803"):
        Board.create(tmp_path / "board", Settings(database="oracle+nothing://x"))
    assert list(tmp_path.iterdir()) == []


def test_the_same_bytes_of_the_same_author_are_one_entry(board, tmp_path):
    path = some_bytes(tmp_path / "a.zip")
    first = entries.receive(board, TASK, path, author="ada")
    assert entries.receive(board, TASK, path, author="ada") == first
    assert entries.receive(board, TASK, path, author="bob") != first
    assert entries.receive(board, TASK, some_bytes(tmp_path / "b.zip", "two"), author="ada") != first
    with board.reading() as session:
        assert session.scalar(select(func.count()).select_from(JobRow)) == 3


def test_a_folder_is_kept_as_an_archive_without_links(board, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "submission.toml").write_text("format = 1")
    number = entries.receive(board, TASK, folder, author="ada")
    assert entries.receive(board, TASK, folder, author="ada") == number
    (folder / "passwords").symlink_to("/etc/passwd")
    with refused("E213"):
        entries.receive(board, TASK, folder, author="ada")


def test_unknown_tasks_missing_files_and_too_many_bytes_are_refused(tmp_path):
    board = made_board(tmp_path / "board", largest_bytes=10)
    path = some_bytes(tmp_path / "a.zip")
    with refused("E603"):
        entries.receive(board, TASK, path, author="ada")
    with refused("E601"):
        entries.receive(board, TASK, tmp_path / "nothing", author="ada")
    with refused("E804", "made"):
        entries.receive(made_board(tmp_path / "other"), "nonsense", path, author="ada")


def test_tries_on_a_hidden_task_are_limited_by_author_and_refusals_are_none(tmp_path):
    (tmp_path / "truth.npz").write_bytes(b"secret")
    board = made_board(tmp_path / "board", truth=tmp_path / "truth.npz", tries=2)
    numbers = [entries.receive(board, TASK, some_bytes(tmp_path / n, n), author="ada") for n in ("a.zip", "b.zip")]
    with refused("E807", "ada"):
        entries.receive(board, TASK, some_bytes(tmp_path / "c.zip", "c"), author="ada")
    entries.receive(board, TASK, tmp_path / "c.zip", author="bob")
    with board.writing() as session:
        session.get(EntryRow, numbers[0]).status = "refused"
    entries.receive(board, TASK, tmp_path / "c.zip", author="ada")


def test_another_version_of_a_task_or_another_truth_is_refused(board, tmp_path):
    add_task(board, made_card(), {"name": "made"}, priority=1, reason="first")
    changed = made_card().model_copy(update={"version": "2"})
    with refused("E816"):
        add_task(board, changed, {"name": "made"})


def test_entries_are_withdrawn_once_and_hidden_and_shown(board, tmp_path):
    number = entries.receive(board, TASK, some_bytes(tmp_path / "a.zip"), author="ada")
    entries.hide(board, number, by="moderator", remark="rude")
    with refused("E815", "hidden"):
        entries.withdraw(board, number, by="ada")
    entries.show(board, number, by="moderator")
    entries.withdraw(board, number, by="ada")
    for change in (entries.withdraw, entries.hide, entries.show):
        with refused("E815", "withdrawn"):
            change(board, number, by="ada")
    with refused("E804"):
        entries.withdraw(board, 99, by="ada")


def test_every_change_is_in_the_audit_log(board, tmp_path):
    number = entries.receive(board, TASK, some_bytes(tmp_path / "a.zip"), author="ada")
    entries.hide(board, number, by="moderator", remark="rude")
    with board.reading() as session:
        told = [(row["who"], row["action"], row["subject"]) for row in audited(session)]
    assert told == [("host", "add-task", TASK), ("ada", "submit", "entry 1"), ("moderator", "hide", "entry 1")]


def test_files_may_be_kept_at_any_address_of_fsspec(tmp_path):
    board = made_board(tmp_path / "board", files="memory://somewhere")
    path = some_bytes(tmp_path / "a.zip")
    board.files.put(path, "submissions/a.zip")
    with board.files.get("submissions/a.zip") as local:
        assert local.read_bytes() == path.read_bytes()
    assert board.files.exists("submissions/a.zip") and not (board.root / "files").exists()
    with refused("E405"), board.files.get("submissions/b.zip"):
        pass
