"""Endpoints about single entries: what became of one; its author withdraws it, a moderator hides and shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from braincast.board import entries
from braincast.board.service import answers
from braincast.board.service.callers import Anyone, Moderator, Service, Shared, Submitter
from braincast.board.service.refusing import Refused
from braincast.board.service.shapes import Entry, EntryNumber, Key, refusals
from braincast.board.service.tokens import Caller
from braincast.errors import BraincastError
from braincast.forecasts.submissions.texts import flaw_of_text

router = APIRouter(tags=["entries"])
_TOLD = ("id", "task", "status", "visibility", "submitted_at")
_DECLARED = ("author", "model")
# What strangers may know before an entry is scored, and nothing of what was refused.
_OPEN = {"security": [{}]}  # a token may be sent, and need not
_PUBLIC_STATES = ("queued", "scoring", "scored")


class Remark(BaseModel):
    """Why, for whoever hosts the board."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    remark: Annotated[str, Field(max_length=1_000)] = ""


@router.get(
    "/entries/{entry}",
    response_model=Entry,
    response_model_exclude_unset=True,
    responses=refusals(401, 404),
    openapi_extra=_OPEN,
)
def look_at_entry(entry: EntryNumber, who: Anyone, service: Shared) -> JSONResponse:
    """What became of an entry: its state, and its score once it has one. Its author's token shows problems, too."""
    return JSONResponse(_seen(entries.describe(service.board, entry), who), headers={"Cache-Control": "no-store"})


@router.post("/entries/{entry}/withdraw", response_model=Entry, responses=refusals(401, 403, 404, 409))
def withdraw_entry(
    entry: EntryNumber, who: Submitter, service: Shared, why: Remark | None = None, key: Key = None
) -> JSONResponse:
    """Take your own entry back: the board then names it, without figures and texts."""
    found = entries.describe(service.board, entry)
    if found["author"] != who.author:
        _seen(found, who)  # E804 where strangers may not even know of it
        error = BraincastError("E811", f"entry {entry}", "it is another author's", "Ask its author, or a moderator")
        raise Refused(403, error)
    return _change(service, who, key, entry, "withdraw", entries.withdraw, why)


@router.post("/entries/{entry}/hide", response_model=Entry, responses=refusals(401, 403, 404, 409))
def hide_entry(
    entry: EntryNumber, who: Moderator, service: Shared, why: Remark | None = None, key: Key = None
) -> JSONResponse:
    """Leave an entry out of everything that is public."""
    return _change(service, who, key, entry, "hide", entries.hide, why)


@router.post("/entries/{entry}/show", response_model=Entry, responses=refusals(401, 403, 404, 409))
def show_entry(
    entry: EntryNumber, who: Moderator, service: Shared, why: Remark | None = None, key: Key = None
) -> JSONResponse:
    """Show an entry that was hidden."""
    return _change(service, who, key, entry, "show", entries.show, why)


def _change(
    service: Service,
    who: Caller,
    key: str | None,
    entry: int,
    action: str,
    change: Callable[..., None],
    why: Remark | None,
) -> JSONResponse:
    """Do it, unless this request was answered before."""
    remark = _checked(why.remark if why else "")
    request = answers.Request(who, key, "POST", f"/entries/{entry}/{action}", remark)
    with service.board.reading() as session:
        answer = answers.answered(session, request)
    if answer is None:
        change(service.board, entry, by=who.author, remark=remark)
        told = entries.describe(service.board, entry)
        answer = 200, {key: told[key] for key in _TOLD}
        if key is not None:
            with service.board.writing() as session:
                answer = answers.remember(session, request, answer, service.board.stamp())
    return JSONResponse(answer[1], answer[0])


def _checked(remark: str) -> str:
    flaw = flaw_of_text(remark, most=1_000, several_lines=True) if remark else None
    if flaw:
        raise BraincastError(flaw.code, "remark", flaw.what, flaw.fix)
    return remark


def _seen(found: dict[str, Any], who: Caller | None) -> dict[str, Any]:
    """The part of an entry that this caller may see; E804 where that is nothing."""
    own = who is not None and who.author == found["author"] and "read" in who.scopes
    if not own and (found["visibility"] == "hidden" or found["status"] not in _PUBLIC_STATES):
        raise BraincastError("E804", f"entry {found['id']}", "the board shows no such entry", "See /api/v1/board")
    is_public = found["status"] == "scored" and found["visibility"] == "shown"
    keys = (*_TOLD, *(_DECLARED if own or is_public else ()), *(("problems",) if own else ()))
    return {key: found[key] for key in (*keys, *(("score",) if is_public else ()))}
