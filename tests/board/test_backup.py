"""Backups: a board as plain files, and a board made of them again, in another database too."""

from __future__ import annotations

import pytest
from made_boards import made_board, made_card, some_bytes
from postgres_server import postgres_server
from refusals import refused
from sqlalchemy import select

from braincast.board import entries
from braincast.board.backup import backup, restore
from braincast.board.schema import Table
from braincast.files import write_manifest

TASK = made_card().name


@pytest.fixture
def board(tmp_path):
    (tmp_path / "truth.npz").write_bytes(b"secret")
    made = made_board(tmp_path / "board", title="Ours", truth=tmp_path / "truth.npz")
    for number in range(4):
        entries.receive(made, TASK, some_bytes(tmp_path / f"{number}.zip", str(number)), author=f"author {number % 3}")
    entries.hide(made, 2, by="moderator")
    return made


@pytest.fixture(scope="module")
def postgres():
    with postgres_server() as url:
        yield url


def rows(board):
    with board.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Table.metadata.sorted_tables
        }


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.zip")}


def test_a_restored_board_has_every_row_file_and_truth(board, tmp_path):
    counts = backup(board, tmp_path / "backup")
    again = restore(tmp_path / "backup", tmp_path / "again")
    assert rows(again) == rows(board) and counts["entry"] == 4
    assert files(again.root) == files(board.root) and len(files(board.root)) == 4
    assert (again.truths / f"{'f' * 64}.npz").read_bytes() == b"secret"
    assert again.truths.stat().st_mode & 0o777 == 0o700
    assert again.settings.title == "Ours"
    assert entries.receive(again, TASK, some_bytes(tmp_path / "new.zip", "new"), author="ada") == 5


def test_a_backup_that_is_damaged_is_refused_and_nothing_is_made(board, tmp_path):
    backup(board, tmp_path / "backup")
    table = tmp_path / "backup" / "tables" / "entry.jsonl"
    table.write_text(table.read_text().replace("author", "bother", 1) + "\n")
    with refused("E810"):
        restore(tmp_path / "backup", tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("backup.json", "[]"),
        ("backup.json", '{"format": 1}'),
        ("backup.json", '{"format": 1, "revision": "../../other"}'),
        ("backup.json", '{"format": 1, "revision": [7]}'),
        ("tables/entry.jsonl", "no row\n"),
        ("tables/entry.jsonl", "[1]\n"),
        ("tables/entry.jsonl", "[" * 100_000),
    ],
    ids=lambda text: text[:40],
)
def test_a_backup_that_somebody_signed_again_is_refused_where_it_makes_no_sense(board, tmp_path, name, content):
    backup(board, tmp_path / "backup")
    (tmp_path / "backup" / name).write_text(content)
    write_manifest(tmp_path / "backup")
    with refused("E810"):
        restore(tmp_path / "backup", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_backup_goes_to_postgresql_and_back(board, tmp_path, postgres):
    backup(board, tmp_path / "first")
    there = restore(tmp_path / "first", tmp_path / "there", database=postgres)
    assert rows(there) == rows(board)
    number = entries.receive(there, TASK, some_bytes(tmp_path / "new.zip", "new"), author="ada")
    assert number == 5
    backup(there, tmp_path / "second")
    assert rows(restore(tmp_path / "second", tmp_path / "back")) == rows(there)
    there.database.close()
    with refused("E501"):
        restore(tmp_path / "first", tmp_path / "third", database=postgres)
