"""The table of what the gauges read."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Index
from sqlmodel import Field, SQLModel

from app.storage.tables import now


class MeasurementRow(SQLModel, table=True):
    """What one gauge read of a data set on a frame; with a version, as it was when that froze.

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
    name: str = Field(max_length=40)
    value: float
    low: float | None = None
    high: float | None = None
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
