"""The tables of a board. Times are UTC, ISO 8601 with microseconds, so that they sort as text; JSON is canonical."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """Common to all tables: constraints have names, so that migrations can change them."""

    metadata = MetaData(naming_convention=_NAMES)


class TaskRow(Table):
    """A task of the board. `data` and `truth` say where a worker finds them, and are never shown."""

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]
    card: Mapped[str] = mapped_column(Text)
    dataset: Mapped[str] = mapped_column(Text)
    anatomy: Mapped[str | None] = mapped_column(Text)
    priority: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    data: Mapped[str | None]
    hidden: Mapped[bool] = mapped_column(default=False)
    truth_hash: Mapped[str | None]
    added_at: Mapped[str]


class AuthorRow(Table):
    """Who submits: an account. Several people may stand behind it; an entry's declaration names them."""

    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    contact: Mapped[str] = mapped_column(default="")
    created_at: Mapped[str]


class TokenRow(Table):
    """A secret that an author was given once; only its SHA-256 is kept."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    digest: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(default="")
    scopes: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str | None]
    revoked_at: Mapped[str | None]

    author: Mapped[AuthorRow] = relationship()


class EntryRow(Table):
    """One submission to one task: what it declares, the hashes of what was sent, and what became of it.

    `status` is queued, scoring, or for good scored, refused or failed; `visibility` is shown, hidden by a moderator or
    withdrawn by its author.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("task_id", "author_id", "submission_hash", name="uq_entry_same_bytes"),
        Index("ix_entry_task_status", "task_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    role: Mapped[str] = mapped_column(default="model")
    model: Mapped[str] = mapped_column(default="")
    declaration: Mapped[str | None] = mapped_column(Text)
    submission_hash: Mapped[str]
    n_bytes: Mapped[int] = mapped_column(BigInteger)
    forecast_hash: Mapped[str | None]
    cost: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(default="queued")
    problems: Mapped[str | None] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(default="shown")
    remark: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[str]

    task: Mapped[TaskRow] = relationship()
    author: Mapped[AuthorRow] = relationship()
    scores: Mapped[list[ScoreRow]] = relationship(back_populates="entry", order_by="ScoreRow.id")


class JobRow(Table):
    """An entry that waits to be scored, or is; gone when that ended. A worker holds it until `lease_until`."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    worker: Mapped[str | None]
    lease_until: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[str]

    entry: Mapped[EntryRow] = relationship()


class ScoreRow(Table):
    """What scoring said, bound to what was scored: task, truth, forecasts and the version of the scorer."""

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("entry_id", "binding", name="uq_score_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    binding: Mapped[str]
    task_hash: Mapped[str]
    truth_hash: Mapped[str | None]
    forecast_hash: Mapped[str]
    scorer: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    samples_hash: Mapped[str]
    scored_at: Mapped[str]
    duration_s: Mapped[float]

    entry: Mapped[EntryRow] = relationship(back_populates="scores")


class UploadRow(Table):
    """A submission on its way in pieces: what has come of its `length` bytes lies in a file named after its id."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    length: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))


class AnsweredRow(Table):
    """What a request with an idempotency key was answered, to be answered again."""

    __tablename__ = "answered"
    __table_args__ = (UniqueConstraint("author_id", "key", name="uq_answered_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    key: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str]


class AuditRow(Table):
    """Who did what, when: only ever added to."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(index=True)
    who: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(Text, default="{}")
