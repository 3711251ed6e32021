"""Tokens of authors: 256 random bits that are shown once; the board keeps their SHA-256."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from braincast.board.audit import audit
from braincast.board.board import Board, as_stamp
from braincast.board.entries import LARGEST_NUMBER, author_row
from braincast.board.schema import TokenRow
from braincast.errors import BraincastError
from braincast.forecasts.submissions.texts import flaw_of_text

SCOPES = ("submit", "read", "moderate")
_PREFIX, _N_BYTES = "bc_", 32
_LONGEST_NAME = 100
_MOST_DAYS = 36_500


@dataclass(frozen=True)
class Caller:
    """Who asks, by a valid token."""

    token_id: int
    author_id: int
    author: str
    scopes: frozenset[str]


def create_token(
    board: Board, author: str, *, scopes: Collection[str] = SCOPES[:2], days: float | int | None = None, label: str = ""
) -> dict[str, Any]:
    """A new token of an author, whose account is made where there is none; its secret is `token`, told only here."""
    _check(author, scopes, label)
    if days is not None and not 0 <= days <= _MOST_DAYS:
        what = f"{days} days are not possible"
        raise BraincastError("E305", "--days", what, f"Give at most {_MOST_DAYS:,}, or none for ever")
    secret = _PREFIX + secrets.token_urlsafe(_N_BYTES)
    expires = None if days is None else as_stamp(board.now() + timedelta(days=days))
    with board.writing() as session:
        row = TokenRow(
            author_id=author_row(session, board, author).id,
            digest=_digest(secret),
            label=label,
            scopes=",".join(scope for scope in SCOPES if scope in scopes),
            created_at=board.stamp(),
            expires_at=expires,
            revoked_at=None,
        )
        session.add(row)
        session.flush()
        audit(session, board, "host", "create-token", f"token {row.id}", author=author, scopes=row.scopes)
        return {"token": secret, **_shown(row, author)}


def list_tokens(board: Board) -> list[dict[str, Any]]:
    """All tokens without their secrets, oldest first."""
    with board.reading() as session:
        return [_shown(row, row.author.name) for row in session.scalars(select(TokenRow).order_by(TokenRow.id))]


def revoke_token(board: Board, number: int) -> dict[str, Any]:
    """End a token at once; E804 where there is none of this number. Once more changes nothing."""
    with board.writing() as session:
        row = session.get(TokenRow, number) if 0 < number <= LARGEST_NUMBER else None
        if row is None:
            fix = "See braincast board token BOARD list"
            raise BraincastError("E804", f"token {number}", "the board has no such token", fix)
        if row.revoked_at is None:
            row.revoked_at = board.stamp()
            audit(session, board, "host", "revoke-token", f"token {number}")
        return _shown(row, row.author.name)


def caller_of(session: Session, secret: str, now: str) -> Caller | None:
    """Whose token this is; None for one that is unknown, revoked or expired."""
    digest = _digest(secret)
    row = session.scalar(select(TokenRow).where(TokenRow.digest == digest))
    # The look-up may take other times for other digests, which say nothing about a secret; the answer does not.
    if row is None or not hmac.compare_digest(row.digest, digest):
        return None
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return Caller(row.id, row.author_id, row.author.name, frozenset(row.scopes.split(",")))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _shown(row: TokenRow, author: str) -> dict[str, Any]:
    times = {key: getattr(row, key) for key in ("created_at", "expires_at", "revoked_at")}
    return {"id": row.id, "author": author, "label": row.label, "scopes": row.scopes.split(","), **times}


def _check(author: str, scopes: Collection[str], label: str) -> None:
    for where, text in (("author", author), ("label", label)):
        flaw = flaw_of_text(text, most=_LONGEST_NAME, is_name=True) if text or where == "author" else None
        if flaw:
            raise BraincastError(flaw.code, where, flaw.what, flaw.fix)
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        what = f"there is no scope {unknown[0]!r}" if unknown else "there is none"
        raise BraincastError("E305", "--scopes", what, f"Choose among {', '.join(SCOPES)}")
