"""Uploads in the database: begun, found by their author alone, completed into entries, forgotten."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from braincast.board.audit import audit
from braincast.board.board import as_stamp
from braincast.board.entries import receive
from braincast.board.schema import EntryRow, TaskRow, UploadRow
from braincast.board.service.callers import Service
from braincast.board.service.limits import largest_upload
from braincast.board.service.refusing import Refused
from braincast.board.service.tokens import Caller
from braincast.board.tasks import task_row
from braincast.errors import BraincastError
from braincast.files import sha256_of_file

_FULL_S = 60
UNKNOWN_HASH = ""  # of a submission that is sent in one request


def begin(session: Session, service: Service, caller: Caller, task: str, length: int, sha256: str) -> UploadRow:
    """A new upload; E603 for one that is too large, E813 for an author who has too many or too much under way."""
    row = task_row(session, task)
    _require_size(service, row, length)
    _require_room(session, service, caller, length)
    upload = UploadRow(
        id=secrets.token_hex(16),
        author_id=caller.author_id,
        task_id=row.id,
        length=length,
        sha256=sha256,
        created_at=service.board.stamp(),
        expires_at=as_stamp(service.board.now() + timedelta(days=service.limits.upload_days)),
    )
    session.add(upload)
    service.pieces.begin(upload.id)
    audit(session, service.board, caller.author, "begin-upload", f"upload {upload.id}", task=task, length=length)
    return upload


def own_upload(session: Session, service: Service, caller: Caller, name: str) -> UploadRow:
    """An upload of this author that has not expired; E804 for any other, which is not told apart."""
    row = session.get(UploadRow, name)
    if row is None or row.author_id != caller.author_id or row.expires_at <= service.board.stamp():
        fix = "Begin another one; an upload is kept for some days"
        raise BraincastError("E804", "upload", "you have no such upload", fix)
    return row


def shown(session: Session, service: Service, row: UploadRow) -> dict[str, Any]:
    """What its author sees of an upload."""
    task = session.get_one(TaskRow, row.task_id)
    offset = row.length if row.entry_id is not None else service.pieces.offset(row.id)
    told = {"id": row.id, "task": task.name, "offset": offset, "length": row.length}
    return {**told, "expires": row.expires_at, "entry": row.entry_id}


def complete(service: Service, caller: Caller, name: str) -> int:
    """The entry that a whole upload becomes; E812 for one that is not whole, E210 for another SHA-256."""
    with service.board.reading() as session:
        own_upload(session, service, caller, name)
    with service.pieces.closing(name):
        with service.board.reading() as session:
            row = own_upload(session, service, caller, name)
            known = row.entry_id or _entry_before(session, service, row)
            if row.entry_id is not None:
                return row.entry_id
            task, length, sha256 = session.get_one(TaskRow, row.task_id).name, row.length, row.sha256
        entry = known or _received(service, caller, name, task, length, sha256)
        with service.board.writing() as session:
            own_upload(session, service, caller, name).entry_id = entry
            audit(session, service.board, caller.author, "complete-upload", f"upload {name}", entry=entry)
        service.pieces.remove(name)
    return entry


def _received(service: Service, caller: Caller, name: str, task: str, length: int, sha256: str) -> int:
    _require_whole(service, name, length, sha256)
    return receive(service.board, task, service.pieces.path(name), author=caller.author)


def remove(service: Service, caller: Caller, name: str) -> None:
    """Forget an upload; E815 for one that is an entry already."""
    with service.board.writing() as session:
        row = own_upload(session, service, caller, name)
        if row.entry_id is not None:
            raise BraincastError("E815", "upload", f"it is entry {row.entry_id} by now", "Withdraw the entry")
        session.delete(row)
        audit(session, service.board, caller.author, "remove-upload", f"upload {name}")
    service.pieces.remove(name)


def _entry_before(session: Session, service: Service, row: UploadRow) -> int | None:
    """The entry that was made of an upload before the service was killed, when its bytes are gone."""
    if service.pieces.path(row.id).exists():
        return None
    same = (EntryRow.task_id == row.task_id, EntryRow.author_id == row.author_id)
    return session.scalar(select(EntryRow.id).where(*same, EntryRow.submission_hash == row.sha256))


def _require_whole(service: Service, name: str, length: int, sha256: str) -> None:
    offset = service.pieces.offset(name)
    if offset != length:
        what = f"{offset:,} of {length:,} bytes have come"
        raise Refused(
            409, BraincastError("E812", "upload", what, f"Go on from {offset}"), {"Upload-Offset": f"{offset}"}
        )
    if sha256 != UNKNOWN_HASH and sha256_of_file(service.pieces.path(name)) != sha256:
        service.pieces.begin(name)
        what, fix = "its SHA-256 is not the one that was announced", "Send it again from offset 0"
        raise Refused(422, BraincastError("E210", "upload", what, fix), {"Upload-Offset": "0"})


def _require_size(service: Service, row: TaskRow, length: int) -> None:
    most = largest_upload(row.card, service.board.settings)
    if length > most:
        what = f"{length:,} bytes, of at most {most:,} for this task"
        raise BraincastError("E603", "length", what, "Write float32, or chunks that compress better")


def _require_room(session: Session, service: Service, caller: Caller, length: int) -> None:
    own = (UploadRow.author_id == caller.author_id, UploadRow.entry_id.is_(None))
    count, n_bytes = session.execute(select(func.count(), func.sum(UploadRow.length)).where(*own)).one()
    limits = service.limits
    if count >= limits.open_uploads or (n_bytes or 0) + length > limits.incoming_bytes:
        what = f"{count} uploads with {n_bytes or 0:,} bytes are under way"
        error = BraincastError("E813", "upload", what, "Complete or delete one")
        raise Refused(429, error, {"Retry-After": str(_FULL_S)})
