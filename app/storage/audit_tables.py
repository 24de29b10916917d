"""The table of the audit log, which triggers keep from being changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Index
from sqlmodel import Field, SQLModel

from app.storage.tables import BigKey, now


class AuditRow(SQLModel, table=True):
    """One act that an admin may have to explain later.

    No foreign keys: what a line speaks of may be gone, the line stays.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_actor", "actor", "id"),
        Index("ix_audit_kind", "kind", "id"),
    )

    id: int = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    actor: str = Field(max_length=200)
    kind: str = Field(max_length=40)
    subject: str = Field(max_length=300)
    body: dict[str, Any] = Field(sa_type=JSON)
    ip: str = Field(max_length=60)
    request_id: str = Field(max_length=40)
