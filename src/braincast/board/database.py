"""The database of a board: SQLite in WAL mode in the board's folder, or another by its address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from braincast.errors import BraincastError

_WRITES = "writes"


class Database:
    """Transactions of one database. A writer waits `patience_s` for others, then it is E803."""

    engine: Engine
    shown: str

    def __init__(self, url: str, patience_s: float = 30.0) -> None:
        self.engine = _engine(url, patience_s)
        locks_rows = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "READ COMMITTED"}
        self._writer = self.engine.execution_options(**{_WRITES: True}, **locks_rows)
        self.shown = make_url(url).render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database, and must not write."""
        with _refusals(self.shown), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, which holds the right to write from its beginning; all of it happens or nothing."""
        with _refusals(self.shown), Session(self._writer, expire_on_commit=False) as session, session.begin():
            session.connection()
            yield session

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision, keeping what they hold."""
        self.migrate_with(alembic_config(), revision)

    def migrate_with(self, config: Config, revision: str) -> None:
        """Bring the tables to a revision that this configuration knows."""
        with _refusals(self.shown), self._writer.connect() as connection:
            _let_tables_be_made_anew(connection)
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
                _require_references(connection, self.shown)

    def revision(self) -> str | None:
        """The revision of the tables; None where there are none."""
        with _refusals(self.shown), self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()


def newest_revision() -> str:
    """The revision that this version of braincast works with."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return str(head)


def is_revision(name: object) -> bool:
    """Whether this version of braincast knows tables of that revision."""
    known = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return isinstance(name, str) and name in {script.revision for script in known}


def alembic_config() -> Config:
    """Where Alembic finds the revisions of a board's tables."""
    config = Config()
    config.set_main_option("script_location", "braincast:board/migrations")
    config.set_main_option("path_separator", "os")
    return config


def _engine(url: str, patience_s: float) -> Engine:
    try:
        if make_url(url).get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True, isolation_level="REPEATABLE READ")
        # A connection for each transaction: none outlives a fork, and none is left open.
        engine = create_engine(url, connect_args={"timeout": patience_s}, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        what = f"this is no address of a database that can be used here ({error})"
        fix = "Give one like postgresql+psycopg://user@host/name, and install braincast[postgres]"
        raise BraincastError("E803", "database", what, fix) from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, record: Any) -> None:
    """WAL lets readers go on beside a writer; a commit is on the disk before it is told."""
    connection.isolation_level = None  # transactions begin in `_begin`
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _let_tables_be_made_anew(connection: Connection) -> None:
    """SQLite changes a table by making another: while references are checked, the old one cannot be dropped."""
    if connection.dialect.name == "sqlite":
        opened = connection.connection.dbapi_connection
        assert opened is not None
        opened.cursor().execute("PRAGMA foreign_keys = OFF")


def _require_references(connection: Connection, shown: str) -> None:
    """Every row that another refers to is there."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if connection.dialect.name == "sqlite" else []
    if broken:
        what = f"a row of table {broken[0][0]} refers to one that is not there"
        raise BraincastError("E803", shown, what, "Restore a backup")


@contextmanager
def _refusals(shown: str) -> Iterator[None]:
    """Turn what a database refuses (locked, full, unreachable, damaged) into E803."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, ProgrammingError):
            raise  # what was asked is wrong, which is a fault of ours
        fix = "Try again when no other process holds it, and see that its disk has space"
        raise BraincastError("E803", shown, f"the database refuses ({error.orig})", fix) from error
