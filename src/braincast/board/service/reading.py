"""Endpoints that tell what is public: the whole board, its tasks, their results; and how the service is."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response

from braincast.board.queue import waiting
from braincast.board.service.callers import Service, Shared
from braincast.board.service.limits import largest_upload
from braincast.board.service.publication import Published
from braincast.board.service.results import as_csv, results
from braincast.board.service.shapes import Health, Results, TaskName, Tasks, Version, refusals
from braincast.board.tasks import task_row
from braincast.errors import BraincastError, unknown_name
from braincast.version import VERSION

router = APIRouter(tags=["reading"])
_LEAST_FREE_BYTES = 256 << 20
_IN_SHORT = ("name", "title", "question", "kind", "version", "hash", "priority", "reason", "hidden", "primary")
_TABLE = {"text/csv": {"schema": {"type": "string"}}}
_TAG = {"ETag": {"schema": {"type": "string"}}}

Format = Annotated[Literal["json", "csv"] | None, Query(description="Goes before the header Accept.")]
Accept = Annotated[str, Header(description="text/csv for a table.")]
Known = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of what you have.")]


@router.get("/health", response_model=Health, responses={**refusals(), 503: {"model": Health}})
def health(service: Shared) -> JSONResponse:
    """Whether the database answers and the disk has room (503 if not), and what waits to be scored."""
    queue, oldest_s = _queue(service)
    usage = shutil.disk_usage(service.board.root)
    found = {"database": queue is not None, "disk": usage.free >= _LEAST_FREE_BYTES}
    waiting = {"free_share": round(usage.free / usage.total, 4), "queue": queue, "oldest_s": oldest_s}
    well = all(found.values())
    return JSONResponse({"status": "ok" if well else "failing", **found, **waiting}, 200 if well else 503)


@router.get("/version", response_model=Version, responses=refusals())
def version(service: Shared) -> Version:
    """The versions of braincast, of the scorer and of these endpoints."""
    about = service.publication.current().document["board"]
    return Version(braincast=VERSION, scorer=about.get("scorer"), api="v1")


@router.get("/board", responses={200: {"headers": _TAG}, 304: {"description": "It is what you have."}, **refusals()})
def board(service: Shared, if_none_match: Known = None) -> Response:
    """All that is public of the board, as `braincast board export` writes it."""
    published = service.publication.current()
    headers = {"ETag": f'"{published.tag}"', "Cache-Control": "no-cache"}
    if if_none_match is not None and published.tag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(published.content, media_type="application/json", headers=headers)


@router.get("/tasks", response_model=Tasks, responses=refusals())
def tasks(service: Shared) -> JSONResponse:
    """All tasks in short."""
    published = service.publication.current()
    return JSONResponse({"tasks": [_in_short(published, task) for task in published.document["tasks"]]})


@router.get("/tasks/{task}", responses=refusals(404))
def task(task: TaskName, service: Shared) -> dict[str, Any]:
    """All that is public of a task, and the most bytes that a submission to it may have."""
    found = _task(service.publication.current(), task)
    with service.board.reading() as session:
        largest = largest_upload(task_row(session, task).card, service.board.settings)
    return {**found, "largest_bytes": largest}


@router.get("/tasks/{task}/results", response_model=Results, responses={200: {"content": _TABLE}, **refusals(404)})
def task_results(task: TaskName, service: Shared, format: Format = None, accept: Accept = "") -> Response:
    """Who took part in a task, best first, as JSON or as a table with a line for each entry and metric."""
    published = service.publication.current()
    _task(published, task)
    document = results(published, task)
    if format == "csv" or (format is None and accept.startswith("text/csv")):
        attached = {"Content-Disposition": f'attachment; filename="{task}.csv"'}
        return Response(as_csv(document), media_type="text/csv", headers=attached)
    return JSONResponse(document)


def _in_short(published: Published, task: dict[str, Any]) -> dict[str, Any]:
    n_entries = sum(entry["task"] == task["name"] for entry in published.document["entries"])
    return {**{key: task.get(key) for key in _IN_SHORT}, "entries": n_entries}


def _task(published: Published, name: str) -> dict[str, Any]:
    if name not in published.tasks:
        raise unknown_name("E804", "task on this board", name, published.tasks)
    return published.tasks[name]


def _queue(service: Service) -> tuple[int | None, float | None]:
    """How many entries wait and for how long the oldest one has; None where the database does not answer."""
    try:
        with service.board.reading() as session:
            length, oldest = waiting(session)
    except BraincastError:
        return None, None
    if oldest is None:
        return length, None
    waited = service.board.now() - datetime.fromisoformat(oldest)
    return length, round(waited.total_seconds(), 1)
