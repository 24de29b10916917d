"""The tables of several people's work: who judged what, who is asked, who takes which part."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Index, Text
from sqlmodel import Field, SQLModel

from app.storage.tables import BigKey, now


class JudgementRow(SQLModel, table=True):
    """What one person decided about one sample, looked at alone; a later one counts instead.

    `batch` is the act, so that undoing it makes the judgement void.
    """

    __tablename__ = "judgement"
    __table_args__ = (
        Index("ix_judgement_sample", "sample_id", "actor"),
        Index("ix_judgement_person", "dataset_id", "actor", "at"),
        Index("ix_judgement_batch", "batch"),
    )

    id: int = Field(default=None, sa_column=Column(BigKey, primary_key=True))
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    sample_id: int = Field(sa_type=BigInteger)
    actor: str = Field(max_length=120)
    status: str = Field(max_length=20)
    batch: str = Field(max_length=32)
    void: bool = False
    at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class MentionRow(SQLModel, table=True):
    """Somebody named in a comment; the comment itself is the event `seq`."""

    __tablename__ = "mention"
    __table_args__ = (Index("ix_mention_name", "name", "seen_at"),)

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    sample_id: int = Field(sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)
    name: str = Field(max_length=120)
    seen_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class AssignmentRow(SQLModel, table=True):
    """A part of a data set, as a query, that one person is asked to do."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_person", "person", "done_at"),)

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", index=True, ondelete="CASCADE")
    person: str = Field(max_length=120)
    query: str = Field(default="", sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    asked_by: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    done_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
