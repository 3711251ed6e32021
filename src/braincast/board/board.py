"""A board: a folder with its settings, its database, its files and, apart from these, hidden truths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy.orm import Session

from braincast.board.database import Database, newest_revision
from braincast.board.settings import Settings, read_settings, write_settings
from braincast.board.storage import Files
from braincast.errors import BraincastError
from braincast.files import replace_folder, require_free, scratch_folder

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


class Board:
    """An open board. Rows are read and written in transactions, files by name; `clock` tells the time."""

    root: Path
    settings: Settings
    database: Database

    def __init__(self, root: Path, settings: Settings, clock: Clock = utc_now) -> None:
        self.root, self.settings, self._clock = root, settings, clock
        self.database = Database(settings.database or f"sqlite:///{root / 'board.db'}", settings.patience_s)

    @classmethod
    def create(cls, path: Path, settings: Settings, *, clock: Clock = utc_now) -> Board:
        """Make an empty board, whole or not at all; E501 where something lies at `path`."""
        require_free(path, what="board", replaceable=False)
        with scratch_folder(path) as folder:
            made = cls(folder.resolve(), settings, clock)
            _ = made.files  # an address that nothing can use is refused now
            made.database.migrate()
            made.database.close()
            made.truths.mkdir(mode=0o700)
            write_settings(folder, settings)
            replace_folder(folder, path)
        return cls.open(path, clock=clock)

    @classmethod
    def open(cls, path: Path, *, clock: Clock = utc_now, migrated: bool = True) -> Board:
        """The board in a folder; E801 where there is none, E802 where tables are not `migrated` but must be."""
        board = cls(path.resolve(), read_settings(path), clock)
        if not board.settings.database and not (path / "board.db").is_file():  # SQLite would make an empty one
            raise BraincastError("E801", str(path), "its database board.db is missing", "Restore a backup")
        found, wanted = board.database.revision(), newest_revision()
        if found is None or (migrated and found != wanted):
            board.database.close()
        if found is None:
            raise BraincastError("E801", str(path), "its database holds no board", "Restore a backup")
        if migrated and found != wanted:
            fix = f"Make a backup, then: braincast board migrate {path}"
            raise BraincastError("E802", str(path), f"its tables are of revision {found}, expected {wanted}", fix)
        return board

    @cached_property
    def files(self) -> Files:
        """Submissions and the samples of scores."""
        return Files(self.settings.files or str(self.root / "files"))

    @property
    def incoming(self) -> Path:
        """Where uploads grow."""
        return self.root / "incoming"

    @property
    def truths(self) -> Path:
        """Where hidden truths lie, for scoring processes alone."""
        return self.root / "truths"

    def now(self) -> datetime:
        """The time in UTC."""
        return self._clock()

    def stamp(self) -> str:
        """The time as the tables hold it."""
        return as_stamp(self.now())

    def require_outside(self, path: Path) -> None:
        """E305 for a place where the board itself, or something of it, would be replaced; its pages may lie in it."""
        place, site = path.resolve(), self.root / "site"
        if self.root.is_relative_to(place) or (place.is_relative_to(self.root) and not place.is_relative_to(site)):
            raise BraincastError("E305", str(path), "the board itself is there", "Choose a place beside it")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the board."""
        with self.database.reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction."""
        with self.database.writing() as session:
            yield session

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A new folder beside the board's files, removed when the block ends."""
        with scratch_folder(self.incoming / "scratch") as folder:
            yield folder


def as_stamp(time: datetime) -> str:
    """A time as the tables hold it: UTC, ISO 8601, microseconds, so that stamps sort as text."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
