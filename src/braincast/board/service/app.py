"""The application: endpoints below /api/v1, pages below /."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from braincast.board.board import Board
from braincast.board.service import entry_points, reading, refusing, uploading
from braincast.board.service.callers import Service
from braincast.board.service.gate import API, Gate
from braincast.board.service.limits import STANDARD, ServiceLimits
from braincast.board.service.pieces import Pieces
from braincast.board.service.publication import Publication, Publish
from braincast.board.service.site import Site
from braincast.board.service.upkeep import Upkeep
from braincast.version import VERSION

_ABOUT = """Submissions, their state and results. Writing needs a token (`Authorization: Bearer bc_...`).
Errors are `{"error": {"code", "where", "what", "fix"}}`; docs/reference/errors.md lists the codes."""


def make_app(
    board: Board, limits: ServiceLimits = STANDARD, publish: Publish | None = None, site: Path | None = None
) -> Starlette:
    """A board as an ASGI application. `publish(document, folder)` makes its pages, in the folder `site`."""
    folder = site or board.root / "site"
    service = Service(board, limits, Publication(board, publish, folder), Pieces(board.incoming))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        api.state.writers = CapacityLimiter(limits.writers)
        upkeep = Upkeep(service)
        upkeep.start()
        try:
            yield
        finally:
            upkeep.end()

    api = _api(service)
    routes = [Mount(API, api), Mount("/", Site(folder))]
    return Starlette(routes=routes, middleware=[Middleware(Gate, limits=limits)], lifespan=lifespan)


def _api(service: Service) -> FastAPI:
    unused: dict[str, Any] = {"docs_url": None, "redoc_url": None, "swagger_ui_oauth2_redirect_url": None}
    about = {"title": service.board.settings.title, "description": _ABOUT, "version": VERSION}
    api = FastAPI(**about, **unused, openapi_url="/openapi.json", redirect_slashes=False)
    api.state.service = service
    for router in (reading.router, uploading.router, entry_points.router):
        api.include_router(router)
    refusing.install(api)
    api.openapi()  # builds all routes now, and not while several requests wait for them
    return api
