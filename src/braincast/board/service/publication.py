"""What is public of a board, kept until the board changes, and the site that is made of it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from braincast.board.board import Board
from braincast.board.export import public_document, state
from braincast.files import canonical_json

Publish = Callable[[dict[str, Any], Path], None]
_PAUSE_S, _PAUSES = 0.3, 4


@dataclass(frozen=True)
class Published:
    """The export document at one time; `mark` is equal as long as nothing happened on the board."""

    mark: str
    document: dict[str, Any]

    @cached_property
    def content(self) -> bytes:
        """The document as JSON."""
        return canonical_json(self.document).encode()

    @cached_property
    def tag(self) -> str:
        """What differs when the document does."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    @cached_property
    def tasks(self) -> dict[str, dict[str, Any]]:
        """Tasks by name."""
        return {task["name"]: task for task in self.document["tasks"]}

    @cached_property
    def entries(self) -> dict[int, dict[str, Any]]:
        """Entries by number."""
        return {entry["id"]: entry for entry in self.document["entries"]}

    def entries_of(self, task: str) -> list[dict[str, Any]]:
        """The entries of a task, best first, then those that are not scored."""
        place = {found["entry"]: index for index, found in enumerate(self.tasks[task]["standing"])}
        own = [entry for entry in self.document["entries"] if entry["task"] == task]
        return sorted(own, key=lambda entry: (place.get(entry["id"], len(place)), entry["id"]))


class Publication:
    """The newest `Published`; `publish(document, folder)` makes the site of it in the folder `site`.

    On a large board the document takes seconds. Then one request at a time waits for a new one, and the others are
    told the last; between two there is time for other work.
    """

    def __init__(self, board: Board, publish: Publish | None, site: Path) -> None:
        self._board, self._publish, self.site = board, publish, site
        self._now: Published | None = None
        self._next_s, self._next_site_s, self._site_tag = 0.0, 0.0, ""
        self._lock = threading.Lock()

    def current(self) -> Published:
        """What is public now, or was a little ago."""
        known = self._now
        if known is not None and time.monotonic() < self._next_s:
            return known
        if not self._lock.acquire(blocking=known is None):
            return known or self.current()
        try:
            return self._renewed()
        finally:
            self._lock.release()

    def renew_site(self) -> None:
        """Make the site again if what is public has changed."""
        began_s = time.monotonic()
        found = self.current()
        if self._publish is not None and found.tag != self._site_tag and began_s >= self._next_site_s:
            self._publish(found.document, self.site)
            self._site_tag, self._next_site_s = found.tag, _next_s(began_s)

    def _renewed(self) -> Published:
        began_s, mark = time.monotonic(), state(self._board)
        if self._now is None or self._now.mark != mark:
            self._now = Published(mark, public_document(self._board))
        self._next_s = _next_s(began_s)
        return self._now


def _next_s(began_s: float) -> float:
    """When to do again what took so long: it takes at most a fifth of the time."""
    now_s = time.monotonic()
    return now_s + max(_PAUSE_S, _PAUSES * (now_s - began_s))
