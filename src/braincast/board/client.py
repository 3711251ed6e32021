"""Sending a submission to a board over HTTP: whatever breaks off goes on where it stopped."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from braincast import progress
from braincast.errors import CODES, BraincastError
from braincast.files import sha256_of_file, sha256_of_json, write_zip

PIECE = 32 << 20
_BLOCK = 1 << 20
_TIMEOUT_S = 120.0
_PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)
_LONGEST_PAUSE_S = 120.0
_HERE = ("localhost", "127.0.0.1", "::1")
_AGAIN = (408, 409, 429, 500, 502, 503, 504)


def read_token(path: Path | None) -> str:
    """The token in a file; E405 where there is none."""
    try:
        text = path.read_text(encoding="utf-8").strip() if path else ""
    except (OSError, UnicodeDecodeError) as error:
        raise BraincastError("E405", str(path), f"it cannot be read ({error})", "Check the path") from error
    if not text.startswith("bc_") or not text.isascii() or len(text.split()) != 1:
        where = str(path or "--token-file")
        raise BraincastError("E811", where, "there is no token", "Write the token that the host gave you in a file")
    return text


def send(url: str, task: str, path: Path, token: str, *, pauses_s: tuple[float, ...] = _PAUSES_S) -> dict[str, Any]:
    """Submit a folder or zip archive to the board at an address: {"entry", "status", "url"}.

    The same submission once more goes on with what came before, also in another process. Errors have the codes that the
    board tells; a board that does not answer, after pauses of so many seconds, is E404.
    """
    board = Remote(_checked(url), token, pauses_s)
    with ExitStack() as stack:
        if path.is_dir():
            scratch = Path(stack.enter_context(TemporaryDirectory()))
            write_zip(path, scratch / "submission.zip")
            path = scratch / "submission.zip"
        elif not path.is_file():
            raise BraincastError("E601", str(path), "there is no such file or folder", "Check the path")
        asked = {"task": task, "length": path.stat().st_size, "sha256": sha256_of_file(path)}
        upload = begun(board, asked)
        _send_rest(board, upload, path, asked["length"])
        answer = board.ask("POST", f"/uploads/{upload['id']}/complete")
    return {**answer, "url": f"{board.url}{answer['url']}"}


@dataclass(frozen=True)
class Remote:
    """A board at an address, asked as one author."""

    url: str
    token: str
    pauses_s: tuple[float, ...]

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """The answer to a request with plain data, asked again while the board is busy or away."""
        content = None if body is None else json.dumps(body).encode()
        given = {**(headers or {}), **({"Content-Type": "application/json"} if body is not None else {})}
        for pause_s in (*self.pauses_s, None):
            try:
                return self.once(method, path, content, given)
            except Unanswered as error:
                if pause_s is None or error.status == 409:
                    raise error.told from error
                time.sleep(max(pause_s, error.wait_s))
        raise AssertionError

    def once(self, method: str, path: str, content: Any, headers: Mapping[str, str]) -> Any:
        """The answer to one request; `Unanswered` for one that may go better the next time."""
        request = urllib.request.Request(f"{self.url}/api/v1{path}", content, dict(headers), method=method)
        request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        try:
            with _opener().open(request, timeout=_TIMEOUT_S) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                told = _told(error, error.read(1 << 16))
            if error.code in _AGAIN:
                raise Unanswered(told, error.code, _wait_s(error.headers.get("Retry-After"))) from error
            raise told from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            fix = "Check the address and the network; the same command goes on where it stopped"
            raise Unanswered(BraincastError("E404", self.url, f"the board does not answer ({error})", fix)) from error


class Unanswered(Exception):
    """A request that may go better the next time, after `wait_s`."""

    def __init__(self, told: BraincastError, status: int | None = None, wait_s: float = 0.0) -> None:
        super().__init__(str(told))
        self.told, self.status, self.wait_s = told, status, wait_s


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token goes nowhere but to the address that was given."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def begun(board: Remote, asked: dict[str, Any]) -> dict[str, Any]:
    """The upload of these bytes: the one that was begun before, if the board still has it."""
    key = sha256_of_json(asked)
    for attempt in (key, f"{key}-{time.time_ns()}"):
        upload = board.ask("POST", "/uploads", asked, {"Idempotency-Key": attempt})
        try:
            return board.ask("GET", f"/uploads/{upload['id']}")
        except BraincastError as error:
            if error.code != "E804" or attempt != key:
                raise
    raise AssertionError


def _send_rest(board: Remote, upload: dict[str, Any], path: Path, length: int) -> None:
    """Send what the board does not have yet; it gives up when several tries in a row brought nothing further."""
    place, offset, failures = f"/uploads/{upload['id']}", upload["offset"], 0
    with path.open("rb") as stream, progress.step(f"sending {path.name}", length) as advance:
        advance(offset)
        while offset < length:
            try:
                n_bytes = min(PIECE, length - offset)
                headers = {"Upload-Offset": str(offset), "Content-Length": str(n_bytes)}
                headers["Content-Type"] = "application/offset+octet-stream"
                found = board.once("PATCH", place, _part(stream, offset, n_bytes), headers)["offset"]
            except Unanswered as error:
                if failures == len(board.pauses_s):
                    raise error.told from error
                time.sleep(max(board.pauses_s[failures], error.wait_s))
                found = board.ask("GET", place)["offset"]
            failures = 0 if found > offset else failures + 1
            advance(max(0, found - offset))
            offset = found


def _part(stream: Any, offset: int, n_bytes: int) -> Iterator[bytes]:
    stream.seek(offset)
    while n_bytes > 0 and (block := stream.read(min(_BLOCK, n_bytes))):
        n_bytes -= len(block)
        yield block


def _checked(url: str) -> str:
    """The address without its end; a token is sent in the clear to this machine alone."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise BraincastError("E305", "BOARD", f"{url!r} is no address", "Give one like https://board.example.org")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        what = "over http others could read the token"
        raise BraincastError("E305", "BOARD", what, "Give an address that begins with https://")
    return url.rstrip("/")


def _told(error: urllib.error.HTTPError, content: bytes) -> BraincastError:
    """What the board said, if it is a board."""
    try:
        told = json.loads(content)["error"]
        code, where, what, fix = (str(told[key])[:500] for key in ("code", "where", "what", "fix"))
        if code in CODES:
            return BraincastError(code, where, what, fix)
    except (ValueError, LookupError, TypeError):
        pass
    return BraincastError("E404", error.url, f"the answer was status {error.code}", "Check that this is a board")


def _wait_s(given: str | None) -> float:
    return min(float(given), _LONGEST_PAUSE_S) if given and given.isdecimal() else 0.0
