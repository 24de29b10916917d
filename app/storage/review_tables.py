"""The tables of the review: who looks at which sample now, and how samples are labelled."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Index, Text
from sqlmodel import Field, SQLModel


class LeaseRow(SQLModel, table=True):
    """A sample that somebody has before them in the queue; nobody else gets it until then."""

    __tablename__ = "lease"
    __table_args__ = (Index("ix_lease_dataset", "dataset_id", "until"),)

    sample_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    actor: str = Field(max_length=120)
    until: datetime = Field(sa_type=DateTime(timezone=True))


class LabelSchemeRow(SQLModel, table=True):
    """How the samples of a data set are labelled: a guideline, and the labels in order."""

    __tablename__ = "label_scheme"

    dataset_id: int = Field(primary_key=True, foreign_key="dataset.id", ondelete="CASCADE")
    version: int = 1
    guideline: str = Field(default="", sa_type=Text)
    labels: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
