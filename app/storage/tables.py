"""The tables of a data set's life, and nothing but the tables.

The board's are in board_tables, versions and exports in release_tables, the
doors in access_tables.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Enum,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field, SQLModel

BigKey = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by INTEGER only


def choice(kind: type[StrEnum]) -> Enum:
    """A column that holds one value of the enum, as plain text in either database."""
    return Enum(
        kind, native_enum=False, length=20, values_callable=lambda it: [e.value for e in it]
    )


def now() -> datetime:
    """The current time, always in UTC."""
    return datetime.now(UTC)


class Status(StrEnum):
    """What people decided about a sample; everything else obeys it."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    NEEDS_WORK = "needs_work"


class Origin(StrEnum):
    """Who wrote a sample."""

    HUMAN = "human"
    SYNTHETIC = "synthetic"
    EDITED = "edited"
    UNKNOWN = "unknown"


class UploadState(StrEnum):
    """Where an upload is in its life: received -> parsing -> done or failed.

    One that is still looked at before its samples are kept comes by
    sending -> waiting -> checking -> checked -> received.
    """

    SENDING = "sending"  # its parts arrive
    WAITING = "waiting"  # somebody says how it is to be read
    CHECKING = "checking"
    CHECKED = "checked"  # its counts say what would become of it
    RECEIVED = "received"
    PARSING = "parsing"
    DONE = "done"
    FAILED = "failed"


class JobState(StrEnum):
    """Where a job is in its life: queued -> running -> done, failed or cancelled."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DatasetRow(SQLModel, table=True):
    """A data set for one specialised task."""

    __tablename__ = "dataset"

    id: int = Field(default=None, primary_key=True)  # None until flushed
    slug: str = Field(unique=True, max_length=80)
    name: str = Field(max_length=200)
    task: str = Field(default="", sa_type=Text)
    side: str = Field(default="input", max_length=10)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    changed_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    deleted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    event_head: str = Field(default="", max_length=64)  # the hash of the newest event
    # How many people must judge each sample before its status follows them.
    overlap: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class UploadRow(SQLModel, table=True):
    """A file somebody sent. Its bytes lie in the spool under `spool_name`."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("actor", "idempotency_key"),)

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", index=True, ondelete="CASCADE")
    actor: str = Field(max_length=120)
    idempotency_key: str | None = Field(default=None, max_length=200)
    filename: str = Field(default="", max_length=255)  # a label only, never a path
    purpose: str = Field(default="samples", max_length=20)  # or "target"
    # Roles of columns as JSON; empty where the fields speak for themselves.
    mapping: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    # A dialect that the sender names; empty where the content tells it.
    read_as: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    all_or_nothing: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    spool_name: str = Field(max_length=80)
    bytes: int = Field(sa_type=BigInteger)
    sha256: str = Field(max_length=64)
    state: UploadState = Field(default=UploadState.RECEIVED, sa_type=choice(UploadState))
    error: str = Field(default="", sa_type=Text)
    container: str = Field(default="", max_length=20)
    dialect: str = Field(default="", max_length=40)
    lines: int = 0
    accepted: int = 0
    updated: int = 0
    duplicate: int = 0
    rejected: int = 0
    blank: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class RejectRow(SQLModel, table=True):
    """A record that could not be read: quarantined, downloadable, never lost."""

    __tablename__ = "reject"
    __table_args__ = (UniqueConstraint("upload_id", "position"),)

    id: int = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    upload_id: int = Field(foreign_key="upload.id", ondelete="CASCADE")
    position: int  # which record of the file, from 0
    line: int
    offset: int = Field(sa_type=BigInteger)
    code: str = Field(max_length=40)
    reason: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)


FACETS = ("label", "source", "split", "language")
IS_NAMED = text("external_id <> ''")
"""As the index of external ids says it: a query that does not say it too reads every sample."""


class SampleRow(SQLModel, table=True):
    """One sample. `raw` is the record as it came; `messages` is its head revision.

    The wide columns stand last, so that lists read few pages.
    """

    __tablename__ = "sample"
    __table_args__ = (
        UniqueConstraint("dataset_id", "fingerprint"),
        UniqueConstraint("upload_id", "position"),
        Index("ix_sample_status", "dataset_id", "status", "id"),
        # Lists and counts read these instead of the wide rows: 10 ms instead of 800 at 100,000.
        Index("ix_sample_listed", "dataset_id", "deleted", "status", "id", *FACETS, "origin"),
        *(Index(f"ix_sample_{name}", "dataset_id", "deleted", name, "id") for name in FACETS),
        # A list in any order goes on from where it stopped, however far down that is.
        Index("ix_sample_order", "dataset_id", "deleted", "id"),
        Index("ix_sample_length", "dataset_id", "deleted", "length", "id"),
        Index("ix_sample_changed", "dataset_id", "deleted", "changed_ms", "id"),
        Index(
            "ix_sample_external",
            "dataset_id",
            "external_id",
            unique=True,
            sqlite_where=IS_NAMED,
            postgresql_where=IS_NAMED,
        ),
        Index(
            "ix_sample_family",
            "dataset_id",
            "family",
            sqlite_where=text("family <> ''"),
            postgresql_where=text("family <> ''"),
        ),
    )

    id: int = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    upload_id: int = Field(foreign_key="upload.id")
    position: int  # which record of the upload, from 0
    external_id: str = Field(default="", max_length=200)
    fingerprint: str = Field(max_length=64)  # of the head revision's messages
    input_hash: str = Field(max_length=32)
    output_hash: str = Field(max_length=32)
    version: int = 1  # grows with every change of any kind; If-Match looks at it
    revision: int = 1  # grows with every change of the text
    status: Status = Field(default=Status.PENDING, sa_type=choice(Status))
    origin: Origin = Field(default=Origin.UNKNOWN, sa_type=choice(Origin))
    label: str = Field(default="", max_length=200)
    source: str = Field(default="", max_length=200)
    split: str = Field(default="", max_length=50)
    language: str = Field(default="", max_length=20)
    turns: int = 0
    length: int = 0  # characters of all turns
    deleted: bool = False
    dialect: str = Field(max_length=40)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    # When a person last changed anything about it, in milliseconds since 1970; 0: never.
    changed_ms: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )
    preview: str = Field(default="", max_length=400)
    messages: str = Field(sa_type=Text)
    extra: str = Field(default="{}", sa_type=Text)  # unknown columns, as JSON
    raw: str = Field(sa_type=Text)
    # What it is beside its messages, as JSON; empty for a plain conversation.
    rest: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    # What reviewers say beside the status. Written as review_fold.marks_of reads them: "|a|b|".
    flagged: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    quality: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # 1..5, 0: not rated
    marks: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": ""})
    # What it was made from, by external id, or a name that a family shares.
    family: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})


class RevisionRow(SQLModel, table=True):
    """One text a sample has had. Written at its first edit (the original) and at each edit."""

    __tablename__ = "revision"

    sample_id: int = Field(sa_column=Column(BigKey, primary_key=True, autoincrement=False))
    number: int = Field(primary_key=True)
    fingerprint: str = Field(max_length=64)
    messages: str = Field(sa_type=Text)
    rest: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    actor: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class EventRow(SQLModel, table=True):
    """Something that happened to a data set. Never updated, never deleted: triggers refuse it.

    `hash` is sha256(prev_hash + the event's own canonical JSON), a chain per data set.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_sample", "sample_id", "seq"),
        Index("ix_event_batch", "batch"),
        Index("ix_event_actor", "dataset_id", "actor", "seq"),
    )

    seq: int = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    dataset_id: int = Field(index=True)
    sample_id: int | None = Field(default=None, sa_type=BigInteger)
    batch: str = Field(max_length=32)  # one act of one person, undone as one
    actor: str = Field(max_length=120)
    kind: str = Field(max_length=30)
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    prev_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)
    at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class JobRow(SQLModel, table=True):
    """A piece of work under a lease. It carries ids, never data."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_claim", "state", "lease_until"),)

    id: int = Field(default=None, primary_key=True)
    kind: str = Field(max_length=30)
    dataset_id: int | None = Field(default=None, foreign_key="dataset.id", ondelete="CASCADE")
    params: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    title: str = Field(default="", max_length=300)
    state: JobState = Field(default=JobState.QUEUED, sa_type=choice(JobState))
    phase: str = Field(default="", max_length=60)
    done: int = 0
    total: int = 0
    attempt: int = 0  # grows with every claim; fences out a worker that lost its lease
    idle_attempts: int = 0  # claims since the last checkpoint; five of them fail the job
    seq: int = 0  # grows with every checkpoint
    cursor: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    actor: str = Field(default="", max_length=200)  # who asked; nobody for what follows by itself
    worker: str = Field(default="", max_length=80)
    lease_until: float = 0.0  # database time, seconds
    cancel: bool = False
    error: str = Field(default="", sa_type=Text)
    dedupe: str | None = Field(default=None, unique=True, max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    started_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
