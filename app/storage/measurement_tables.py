"""The tables of what the gauges read."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Index, Text
from sqlmodel import Field, SQLModel

from app.storage.tables import now


class MeasuredQueryRow(SQLModel, table=True):
    """A query, in normal form, whose samples somebody wanted to have measured by themselves."""

    __tablename__ = "measured_query"

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", index=True, ondelete="CASCADE")
    query: str = Field(sa_type=Text)


class MeasurementRow(SQLModel, table=True):
    """What one gauge read of samples on a frame: of a version's, of a query's, or else of all.

    `low` and `high` are what random draws from the target would score, where that is known.
    """

    __tablename__ = "measurement"
    __table_args__ = (
        Index("ix_measurement_dataset", "dataset_id", "version_id", "name"),
        Index("ix_measurement_frame", "frame_id"),
    )

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    frame_id: int = Field(foreign_key="frame.id", ondelete="CASCADE")
    version_id: int | None = Field(default=None, foreign_key="version.id", ondelete="CASCADE")
    # Goes with its query by hand: SQLite could not drop a column that refers to another table.
    query_id: int | None = None
    name: str = Field(max_length=40)
    value: float
    low: float | None = None
    high: float | None = None
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
