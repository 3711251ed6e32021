"""A board as a folder of plain files, whatever its database is, and a board made of it again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, insert, select, text

from braincast.board.board import Board
from braincast.board.database import is_revision, newest_revision
from braincast.board.schema import EntryRow, ScoreRow, Table
from braincast.board.settings import Settings, read_settings, write_settings
from braincast.board.storage import samples_name, submission_name
from braincast.errors import BraincastError
from braincast.files import (
    canonical_json,
    check_manifest,
    new_folder,
    read_json,
    replace_folder,
    require_free,
    scratch_folder,
    write_json,
    write_text,
)

_FORMAT = 1
_INSERTED_AT_ONCE = 500


def backup(board: Board, out: Path, *, force: bool = False) -> dict[str, int]:
    """Write all tables (one JSON line a row), submissions, samples and hidden truths, with a manifest.

    All tables are of one moment; files never change, so that the service and workers may go on meanwhile. Guard the
    folder as you guard the board: hidden truths are in it. The number of rows by table. With `force` an older backup is
    replaced, and nothing else; E305 for a place in the board, or around it.
    """
    board.require_outside(out)
    if force and out.exists() and not (out / "backup.json").is_file():
        raise BraincastError("E501", str(out), "what is there is no backup", "Choose another name")
    with new_folder(out, force=force, what="backup") as folder:
        folder.chmod(0o700)
        counts = {}
        with board.reading() as session:
            for table in Table.metadata.sorted_tables:
                rows = [dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()]
                write_text(folder / "tables" / f"{table.name}.jsonl", "".join(f"{canonical_json(r)}\n" for r in rows))
                counts[table.name] = len(rows)
            names = {submission_name(digest) for digest in session.scalars(select(EntryRow.submission_hash))}
            scores = session.execute(select(ScoreRow.entry_id, ScoreRow.binding))
            names |= {samples_name(entry, binding) for entry, binding in scores}
        for name in sorted(names):
            with board.files.get(name) as path:
                _copy(path, folder / "files" / name)
        for truth in sorted(board.truths.glob("*.npz")):
            _copy(truth, folder / "truths" / truth.name)
        write_settings(folder, board.settings)
        write_json(folder / "backup.json", {"format": _FORMAT, "revision": newest_revision(), "rows": counts})
    return counts


def restore(source: Path, path: Path, *, database: str = "", files: str = "") -> Board:
    """A new board made of a backup, in a database and with files of its own; E810 for a backup that is damaged.

    Without addresses both lie in the board's folder, wherever they were before. Tables of an older version of braincast
    are brought to this one. E501 where something lies at `path`.
    """
    require_free(path, what="board", replaceable=False)
    if path.resolve().is_relative_to(source.resolve()):
        raise BraincastError("E305", str(path), "the backup would be changed", "Choose a folder outside of it")
    told = _checked(source)
    kept = read_settings(source).model_dump() | {"database": database, "files": files}
    with scratch_folder(path) as folder:
        board = Board(folder.resolve(), Settings.model_validate(kept))
        try:
            _require_empty(board)
            board.database.migrate(told["revision"])
            _insert(board, source)
            board.database.migrate()
        finally:
            board.database.close()
        _copy_files(source, board)
        write_settings(folder, board.settings)
        replace_folder(folder, path)
    return Board.open(path)


def _copy_files(source: Path, board: Board) -> None:
    """Submissions, samples and truths."""
    board.truths.mkdir(mode=0o700)
    for truth in sorted((source / "truths").glob("*.npz")):
        _copy(truth, board.truths / truth.name)
        (board.truths / truth.name).chmod(0o600)
    for file in sorted(file for file in (source / "files").rglob("*") if file.is_file()):
        board.files.put(file, file.relative_to(source / "files").as_posix())


def _checked(source: Path) -> dict[str, Any]:
    try:
        check_manifest(source)
        told = read_json(source / "backup.json")
    except BraincastError as error:
        raise BraincastError("E810", error.where, error.what, "Take another backup") from error
    form = told.get("format") if isinstance(told, dict) else None
    if form != _FORMAT:
        fix = "Use the braincast version that wrote it"
        raise BraincastError("E810", str(source), f"format {form!r}, expected {_FORMAT}", fix)
    if not is_revision(told.get("revision")):
        what, fix = f"revision {told.get('revision')!r} is unknown", "Use the braincast version that wrote it"
        raise BraincastError("E810", str(source), what, fix)
    return told


def _require_empty(board: Board) -> None:
    if board.database.revision() is not None:
        what, fix = "this database holds a board already", "Give the address of an empty one"
        raise BraincastError("E501", board.database.shown, what, fix)


def _insert(board: Board, source: Path) -> None:
    """The rows of all tables, into tables as they were when the backup was taken."""
    with board.writing() as session:
        found = MetaData()
        found.reflect(session.connection())
        for table in found.sorted_tables:
            lines = source / "tables" / f"{table.name}.jsonl"
            if not lines.exists():
                continue
            rows = _rows(lines)
            for begin in range(0, len(rows), _INSERTED_AT_ONCE):
                session.execute(insert(table), rows[begin : begin + _INSERTED_AT_ONCE])
            if rows and session.get_bind().dialect.name == "postgresql" and "id" in table.c:
                _count_on(session, table.name)


def _rows(lines: Path) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    except (ValueError, RecursionError) as error:
        raise BraincastError("E810", str(lines), f"a line is not JSON ({error})", "Take another backup") from error
    if not all(isinstance(row, dict) for row in rows):
        raise BraincastError("E810", str(lines), "a line is no row of a table", "Take another backup")
    return rows


def _count_on(session: Any, table: str) -> None:
    """Let PostgreSQL number new rows from where the old ones end."""
    sequence = session.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table})
    if sequence is not None:
        session.execute(text(f"SELECT setval('{sequence}', (SELECT max(id) FROM \"{table}\"))"))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
