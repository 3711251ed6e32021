"""A PostgreSQL server of a test's own, where its programs are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of an empty database; skips where PostgreSQL is not installed."""
    programs = _programs()
    # Not below pytest's folders, which only their owner may enter: the server refuses to run as root.
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        folder.mkdir(mode=0o700)
        owner = {"user": "postgres"} if os.geteuid() == 0 else {}
        if owner:
            Path(scratch).chmod(0o711)
            shutil.chown(folder, "postgres")
        port = _free_port()
        begin = [programs / "initdb", "-D", folder, "-U", "tester", "-A", "trust", "--no-sync"]
        subprocess.run(begin, check=True, capture_output=True, cwd=scratch, **owner)
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={folder} -c fsync=off"
        control = [programs / "pg_ctl", "-D", folder, "-w", "-l", folder / "log", "-o", options]
        subprocess.run([*control, "start"], check=True, stdout=subprocess.DEVNULL, cwd=scratch, **owner)
        try:
            yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
        finally:
            stop = [programs / "pg_ctl", "-D", folder, "-m", "immediate", "stop"]
            subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, cwd=scratch, **owner)


def _programs() -> Path:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places:
        pytest.skip("PostgreSQL is not installed here")
    return places[-1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
