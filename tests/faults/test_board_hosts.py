"""Hosts of a board who are clumsy, in a hurry, or killed: each mistake is told, and none costs the board."""

from __future__ import annotations

import shutil

import pytest
from board_processes import begun, killed
from made_boards import made_board, made_card, some_bytes
from refusals import refused
from sqlalchemy import func, select

from braincast.board import entries, queue
from braincast.board.backup import backup, restore
from braincast.board.board import Board
from braincast.board.export import public_document
from braincast.board.schema import EntryRow, JobRow, TaskRow
from braincast.board.service.tokens import create_token, list_tokens, revoke_token
from braincast.board.settings import Settings
from braincast.board.tasks import add_task
from braincast.board.verifying import rescore

TASK = made_card().name


@pytest.fixture
def board(tmp_path):
    """A board with three entries that wait."""
    made = made_board(tmp_path / "board", patience_s=0.3)
    for number in range(3):
        entries.receive(made, TASK, some_bytes(tmp_path / "one.zip", str(number)), author="ada")
    return made


def n_entries(path) -> int:
    with Board.open(path).reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRow)) or 0


# --- places


@pytest.mark.parametrize("place", ["", "backup", "files", ".."])
@pytest.mark.parametrize("force", [False, True])
def test_a_backup_never_takes_the_place_of_its_board(board, place, force):
    with refused("E305"):
        backup(board, board.root / place, force=force)
    assert n_entries(board.root) == 3


def test_a_backup_replaces_an_older_one_and_nothing_else(board, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("years of work")
    with refused("E501", "thesis"):
        backup(board, tmp_path / "thesis", force=True)
    assert (tmp_path / "thesis" / "chapter.tex").read_text() == "years of work"
    for _ in range(2):
        assert backup(board, tmp_path / "backup", force=True)["entry"] == 3


def test_a_board_is_restored_neither_over_another_nor_into_its_backup(board, tmp_path):
    backup(board, tmp_path / "backup")
    with refused("E501"):
        restore(tmp_path / "backup", board.root)
    with refused("E305"):
        restore(tmp_path / "backup", tmp_path / "backup" / "again")
    with refused("E810"):
        restore(board.root, tmp_path / "again")
    assert n_entries(board.root) == 3 and restore(tmp_path / "backup", tmp_path / "again")


@pytest.mark.parametrize("content", [None, b"", b"no database at all" * 1000, "half"])
def test_a_board_whose_database_was_lost_or_damaged_is_refused_and_no_other_is_made(board, content):
    database = board.root / "board.db"
    whole = database.read_bytes()
    database.unlink()
    if content is not None:
        database.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    for migrated in (True, False):
        with refused("E803" if content else "E801"):
            opened = Board.open(board.root, migrated=migrated)
            with opened.reading() as session:
                session.scalar(select(func.count()).select_from(EntryRow))
    assert database.exists() is (content is not None)


def test_a_board_that_is_moved_while_it_is_open_is_told_and_goes_on_when_it_is_back(board, tmp_path):
    shutil.move(board.root, tmp_path / "elsewhere")
    with refused("E803"):
        queue.claim(board, "worker")
    with refused("E803"):
        entries.receive(board, TASK, some_bytes(tmp_path / "new.zip", "new"), author="ada")
    assert not board.root.exists()
    assert n_entries(tmp_path / "elsewhere") == 3
    shutil.move(tmp_path / "elsewhere", board.root)
    assert queue.claim(board, "worker").entry == 1


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"database": "postgresql+psycopg://127.0.0.1:1/board"}, "E803"),
        ({"database": "nonsense"}, "E803"),
        ({"files": "nonsense://there"}, "E801"),
        ({"files": "s3:nowhere", "database": "sqlite:////nowhere/board.db"}, "E803"),
    ],
)
def test_a_wrong_address_makes_no_board(tmp_path, settings, code):
    with refused(code):
        Board.create(tmp_path / "board", Settings.model_validate(settings))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [0, -1, 4, 2**31, 10**30])
def test_an_entry_that_is_not_there_is_told_whatever_its_number(board, number):
    for ask in (entries.describe, entries.contact_of, lambda b, n: rescore(b, [n]), revoke_token):
        with refused("E804"):
            ask(board, number)


@pytest.mark.parametrize("days", [-1.0, 1e9, float("nan"), float("inf")])
def test_a_token_is_not_made_for_longer_than_anybody_lives(board, days):
    with refused("E305", "--days"):
        create_token(board, "ada", days=days)
    assert list_tokens(board) == []


@pytest.mark.parametrize("name", ["../board.toml", "/etc/passwd", "submissions/../../board.toml"])
def test_rows_that_somebody_wrote_lead_to_no_other_file(board, name):
    with refused("E405", "leads elsewhere"), board.files.get(name):
        pass


def test_nothing_that_is_written_takes_the_place_of_a_board_but_its_pages(board, tmp_path):
    for place in (board.root, board.root / "files", board.root / "board.db", tmp_path, board.root / "site" / ".."):
        with refused("E305"):
            board.require_outside(place)
    for place in (board.root / "site", tmp_path / "site"):
        board.require_outside(place)


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "E607"), ("x" * 5000, "E607"), ("a\nb", "E608"), ("<b>", "E608"), ("=1+1", "E608"), ("a\u202eb", "E608")],
)
def test_nobody_submits_under_a_name_that_pages_could_not_show(board, tmp_path, name, code):
    with refused(code, "author"):
        entries.receive(board, TASK, some_bytes(tmp_path / "one.zip"), author=name)
    assert n_entries(board.root) == 3


# --- order


def test_a_baseline_stays_as_others_are_scored_beside_it(board, tmp_path):
    path = some_bytes(tmp_path / "floor.zip", "floor")
    number = entries.receive(board, TASK, path, author=entries.HOUSE, role="baseline", model="mean")
    for take_away in (entries.withdraw, entries.hide):
        with refused("E815", "baseline"):
            take_away(board, number, by="host")


def test_an_entry_named_twice_is_queued_again_once(board):
    with board.writing() as session:
        session.execute(JobRow.__table__.delete())
        entries.entry_row(session, 1).status = "failed"
    assert rescore(board, [1, 1]) == [1]


def test_a_task_that_is_asked_again_is_one_task(board):
    for _ in range(2):
        add_task(board, made_card(), {"name": "made", "redistribute": "yes"}, priority=2)
    with board.reading() as session:
        assert session.scalar(select(func.count()).select_from(TaskRow)) == 1
    assert public_document(board)["tasks"][0]["priority"] == 2


def test_an_entry_withdrawn_and_queued_again_while_it_is_scored_is_scored_once_and_stays_withdrawn(board):
    held = queue.claim(board, "worker")
    entries.withdraw(board, held.entry, by="ada")
    rescore(board, [held.entry])
    assert queue.claim(board, "another").entry != held.entry
    with queue.ending(board, held) as own:
        own[1].status = "scored"
    told = entries.describe(board, held.entry)
    assert (told["status"], told["visibility"]) == ("scored", "withdrawn")
    with board.reading() as session:
        assert session.scalar(select(func.count()).where(JobRow.entry_id == held.entry)) == 0
    with refused("E815"):
        entries.withdraw(board, held.entry, by="ada")


# --- killed


@pytest.mark.slow
@pytest.mark.parametrize("what", ["create", "backup", "restore"])
def test_what_is_killed_half_way_leaves_nothing_in_its_place_and_is_done_again(board, tmp_path, what):
    place, kept = tmp_path / "there" / "place", tmp_path / "kept"
    place.parent.mkdir()
    backup(board, kept)
    words = {"create": (place,), "backup": (board.root, place), "restore": (place, kept)}[what]
    process = begun("board", what, *words)
    while not list(place.parent.iterdir()):
        assert process.poll() is None
    killed(process)
    assert not place.exists()
    if what == "create":
        assert n_entries(Board.create(place, Settings()).root) == 0
    if what == "backup":
        assert backup(board, place)["entry"] == 3
    if what == "restore":
        assert n_entries(restore(kept, place).root) == 3
    assert n_entries(board.root) == 3
