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
_AT_MOST_EVERY_S = 0.5


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
    """The newest `Published`; `publish(document, folder)` makes the site of it in the folder `site`."""

    def __init__(self, board: Board, publish: Publish | None, site: Path) -> None:
        self._board, self._publish, self.site = board, publish, site
        self._now: Published | None = None
        self._made_s, self._site_tag = 0.0, ""
        self._lock = threading.Lock()

    def current(self) -> Published:
        """What is public, at most half a second ago."""
        with self._lock:
            if self._now is None or time.monotonic() - self._made_s > _AT_MOST_EVERY_S:
                mark = state(self._board)
                if self._now is None or self._now.mark != mark:
                    self._now = Published(mark, public_document(self._board))
                self._made_s = time.monotonic()
            return self._now

    def renew_site(self) -> None:
        """Make the site again if what is public has changed."""
        found = self.current()
        if self._publish is not None and found.tag != self._site_tag:
            self._publish(found.document, self.site)
            self._site_tag = found.tag
