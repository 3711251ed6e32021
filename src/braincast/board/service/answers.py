"""Answers to requests with an idempotency key, kept in the database: the same request again is not done again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from braincast.board.schema import AnsweredRow
from braincast.board.service.tokens import Caller
from braincast.errors import BraincastError
from braincast.files import canonical_json, sha256_of_json

Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Request:
    """What a caller asks with a key: a method, a path and a body as plain data (or its hash)."""

    caller: Caller
    key: str | None
    method: str
    path: str
    body: Any = None

    @property
    def hash(self) -> str:
        """Equal for the same request."""
        return sha256_of_json([self.method, self.path, self.body])


def answered(session: Session, request: Request) -> Answer | None:
    """What this request was answered before; E814 when its key belongs to another one."""
    if request.key is None:
        return None
    own = (AnsweredRow.author_id == request.caller.author_id, AnsweredRow.key == request.key)
    row = session.scalar(select(AnsweredRow).where(*own))
    if row is None:
        return None
    if row.request_hash != request.hash:
        fix = "Choose a new key for each request that is not a repetition"
        raise BraincastError("E814", "Idempotency-Key", "this key was used for another request", fix)
    return row.status, json.loads(row.body)


def remember(session: Session, request: Request, answer: Answer, now: str) -> Answer:
    """Keep an answer for the next time; where another request with this key was quicker, it is that one's."""
    if request.key is None:
        return answer
    before = answered(session, request)
    if before is not None:
        return before
    session.add(
        AnsweredRow(
            author_id=request.caller.author_id,
            key=request.key,
            request_hash=request.hash,
            status=answer[0],
            body=canonical_json(answer[1]),
            created_at=now,
        )
    )
    return answer
