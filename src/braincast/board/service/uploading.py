"""Endpoints through which submissions come: in pieces that go on where they stopped, or in one request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from braincast.board.entries import describe
from braincast.board.service import answers, incoming
from braincast.board.service.callers import Service, Shared, Submitter
from braincast.board.service.pieces import Turn, wrong_offset
from braincast.board.service.refusing import Refused
from braincast.board.service.shapes import (
    Key,
    NewUpload,
    Offset,
    Received,
    TaskName,
    Upload,
    UploadName,
    refusals,
)
from braincast.board.service.tokens import Caller
from braincast.errors import BraincastError
from braincast.files import sha256_of_file

router = APIRouter(tags=["submitting"])
PIECE = 1 << 20
_Found = TypeVar("_Found")
_OFFSET = {"Upload-Offset": {"schema": {"type": "integer"}, "description": "How many bytes have come."}}


def _bytes(least: int) -> dict[str, Any]:
    """A body of plain bytes, for OpenAPI."""
    schema = {"type": "string", "format": "binary", "minLength": least}
    return {"requestBody": {"required": least > 0, "content": {"application/octet-stream": {"schema": schema}}}}


@router.post("/uploads", status_code=201, response_model=Upload, responses=refusals(401, 403, 404, 413, 507))
def begin_upload(asked: NewUpload, who: Submitter, service: Shared, key: Key = None) -> JSONResponse:
    """Announce a submission. Its bytes follow by PATCH, as many at a time as you like."""
    request = answers.Request(who, key, "POST", "/uploads", asked.model_dump())
    with service.board.writing() as session:
        answer = answers.answered(session, request)
        if answer is None:
            row = incoming.begin(session, service, who, asked.task, asked.length, asked.sha256)
            answer = answers.remember(session, request, (201, incoming.shown(session, service, row)), row.created_at)
    return JSONResponse(answer[1], answer[0], {"Location": f"uploads/{answer[1]['id']}"})


@router.head(
    "/uploads/{upload}", responses={200: {"headers": _OFFSET}, **refusals(401, 403, 404)}, response_class=Response
)
@router.get(
    "/uploads/{upload}", response_model=Upload, responses={200: {"headers": _OFFSET}, **refusals(401, 403, 404)}
)
def look_at_upload(upload: UploadName, who: Submitter, service: Shared) -> JSONResponse:
    """How much of an upload has come; the header Upload-Offset says it, too."""
    return _shown(service, who, upload)


@router.patch(
    "/uploads/{upload}",
    response_model=Upload,
    responses={200: {"headers": _OFFSET}, **refusals(401, 403, 404, 408, 409, 413, 507)},
    openapi_extra=_bytes(0),
)
async def go_on_with_upload(
    request: Request, upload: UploadName, upload_offset: Offset, who: Submitter, service: Shared
) -> JSONResponse:
    """Send bytes from the offset on that the upload has. What came before a connection was cut is kept."""
    turn = await _in_thread(lambda: _turn(service, who, upload, upload_offset, _length(request)))
    await _receive(request, turn, upload_offset)
    return await _in_thread(lambda: _shown(service, who, upload))


@router.delete("/uploads/{upload}", status_code=204, responses=refusals(401, 403, 404, 409, 507))
def remove_upload(upload: UploadName, who: Submitter, service: Shared) -> None:
    """Give an upload up."""
    incoming.remove(service, who, upload)


@router.post(
    "/uploads/{upload}/complete",
    status_code=202,
    response_model=Received,
    responses=refusals(401, 403, 404, 409, 413, 507),
)
def complete_upload(upload: UploadName, who: Submitter, service: Shared, key: Key = None) -> JSONResponse:
    """Make a whole upload an entry, which is then scored. Once more gives the same entry."""
    request = answers.Request(who, key, "POST", f"/uploads/{upload}/complete")
    return _answer_once(service, request, lambda: incoming.complete(service, who, upload))


@router.post(
    "/tasks/{task}/submissions",
    status_code=202,
    response_model=Received,
    responses=refusals(401, 403, 404, 408, 409, 411, 413, 507),
    openapi_extra=_bytes(1),
)
async def submit(request: Request, task: TaskName, who: Submitter, service: Shared, key: Key = None) -> Response:
    """Send a zip archive in one request. The same bytes once more are the same entry."""
    length = _length(request)
    if not length:
        what = "the length of the body is missing" if length is None else "the body is empty"
        error = BraincastError("E601", "Content-Length", what, "Send a zip archive and its length, or an upload")
        raise Refused(411 if length is None else 422, error)
    upload = await _in_thread(lambda: _begin(service, who, task, length))
    try:
        await _receive(request, service.pieces.turn(upload, length), 0)
        return await _in_thread(lambda: _complete_in_one(service, who, task, upload, key))
    finally:
        await _in_thread(lambda: _forget(service, who, upload))


async def _receive(request: Request, turn: Turn, offset: int) -> None:
    """Write a body as it comes, in pieces; what came before it broke off is written as well."""
    pending = bytearray()
    try:
        async for part in request.stream():
            pending += part
            if len(pending) >= PIECE:
                piece, pending = bytes(pending), bytearray()
                offset = await _write(request, turn, offset, piece)
    except ClientDisconnect:
        pass
    finally:
        if pending:
            await _write(request, turn, offset, bytes(pending))


async def _write(request: Request, turn: Turn, offset: int, piece: bytes) -> int:
    limiter: CapacityLimiter = request.app.state.writers
    return await to_thread.run_sync(turn.write, offset, piece, limiter=limiter)


async def _in_thread(work: Callable[[], _Found]) -> _Found:
    return await to_thread.run_sync(work)


def _turn(service: Service, who: Caller, upload: str, offset: int, n_bytes: int | None) -> Turn:
    """The right to go on with an upload; a wrong offset and too many bytes are refused before any is read."""
    with service.board.reading() as session:
        row = incoming.own_upload(session, service, who, upload)
        if row.entry_id is not None:
            raise BraincastError("E815", "upload", f"it is entry {row.entry_id} by now", "Begin another one")
    found = service.pieces.offset(upload)
    if found != offset:
        error = wrong_offset(found, offset)
        raise Refused(409, error, {"Upload-Offset": str(found)})
    if offset + (n_bytes or 0) > row.length:
        what = f"{offset + (n_bytes or 0):,} bytes, of {row.length:,} that were announced"
        raise BraincastError("E603", "body", what, "Begin an upload of the right length")
    return service.pieces.turn(upload, row.length)


def _shown(service: Service, who: Caller, upload: str) -> JSONResponse:
    with service.board.reading() as session:
        told = incoming.shown(session, service, incoming.own_upload(session, service, who, upload))
    return JSONResponse(told, headers={"Upload-Offset": str(told["offset"]), "Cache-Control": "no-store"})


def _answer_once(service: Service, request: answers.Request, work: Callable[[], int]) -> JSONResponse:
    """Do what makes an entry, unless this request was answered before."""
    with service.board.reading() as session:
        answer = answers.answered(session, request)
    if answer is None:
        entry = work()
        status = describe(service.board, entry)["status"]
        answer = 202, {"entry": entry, "status": status, "url": f"/api/v1/entries/{entry}"}
        if request.key is not None:
            with service.board.writing() as session:
                answer = answers.remember(session, request, answer, service.board.stamp())
    return JSONResponse(answer[1], answer[0], {"Location": answer[1]["url"]})


def _begin(service: Service, who: Caller, task: str, length: int) -> str:
    with service.board.writing() as session:
        return incoming.begin(session, service, who, task, length, incoming.UNKNOWN_HASH).id


def _complete_in_one(service: Service, who: Caller, task: str, upload: str, key: str | None) -> JSONResponse:
    digest = sha256_of_file(service.pieces.path(upload)) if key is not None else None
    request = answers.Request(who, key, "POST", f"/tasks/{task}/submissions", digest)
    return _answer_once(service, request, lambda: incoming.complete(service, who, upload))


def _forget(service: Service, who: Caller, upload: str) -> None:
    """Nobody knows the name of an upload in one request, so what was not completed cannot be gone on with."""
    if service.pieces.path(upload).exists():  # else it is an entry by now
        with suppress(BraincastError):  # the database is busy; it expires
            incoming.remove(service, who, upload)


def _length(request: Request) -> int | None:
    given = request.headers.get("content-length", "")
    return int(given) if given.isdecimal() and len(given) < 20 else None
