"""Errors as answers: a code, a place, what was found and what to do, and never a place of this machine."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from braincast.errors import BraincastError

RETRY_S = 5
_STATUS = {
    **{"E804": 404, "E405": 404, "E811": 403, "E813": 429, "E814": 422, "E603": 413, "E611": 422, "E305": 422},
    **{"E807": 409, "E812": 409, "E815": 409, "E816": 409, "E504": 409, "E210": 422, "E607": 422, "E608": 422},
    **{"E505": 507, "E803": 503, "E801": 503, "E802": 503},
}
# What went wrong inside is told in these words; the log of the service says more.
_INSIDE = {
    "E505": ("storage", "the board cannot store this now", "Try again later from the same offset"),
    "E803": ("database", "the database is busy", "Try again in a few seconds"),
    "E801": ("board", "the board cannot be read now", "Try again later"),
    "E802": ("board", "the board is being updated", "Try again later"),
}
_PLACE = re.compile(r"(?<![\w.:/])(?:[A-Za-z]:)?[\\/][^\s'\",;]+[\\/]")


class Refused(HTTPException):
    """An error with the status of the answer that tells it."""

    def __init__(self, status: int, error: BraincastError, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail=error.code, headers=dict(headers or {}))
        self.error = error


def too_often(wait_s: float) -> Refused:
    """The answer to whoever asks too often."""
    seconds = max(1, math.ceil(wait_s))
    error = BraincastError("E813", "request", "too many requests", f"Wait {seconds} s")
    return Refused(429, error, {"Retry-After": str(seconds)})


def answer(refused: Refused) -> JSONResponse:
    """The error as an HTTP answer."""
    told = {key: _without_places(text) for key, text in refused.error.to_dict().items()}
    return JSONResponse({"error": told}, refused.status_code, headers=refused.headers)


def refused_by(error: BraincastError) -> Refused:
    """The answer that an error of the board means; 400 where it is about what was sent, in a way not foreseen."""
    status = _STATUS.get(error.code, 400)
    if error.code in _INSIDE:
        error = BraincastError(error.code, *_INSIDE[error.code])
    return Refused(status, error, {"Retry-After": str(RETRY_S)} if status == 503 else None)


def install(app: FastAPI) -> None:
    """Make every error of an application one of these answers."""

    def of_board(request: Request, error: Any) -> JSONResponse:
        return answer(refused_by(error))

    def of_request(request: Request, error: Any) -> JSONResponse:
        return answer(_invalid(error))

    def of_http(request: Request, error: Any) -> JSONResponse:
        return answer(error if isinstance(error, Refused) else _by_status(error))

    def of_database(request: Request, error: Any) -> JSONResponse:
        return answer(refused_by(BraincastError("E803", "", "", "")))

    def of_anything(request: Request, error: Any) -> JSONResponse:
        what, fix = "something went wrong here", "Tell whoever hosts this board what you sent"
        return answer(Refused(500, BraincastError("E801", "service", what, fix)))

    app.exception_handler(BraincastError)(of_board)
    app.exception_handler(RequestValidationError)(of_request)
    app.exception_handler(HTTPException)(of_http)
    app.exception_handler(SQLAlchemyError)(of_database)
    app.exception_handler(Exception)(of_anything)


def _invalid(error: RequestValidationError) -> Refused:
    """The first thing that is wrong with a request."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])[:200]
    code = "E611" if first["type"] == "json_invalid" else "E305"
    return Refused(422, BraincastError(code, where, str(first["msg"])[:300], "See openapi.json for what is expected"))


def _by_status(error: HTTPException) -> Refused:
    what, fix = f"{error.detail}", "See openapi.json for what there is"
    code = {404: "E804", 405: "E811"}.get(error.status_code, "E611")
    status = 422 if error.status_code == 400 else error.status_code  # a body that is no JSON at all
    return Refused(status, BraincastError(code, "request", what, fix), error.headers)


def _without_places(text: str) -> str:
    """A text in which files of this machine have only their last name, in one printable line."""
    line = " ".join(_PLACE.sub("", text).split())
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)
