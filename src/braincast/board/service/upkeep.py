"""What the service does by itself: the site is made again, and what has expired is removed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from braincast.board.audit import audit
from braincast.board.board import Board, as_stamp
from braincast.board.schema import AnsweredRow, UploadRow
from braincast.board.service.callers import Service
from braincast.board.service.incoming import UNKNOWN_HASH
from braincast.files import remove_tree

_CLEAN_EVERY_S = 60.0
_STRAY_DAYS = 1
_log = logging.getLogger("braincast.board")


class Upkeep:
    """A thread that works until it is ended."""

    def __init__(self, service: Service) -> None:
        self._service, self._over = service, threading.Event()
        self._thread = threading.Thread(target=self._work, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin, before any request is answered."""
        _survived("what a service left that was killed is still there", lambda: remove_leftovers(self._service))
        self._thread.start()

    def end(self) -> None:
        """Come to an end; a site that is being made is finished first."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        cleaned_s = float("-inf")
        with _one_connection(self._service.board):
            while not self._over.is_set():
                _survived("the site could not be made again", self._service.publication.renew_site)
                if time.monotonic() - cleaned_s > _CLEAN_EVERY_S:
                    _survived("what has expired could not be removed", lambda: clean(self._service))
                    cleaned_s = time.monotonic()
                self._over.wait(self._service.limits.publish_s)


@contextmanager
def _one_connection(board: Board) -> Iterator[None]:
    """Hold a connection, idle: when the last one closes, SQLite writes all that is new once more."""
    try:
        connection = board.database.engine.connect()
    except SQLAlchemyError:  # it is only slower without
        yield
        return
    with connection:
        yield


def _survived(what: str, work: Callable[[], None]) -> None:
    """Do it; whatever goes wrong is for the log, and is tried again the next time."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  a service goes on without its site, too
        _log.warning("%s: %s: %s", what, type(error).__name__, error)


def remove_leftovers(service: Service) -> None:
    """Remove what a service left that was killed: half-made pages, and what came in requests that nobody goes on with.

    Else these would count among what their authors have under way.
    """
    cut = (UploadRow.sha256 == UNKNOWN_HASH, UploadRow.entry_id.is_(None))
    with service.board.reading() as session:
        names = list(session.scalars(select(UploadRow.id).where(*cut)))
    if names:
        with service.board.writing() as session:
            session.execute(delete(UploadRow).where(UploadRow.id.in_(names)))
    for name in names:
        service.pieces.remove(name)
    site = service.publication.site
    for half in site.parent.glob(f".{site.name}.*.part"):
        remove_tree(half)


def clean(service: Service) -> None:
    """Remove uploads and kept answers that have expired, and files that belong to no upload."""
    board, limits = service.board, service.limits
    old = as_stamp(board.now() - timedelta(days=limits.answer_days))
    with board.reading() as session:
        expired = list(session.scalars(select(UploadRow.id).where(UploadRow.expires_at <= board.stamp())))
        known = set(session.scalars(select(UploadRow.id)))
        n_old = session.scalar(select(AnsweredRow.id).where(AnsweredRow.created_at <= old).limit(1))
    if expired or n_old is not None:
        with board.writing() as session:
            session.execute(delete(AnsweredRow).where(AnsweredRow.created_at <= old))
            session.execute(delete(UploadRow).where(UploadRow.id.in_(expired)))
            for name in expired:
                audit(session, board, "service", "expire-upload", f"upload {name}")
    for name in [*expired, *_strays(service, known)]:
        service.pieces.remove(name)


def _strays(service: Service, known: set[str]) -> list[str]:
    oldest_s = service.board.now().timestamp() - _STRAY_DAYS * 86_400
    strays = [name for name in service.pieces.names() if name not in known]
    return [name for name in strays if service.pieces.path(name).stat().st_mtime < oldest_s]
