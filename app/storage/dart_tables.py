"""The tables of drawn darts: packed positions in drawing order, and what people have lassoed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.storage.tables import now


class DartLayoutRow(SQLModel, table=True):
    """Where all darts of one view of a frame lie. It can always be made again."""

    __tablename__ = "dart_layout"
    __table_args__ = (UniqueConstraint("frame_id", "view"),)

    id: int = Field(default=None, primary_key=True)
    frame_id: int = Field(foreign_key="frame.id", ondelete="CASCADE")
    view: str = Field(max_length=10)  # board, map or target (the target's points on the map)
    darts: int
    fingerprint: str = Field(max_length=32)  # of all bytes of its chunks
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class DartChunkRow(SQLModel, table=True):
    """CHUNK darts of a layout, a column each, little-endian: a million rows would be too slow."""

    __tablename__ = "dart_chunk"

    layout_id: int = Field(foreign_key="dart_layout.id", primary_key=True, ondelete="CASCADE")
    number: int = Field(primary_key=True)
    ids: bytes = Field(sa_type=LargeBinary)  # i64, samples
    x: bytes = Field(sa_type=LargeBinary)  # u16
    y: bytes = Field(sa_type=LargeBinary)  # u16
    cell: bytes = Field(sa_type=LargeBinary)  # u16
    flags: bytes = Field(sa_type=LargeBinary)  # u8
    levels: bytes = Field(sa_type=LargeBinary)  # u16, several a dart: what a count weighs


class SelectionRow(SQLModel, table=True):
    """What somebody drew round: polygons over one view of one frame."""

    __tablename__ = "selection"

    id: str = Field(primary_key=True, max_length=20)  # "s_" and a random part
    dataset_id: int = Field(foreign_key="dataset.id", index=True, ondelete="CASCADE")
    frame_id: int = Field(foreign_key="frame.id", ondelete="CASCADE")
    view: str = Field(max_length=10)
    drawn: str = Field(default="", max_length=32)  # which drawing of a map; a board has but one
    strokes: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    actor: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
