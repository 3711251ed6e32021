"""A folder behind a real web server on this machine, which notes what was asked and may be told to misbehave."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import google_crc32c


@dataclass
class Served:
    """`url` of the folder; `asked` has each path once for each request.

    The next answers are the status codes in `failures`; then `cut` bytes are missing from each body, and with `lies`
    the checksum is that of other bytes.
    """

    folder: Path
    url: str = ""
    asked: list[str] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    cut: int = 0
    lies: bool = False


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve a folder until the block ends."""
    state = Served(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            state.asked.append(path)
            if state.failures:
                self.send_error(state.failures.pop(0))
                return
            file = state.folder / path
            if not file.is_file():
                self.send_error(404)
                return
            content = file.read_bytes()
            told = google_crc32c.Checksum(content + b"!" if state.lies else content).digest()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("x-goog-hash", f"crc32c={base64.b64encode(told).decode()}")
            self.end_headers()
            self.wfile.write(content[: len(content) - state.cut])

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
