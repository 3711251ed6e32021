"""What every request passes: how often an address asks, how large and slow a body is. All answers get headers."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from braincast.board.service.limits import ServiceLimits
from braincast.board.service.rates import Rates, network_of
from braincast.board.service.refusing import Refused, answer, too_often
from braincast.errors import BraincastError

API = "/api/v1"
# Bodies that are written to disk piece by piece have limits of their own.
_STREAMED = re.compile(rf"{API}/(uploads/[^/]+|tasks/[^/]+/submissions)")
SHUT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HEADERS = {
    "Content-Security-Policy": SHUT,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
}


class Gate:
    """Stands before an application."""

    def __init__(self, app: ASGIApp, limits: ServiceLimits) -> None:
        self._app, self._limits = app, limits
        self._rates = Rates(limits.address_requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        send = _with_headers(send)
        try:
            self._admit(scope)
        except Refused as refused:
            return await answer(refused)(scope, receive, send)
        streamed = scope["method"] in ("PATCH", "POST") and _STREAMED.fullmatch(scope["path"]) is not None
        body = _Body(receive, None if streamed else self._limits.json_bytes, self._limits.silence_s)
        return await self._app(scope, body.receive, send)

    def _admit(self, scope: Scope) -> None:
        if not scope["path"].isprintable():  # nothing here has such a name
            raise Refused(404, BraincastError("E804", "path", "there is no such place", "See openapi.json"))
        if scope["path"].startswith(API):
            wait_s = self._rates.take(network_of((scope.get("client") or ("unknown", 0))[0]))
            if wait_s:
                raise too_often(wait_s)


class _Body:
    """The parts of a request's body as they come; too many bytes are E611, a pause that is too long E812."""

    def __init__(self, receive: Receive, largest: int | None, silence_s: float) -> None:
        self._receive, self._largest, self._silence_s = receive, largest, silence_s
        self._n_bytes, self._ended = 0, False

    async def receive(self) -> Message:
        if self._ended:
            return await self._receive()  # waits for the client to go away, which may take as long as the answer
        try:
            message = await asyncio.wait_for(self._receive(), self._silence_s)
        except TimeoutError as error:
            what = f"nothing came for {self._silence_s:g} s"
            fix = "Go on from the offset that the upload has"
            raise Refused(408, BraincastError("E812", "body", what, fix), {"Connection": "close"}) from error
        self._n_bytes += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._largest is not None and self._n_bytes > self._largest:
            what = f"it has more than {self._largest:,} bytes"
            refusal = BraincastError("E611", "body", what, "Send submissions as uploads")
            raise Refused(413, refusal, {"Connection": "close"})
        return message


def _with_headers(send: Send) -> Send:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items() if message["status"] != 304 else ():
                headers.setdefault(name, value)  # after 304 a browser keeps those that it has
        await send(message)

    return sending
