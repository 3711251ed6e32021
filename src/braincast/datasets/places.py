"""Where published files lie and are read in place: a folder, or an address of which everything read is kept."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from braincast.errors import BraincastError
from braincast.files import write_bytes

if TYPE_CHECKING:
    from requests import Response

TRIES = 3
_BACK_OFF_S = (0.5, 2.0)
_TIMEOUT_S = 30
_PART = 1 << 20
_KEY = re.compile(r"[A-Za-z0-9_.\-]+(/[A-Za-z0-9_.\-]+)*")
LARGEST_FILE = 256 << 20


@runtime_checkable
class Place(Protocol):
    """A tree of files, read one at a time; `mend` is what to do about a damaged one."""

    @property
    def mend(self) -> str: ...

    def read(self, key: str, *, largest: int = LARGEST_FILE) -> bytes | None:
        """The bytes of the file of that name; None where there is none."""
        ...

    def locate(self, key: str) -> str:
        """Where the file of that name lies, for people."""
        ...


@dataclass(frozen=True)
class Folder:
    """A folder on this machine. Links out of it are not followed (E213)."""

    path: Path
    mend = "Use an undamaged copy of what was published"

    def read(self, key: str, *, largest: int = LARGEST_FILE) -> bytes | None:
        path = self.path / _plain(key)
        try:
            if not path.resolve().is_relative_to(self.path.resolve()):
                raise BraincastError("E213", str(path), "this is a link out of the folder", "Copy the file itself")
            _refuse_larger(path.stat().st_size, largest, str(path))
            return path.read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            what = f"it cannot be read ({error.strerror or error})"
            raise BraincastError("E405", str(path), what, "Check the disk and the permissions") from error

    def locate(self, key: str) -> str:
        return str(self.path / key)


@dataclass(frozen=True)
class Web:
    """Files below an address; each is fetched when it is asked for, once, and kept in the folder `kept`.

    A fetch is tried three times, its length and (where the server sends one) its CRC32C are compared: E404 when all
    tries failed, E401 for a file that is not kept yet where the network is forbidden.
    """

    url: str
    kept: Path
    offline: bool = False
    mend = "Remove the file, if it is one on this machine: it is fetched again when it is needed"

    def read(self, key: str, *, largest: int = LARGEST_FILE) -> bytes | None:
        kept = self.kept / _plain(key)
        if kept.is_file():
            return Folder(self.kept).read(key, largest=largest)
        if self.offline:
            what = f"{self._address(key)} was not read before, and offline was asked for"
            raise BraincastError("E401", str(kept), what, "Go online, or bring a copy: --data PATH or --from PATH")
        content = self._fetched(key, largest)
        if content is not None:
            write_bytes(kept, content)
        return content

    def locate(self, key: str) -> str:
        kept = self.kept / key
        return str(kept) if kept.is_file() else self._address(key)

    def _address(self, key: str) -> str:
        return f"{self.url.rstrip('/')}/{key}"

    def _fetched(self, key: str, largest: int) -> bytes | None:
        url, reason = self._address(key), ""
        for attempt in range(TRIES):
            try:
                return _get(url, largest)
            except _TryFailed as failure:
                reason = str(failure)
            if attempt < TRIES - 1:
                time.sleep(_BACK_OFF_S[attempt])
        fix = "Check the network, or bring a copy: --data PATH or --from PATH"
        raise BraincastError("E404", url, f"the download failed {TRIES} times ({reason})", fix)


class _TryFailed(Exception):
    """One try failed; the message says why."""


def _get(url: str, largest: int) -> bytes | None:
    import requests

    try:
        with requests.get(url, stream=True, timeout=_TIMEOUT_S) as response:
            if response.status_code == requests.codes.not_found:
                return None
            if response.status_code != requests.codes.ok:
                raise _TryFailed(f"the server says {response.status_code}")
            return _body(response, url, largest)
    except (requests.exceptions.RequestException, OSError) as error:
        raise _TryFailed(f"{type(error).__name__}: {error}"[-300:]) from error


def _body(response: Response, url: str, largest: int) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(_PART):
        size += len(part)
        _refuse_larger(size, largest, url)
        parts.append(part)
    content = b"".join(parts)
    if (told := _told_crc32c(response)) is not None:
        import google_crc32c

        if google_crc32c.Checksum(content).digest() != told:
            raise _TryFailed("what arrived differs from the server's CRC32C")
    return content


def _told_crc32c(response: Response) -> bytes | None:
    """The checksum of the stored bytes, as Google's storage sends it; None where they travelled in another form."""
    found = re.search(r"crc32c=([A-Za-z0-9+/=]+)", response.headers.get("x-goog-hash", ""))
    if found is None or response.headers.get("Content-Encoding"):
        return None
    return base64.b64decode(found.group(1))


def _plain(key: str) -> str:
    """The name if it stays inside the tree; what a store's metadata made of it is not trusted."""
    if not _KEY.fullmatch(key) or any(part in (".", "..") for part in key.split("/")):
        raise BraincastError("E602", key, "this is not a name of a file in a store", "Use an undamaged copy")
    return key


def _refuse_larger(size: int, largest: int, where: str) -> None:
    if size > largest:
        what = f"it has more than {largest:,} bytes"
        raise BraincastError("E115", where, what, "Use an undamaged copy of what was published")
