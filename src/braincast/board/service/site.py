"""The site of a board as files; each page comes with the policy that it declares itself, and may stand in no frame."""

from __future__ import annotations

import html
import re
from pathlib import Path

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

_STRICT = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
)
_CLOSED = ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
_META = re.compile(rb'<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"', re.IGNORECASE)
_HEAD_BYTES = 16 << 10


class Site:
    """The files below a folder, which may be replaced as a whole at any time, or not be there yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = StaticFiles(directory=folder, html=True, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(scope)
        await response(scope, receive, send)

    async def _response(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("Pages can only be read.\n", 405, {"Allow": "GET, HEAD"})
        if not (self._folder / "index.html").exists():
            return PlainTextResponse("This board has no pages yet; its API is under /api/v1.\n", 404)
        try:
            response = await self._files.get_response(self._files.get_path(scope), scope)
            if response.headers.get("content-type", "").startswith("text/html"):
                policy = await to_thread.run_sync(_policy, getattr(response, "path", None))
                response.headers["Content-Security-Policy"] = policy
        except HTTPException as error:
            return PlainTextResponse(f"{error.detail}\n", error.status_code)
        except FileNotFoundError:  # the folder was replaced meanwhile
            return PlainTextResponse("Not Found\n", 404)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _policy(page: Path | str | None) -> str:
    """What a page may load: what its own meta tag says, or what lies beside it."""
    declared = None
    if page is not None:
        with Path(page).open("rb") as stream:
            declared = _META.search(stream.read(_HEAD_BYTES))
    policy = (html.unescape(declared[1].decode()) if declared else _STRICT).rstrip("; ")
    closed = [rule for rule in _CLOSED if rule.split()[0] not in policy]  # named twice, a browser complains
    return "; ".join([policy, *closed])
