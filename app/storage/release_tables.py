"""The tables of what leaves the house: frozen versions and exports."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.storage.tables import BigKey, JobState, Status, choice, now


class VersionRow(SQLModel, table=True):
    """A frozen list of samples: what a fine-tuning job can cite."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("dataset_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    number: int
    name: str = Field(default="", max_length=200)
    note: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    query: str = Field(default="", sa_type=Text)
    # What a data set card says of the samples as they were: {status: {column: {value: count}}}.
    facts: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default=text("'{}'"))
    )
    rows: int
    hash: str = Field(max_length=64)
    actor: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class VersionItemRow(SQLModel, table=True):
    """One sample of a version, with the revision it had."""

    __tablename__ = "version_item"

    version_id: int = Field(foreign_key="version.id", primary_key=True, ondelete="CASCADE")
    sample_id: int = Field(sa_column=Column(BigKey, primary_key=True, autoincrement=False))
    revision: int
    fingerprint: str = Field(max_length=64)
    status: Status = Field(sa_type=choice(Status))


class VersionUseRow(SQLModel, table=True):
    """What somebody trained on a version: a name, or an address."""

    __tablename__ = "version_use"

    id: int = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="version.id", index=True, ondelete="CASCADE")
    used_by: str = Field(max_length=500)
    actor: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class DealingRow(SQLModel, table=True):
    """How the samples of a version were checked, thinned and split under one set of options.

    It is kept, so that a repeat deals alike after the board was redrawn. `parts` is a compressed
    byte a sample, by id: 0 left out, 1 capped, 2 train, 3 validation, 4 test.
    """

    __tablename__ = "dealing"

    version_id: int = Field(foreign_key="version.id", primary_key=True, ondelete="CASCADE")
    key: str = Field(primary_key=True, max_length=64)
    parts: bytes = Field(sa_type=LargeBinary)
    told: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class ExportRow(SQLModel, table=True):
    """Files for a trainer, made from one version."""

    __tablename__ = "export"

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", index=True, ondelete="CASCADE")
    version_id: int = Field(foreign_key="version.id")
    job_id: int | None = None
    format: str = Field(max_length=40)
    options: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: JobState = Field(default=JobState.QUEUED, sa_type=choice(JobState))
    total: int = 0  # samples asked for; what is not in `rows` in the end was left out
    rows: int = 0
    failures: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    files: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    # What became of the samples: splits, tokens, what was capped (curation/export_outcome).
    told: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default=text("'{}'"))
    )
    actor: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
