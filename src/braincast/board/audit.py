"""Who did what on a board, and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from braincast.board.board import Board
from braincast.board.schema import AuditRow
from braincast.files import canonical_json

# What changes nothing that is public, and happens often.
UNSEEN = (
    *("create-token", "revoke-token", "refuse-token"),
    *("begin-upload", "complete-upload", "remove-upload", "expire-upload"),
)


def audit(session: Session, board: Board, who: str, action: str, subject: str, **detail: Any) -> None:
    """Note an action, in the transaction in which it happens."""
    told = canonical_json(detail)
    session.add(AuditRow(at=board.stamp(), who=who, action=action, subject=str(subject), detail=told))


def audited(session: Session, last: int | None = None) -> list[dict[str, str]]:
    """What was noted, in the order of time; of a number, the last ones."""
    rows = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(last)).all()
    keys = ("at", "who", "action", "subject", "detail")
    return [{key: getattr(row, key) for key in keys} for row in reversed(rows)]
