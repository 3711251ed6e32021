"""The web server, in this process, until it is asked to end."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from braincast.errors import BraincastError

_MOST_CONNECTIONS, _BACKLOG = 1_000, 512
_GRACE_S = 10


class Server(uvicorn.Server):
    """uvicorn on one address; `listening(url)` is called when requests are answered, `url` has the port it got."""

    def __init__(self, app: ASGIApp, host: str, port: int, listening: Callable[[str], None] = lambda url: None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws="none",
                log_level="warning",
                access_log=False,
                server_header=False,
                limit_concurrency=_MOST_CONNECTIONS,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self._socket = _bound(host, port)
        self._listening = listening
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup([self._socket])
        if self.started:
            self._listening(self.url)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until asked to end; E801 where it could not begin."""
        super().run(sockets)
        if not self.started:
            raise BraincastError("E801", "service", "it could not begin", "See the lines above")


def _bound(host: str, port: int) -> socket.socket:
    """A socket at this address; E505 where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Else a body that follows its head waits 40 ms for the head's acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        what = f"cannot listen there ({error.strerror})"
        fix = "Choose another --port, or --port 0 for a free one"
        raise BraincastError("E505", f"{host}:{port}", what, fix) from error
    return listener
