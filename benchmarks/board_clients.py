"""Authors who send submissions to a board over HTTP while it is disturbed, and do not give up."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from braincast.board.client import send
from braincast.files import sha256_of_file

PIECE = 100_000
_PATIENCE_S, _PAUSE_S = 900.0, 0.5
_AGAIN = (408, 429, 500, 502, 503, 504)


class Cut(Exception):
    """A connection that its client ends in the middle."""


@dataclass
class Told:
    """What the service answered to all clients: requests by status, entries by author and submission."""

    statuses: Counter[str] = field(default_factory=Counter)
    entries: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    waits_s: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def status(self, status: str) -> None:
        """Count an answer, or its absence."""
        with self._lock:
            self.statuses[status] += 1

    def entry(self, author: str, digest: str, entry: int) -> None:
        """Note that a submission is an entry, as an answer said."""
        with self._lock:
            self.entries.setdefault((author, digest), set()).add(entry)


class Author:
    """Somebody with a token, who sends submissions to one task, each in another of five ways."""

    def __init__(self, url: str, task: str, name: str, token: str, told: Told) -> None:
        self._url, self._task, self.name, self._token, self._told = url, task, name, token, told
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60)
        self._ways = (self._whole, self._cut, self._twice, self._by_command, self._again_without_key)

    def send_all(self, submissions: list[Path]) -> None:
        """Send all, one after the other."""
        with self._client:
            for number, path in enumerate(submissions):
                began_s, key = time.monotonic(), f"{self.name}-{number}"
                digest = sha256_of_file(path)
                for entry in self._ways[number % len(self._ways)](path, digest, key):
                    self._told.entry(self.name, digest, entry)
                self._told.waits_s.append(time.monotonic() - began_s)

    def _whole(self, path: Path, digest: str, key: str) -> list[int]:
        """In one request."""
        headers = {"Idempotency-Key": key}
        return [self._ask("POST", f"/tasks/{self._task}/submissions", content=path.read_bytes(), headers=headers)]

    def _twice(self, path: Path, digest: str, key: str) -> list[int]:
        """As one whose first answer got lost."""
        return self._whole(path, digest, key) + self._whole(path, digest, key)

    def _again_without_key(self, path: Path, digest: str, key: str) -> list[int]:
        """The same bytes once more."""
        asked = ("POST", f"/tasks/{self._task}/submissions")
        return [self._ask(*asked, content=path.read_bytes()) for _ in range(2)]

    def _by_command(self, path: Path, digest: str, key: str) -> list[int]:
        """As `braincast board submit URL` does."""
        return [send(self._url, self._task, path, self._token, pauses_s=(1, 2, 2, 5, 5, 10, 10, 30))["entry"]]

    def _cut(self, path: Path, digest: str, key: str) -> list[int]:
        """In pieces, the second of which is cut, and gone on with."""
        content = path.read_bytes()
        asked = {"task": self._task, "length": len(content), "sha256": digest}
        begun = self._answer("POST", "/uploads", json=asked, headers={"Idempotency-Key": key})
        place, pieces = f"/uploads/{begun['id']}", 0
        while (offset := self._answer("GET", place)["offset"]) < len(content):
            piece = content[offset : offset + PIECE]
            self._patch(place, offset, piece, is_cut=pieces == 1)
            pieces += 1
        return [self._ask("POST", f"{place}/complete", headers={"Idempotency-Key": f"{key}-complete"})]

    def _patch(self, place: str, offset: int, piece: bytes, *, is_cut: bool) -> None:
        headers = {"Upload-Offset": str(offset), "Content-Length": str(len(piece))}
        content = _cut_in_the_middle(piece) if is_cut else piece
        with suppress(Cut):
            self._once("PATCH", place, content=content, headers=headers)

    def _ask(self, method: str, path: str, **given: Any) -> int:
        return self._answer(method, path, **given)["entry"]

    def _answer(self, method: str, path: str, **given: Any) -> Mapping[str, Any]:
        """The answer to a request, which is asked until there is one."""
        until_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until_s:
            response = self._once(method, path, **given)
            if response is not None and response.status_code not in _AGAIN:
                response.raise_for_status()
                return response.json()
            time.sleep(_PAUSE_S if response is None else float(response.headers.get("Retry-After", _PAUSE_S)))
        raise TimeoutError(f"{method} {path}")

    def _once(self, method: str, path: str, **given: Any) -> httpx.Response | None:
        try:
            response = self._client.request(method, path, **given)
        except httpx.TransportError:
            self._told.status("no answer")
            return None
        self._told.status(str(response.status_code))
        return response


def _cut_in_the_middle(piece: bytes) -> Iterator[bytes]:
    yield piece[: len(piece) // 2]
    raise Cut
