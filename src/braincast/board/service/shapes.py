"""What the service takes and gives, as OpenAPI tells it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from fastapi import Header, Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from braincast.board.entries import LARGEST_NUMBER
from braincast.forecasts.submissions.fields import LARGEST_INTEGER

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"

TaskName = Annotated[str, Path(pattern=NAME, description="A task of the board.")]
EntryNumber = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="An entry of the board.")]
UploadName = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="An upload of yours.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,200}$",
        description="With the same key, the same request is done once and answered the same again.",
    ),
]
Offset = Annotated[int, Header(alias="Upload-Offset", ge=0, le=LARGEST_INTEGER, description="Where these bytes begin.")]


def _whole(value: Any) -> Any:
    """In JSON, 3.0 is an integer, too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Problem(BaseModel):
    """What is wrong: a code of docs/reference/errors.md, the place, what was found and what to do."""

    code: Annotated[str, Field(pattern="^E[0-9]{3}$")]
    where: str
    what: str
    fix: str


class Refusal(BaseModel):
    """Why a request was not done."""

    error: Problem


class NewUpload(BaseModel):
    """A submission that will come: a zip archive of so many bytes with this SHA-256."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    task: Annotated[str, Field(pattern=NAME)]
    length: Annotated[int, Field(ge=1, le=LARGEST_INTEGER), BeforeValidator(_whole)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Upload(BaseModel):
    """An upload, and how much of it has come. What has not expired goes on at `offset`."""

    id: str
    task: str
    offset: int
    length: int
    expires: str
    entry: int | None


class Received(BaseModel):
    """An entry that was made; `url` tells what becomes of it."""

    entry: int
    status: str
    url: str


class Entry(BaseModel):
    """An entry: what is public of it, and to its author also what was wrong with it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    id: int
    task: str
    status: str
    visibility: str
    submitted_at: str
    problems: list[Problem] | None = None


class Version(BaseModel):
    """Which programs these are."""

    braincast: str
    scorer: str | None
    api: Literal["v1"]


class Health(BaseModel):
    """Whether the board can be used: its database, its disk, what waits to be scored."""

    status: Literal["ok", "failing"]
    database: bool
    disk: bool
    free_share: float
    queue: int | None
    oldest_s: float | None


class Tasks(BaseModel):
    """All tasks, the most important first."""

    tasks: list[dict[str, Any]]


class Results(BaseModel):
    """Who took part in a task, best first, with every metric."""

    task: str
    hash: str
    primary: str | None
    entries: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Answers that an endpoint may give beside its own, for OpenAPI."""
    always = (422, 429, 500, 503)
    return {status: _documented(status) for status in sorted({*statuses, *always})}


_REASONS = {
    401: "No token, or one that is not valid",
    403: "Your token may not do this",
    404: "There is no such thing, or it is not yours",
    408: "Nothing came for too long",
    409: "Not in this state: another offset, not complete, no try left, closed",
    411: "The length is missing",
    413: "Too large",
    422: "Malformed, or the idempotency key was used for another request",
    429: "Too many requests",
    500: "A mistake of the service",
    503: "The board is busy",
    507: "The board's disk is full",
}


def _documented(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {"model": Refusal, "description": _REASONS[status]}
    header = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}.get(status)
    if header:
        found["headers"] = {header: {"schema": {"type": "string"}}}
    return found
