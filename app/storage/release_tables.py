"""The tables of what leaves the house: frozen versions and exports."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Text, UniqueConstraint
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
    query: str = Field(default="", sa_type=Text)
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
    actor: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
