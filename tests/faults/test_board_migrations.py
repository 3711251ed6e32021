"""Tables of a board are changed under its entries, and keep every one of them."""

from __future__ import annotations

import os

import pytest
from alembic.util import CommandError
from made_boards import made_board, made_card, some_bytes
from postgres_server import postgres_server
from refusals import refused
from sqlalchemy import MetaData, insert, select

from braincast.board import entries
from braincast.board.backup import backup, restore
from braincast.board.board import Board
from braincast.board.database import Database, alembic_config, newest_revision
from braincast.board.migrations import versions
from braincast.board.schema import EntryRow, ScoreRow

TASK = made_card().name
# What the next versions of braincast may do: add a column, rename one, forbid nothing in another, add an index.
LATER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "later", {before!r}, None, None

def upgrade():
    with op.batch_alter_table("entry") as entry:
        entry.add_column(sa.Column("language", sa.String(), nullable=False, server_default="en"))
        entry.alter_column("remark", new_column_name="note", existing_type=sa.String(), existing_nullable=False)
        entry.alter_column("model", existing_type=sa.String(), nullable=True)
    with op.batch_alter_table("author") as author:
        author.alter_column("contact", existing_type=sa.String(), type_=sa.Text(), nullable=True)
        author.create_index("ix_author_contact", ["contact"])
"""


@pytest.fixture(scope="module")
def postgres():
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The rows of a board with entries in every state, by table, as a backup has them."""
    folder = tmp_path_factory.mktemp("kept")
    board = made_board(folder / "board")
    for number in range(12):
        author = f"author {number % 3}"
        entries.receive(
            board, TASK, some_bytes(folder / "one.zip", str(number)), author=author, contact="ä@example.org"
        )
    entries.hide(board, 2, by="moderator", remark="no \"reason\"; it's a 'test' ✓")
    with board.writing() as session:
        entry = session.get(EntryRow, 1)
        entry.status, entry.forecast_hash, entry.model = "scored", "a" * 64, "m"
        told = {"binding": "b" * 64, "task_hash": "c" * 64, "forecast_hash": "a" * 64, "scorer": "1"}
        entry.scores.append(
            ScoreRow(**told, document='{"metrics":{}}', samples_hash="d" * 64, scored_at="2026", duration_s=0.1)
        )
    return rows(board.database)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request, tmp_path):
    """A database with the first tables that a board had, and these rows."""
    url = f"sqlite:///{tmp_path / 'board.db'}"
    if request.param == "PostgreSQL":
        url = request.getfixturevalue("postgres")
    found = Database(url)
    found.migrate("0001")
    kept = request.getfixturevalue("kept")
    tables = reflected(found)
    with found.writing() as session:
        for table in tables.sorted_tables:
            if kept.get(table.name):
                session.execute(insert(table), [{c.name: row[c.name] for c in table.c} for row in kept[table.name]])
    yield found
    with found.engine.begin() as connection:
        reflected(found).drop_all(connection)
    found.close()


def reflected(database) -> MetaData:
    tables = MetaData()
    with database.engine.connect() as connection:
        tables.reflect(connection)
    return tables


def rows(database) -> dict[str, list[dict]]:
    """Every row, in the columns that the tables have now."""
    found = {}
    with database.reading() as session:
        for table in reflected(database).sorted_tables:
            listed = session.execute(select(table).order_by(*table.primary_key)).mappings()
            found[table.name] = [dict(row) for row in listed]
    return {name: listed for name, listed in found.items() if name != "alembic_version"}


def test_the_first_tables_become_the_newest_with_every_row(database, kept):
    database.migrate()
    assert database.revision() == newest_revision()
    assert rows(database) == kept and len(kept["entry"]) == 12


def test_a_later_version_changes_tables_that_others_refer_to_and_keeps_every_row(database, kept, tmp_path):
    database.migrate()
    database.migrate_with(with_later(tmp_path), "later")
    now = rows(database)
    for entry in now["entry"]:
        assert entry.pop("language") == "en"
        entry["remark"] = entry.pop("note")
    assert now == kept
    assert database.revision() == "later"


def test_a_migration_that_fails_changes_nothing(database, kept, tmp_path):
    database.migrate()
    config = with_later(tmp_path, "\n    raise ZeroDivisionError\n")
    with pytest.raises(ZeroDivisionError):
        database.migrate_with(config, "later")
    assert rows(database) == kept and database.revision() == newest_revision()
    with pytest.raises(CommandError):
        database.migrate("nonsense")


def with_later(folder, ends_with=""):
    """A configuration that knows a later revision, too."""
    (folder / "later").mkdir()
    (folder / "later" / "later.py").write_text(LATER.format(before=newest_revision()) + ends_with)
    config = alembic_config()
    config.set_main_option("version_locations", os.pathsep.join([versions.__path__[0], str(folder / "later")]))
    return config


def test_a_board_of_a_later_version_is_refused_and_left_as_it_is(tmp_path):
    board = made_board(tmp_path / "board")
    board.database.migrate_with(with_later(tmp_path), "later")
    before = rows(board.database)
    with refused("E802", "later"):
        Board.open(board.root)
    assert rows(board.database) == before


def test_a_backup_of_older_tables_is_restored_into_the_newest(tmp_path):
    board = made_board(tmp_path / "board")
    entries.receive(board, TASK, some_bytes(tmp_path / "one.zip"), author="ada")
    backup(board, tmp_path / "backup")
    assert rows(restore(tmp_path / "backup", tmp_path / "again").database) == rows(board.database)
