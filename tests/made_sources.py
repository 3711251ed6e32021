"""Sources made on the spot: a small wheel that pip accepts, and a local https server with its own certificate."""

from __future__ import annotations

import hashlib
import http.server
import io
import shutil
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from braincast.datasets.card import DatasetCard, HttpsSource, WheelSource

PACKAGE, VERSION = "braincast-example", "1.0"
WHEEL_NAME = "braincast_example-1.0-py3-none-any.whl"


def wheel_bytes(content: bytes = b"42\n") -> bytes:
    """A whole, installable wheel with one data file; the same content gives the same bytes."""
    info = "braincast_example-1.0.dist-info"
    members = {
        "braincast_example/data.txt": content,
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: braincast-example\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def wheel_source(data: bytes) -> WheelSource:
    """The declaration that fits a wheel's bytes."""
    digest = hashlib.sha256(data).hexdigest()
    return WheelSource(package=PACKAGE, version=VERSION, filename=WHEEL_NAME, sha256=digest, size_bytes=len(data))


def https_source(url: str, data: bytes, filename: str = "traces.bin") -> HttpsSource:
    """The declaration of bytes at an address."""
    digest = hashlib.sha256(data).hexdigest()
    return HttpsSource(url=url, filename=filename, sha256=digest, size_bytes=len(data))


def small_card(**changes) -> DatasetCard:
    """A card of a dataset with one small wheel."""
    fields = {
        "name": "tiny",
        "version": "1",
        "title": "Tiny",
        "species": "none",
        "summary": "A card for tests.",
        "n_animals": "0",
        "licence": "CC0",
        "citation": ("Doe J, Roe R, et al. (2020) Brains & wires: the H. sapiens case. Journal 1:2-3. doi:10.1/a_b",),
        "sources": (wheel_source(wheel_bytes()),),
        "redistribute": "yes",
        "contents": (),
    }
    return DatasetCard(**(fields | changes))


class Served:
    """What the server answers: bytes, a status, and how many bytes it claims to send; `hits` counts requests."""

    def __init__(self, data: bytes = b"", status: int = 200, claimed: int | None = None) -> None:
        self.data, self.status, self.claimed, self.hits = data, status, claimed, 0
        self.failures = 0


@contextmanager
def https_server(served: Served, folder: Path) -> Iterator[tuple[str, Path]]:
    """A server on this machine that speaks TLS; its base address and the certificate to trust."""
    certificate, key = _certificate(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}", certificate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(served: Served) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.hits += 1
            failing = served.hits <= served.failures
            self.send_response(503 if failing else served.status)
            self.send_header("Content-Length", str(served.claimed or len(served.data)))
            self.end_headers()
            self.wfile.write(served.data)

        def log_message(self, *arguments: object) -> None:
            return None

    return Handler


def _certificate(folder: Path) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl program here to make a certificate with")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
