"""The tables of the board: vectors, targets, frozen frames and the darts in them."""

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
    true,
)
from sqlmodel import Field, SQLModel

from app.storage.tables import BigKey, now
from app.storage.vector_type import VectorType


class EmbeddingRow(SQLModel, table=True):
    """The vector of one text under one encoder: shared by every sample and data set."""

    __tablename__ = "embedding"  # "vector" is the name of a type in pgvector
    model_config = {"arbitrary_types_allowed": True}

    encoder: str = Field(primary_key=True, max_length=60)
    text_hash: str = Field(primary_key=True, max_length=32)
    vector: NDArray[np.float16] = Field(sa_column=Column(VectorType(), nullable=False))


class TargetRow(SQLModel, table=True):
    """What a data set should cover: a kind, and what it is made of.

    `definition` says it of `quotas` (facet, shares), of `dataset` (dataset, version, inputs) and of
    `probes` (probes). All but `itself` and `quotas` hold texts; while they are copied the target
    is not `ready`, and the older one stays in force.
    """

    __tablename__ = "target"

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", index=True, ondelete="CASCADE")
    kind: str = Field(max_length=20)
    side: str = Field(default="input", max_length=10)
    name: str = Field(default="", max_length=255)
    upload_id: int | None = Field(default=None, foreign_key="upload.id")
    definition: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default=text("'{}'"))
    )
    ready: bool = Field(
        default=True, sa_column=Column(Boolean, nullable=False, server_default=true())
    )
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))

    @property
    def holds_texts(self) -> bool:
        """Whether there are inputs to show; otherwise it is made from the data."""
        return self.kind not in ("itself", "quotas")


class ProbeRow(SQLModel, table=True):
    """An input that a language model proposed: proposed -> approved or dropped, by a person."""

    __tablename__ = "probe"
    __table_args__ = (UniqueConstraint("dataset_id", "text_hash"),)

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    text_hash: str = Field(max_length=32)
    text: str = Field(sa_type=Text)
    state: str = Field(default="proposed", max_length=20)
    model: str = Field(max_length=200)
    edited: bool = False
    actor: str = Field(default="", max_length=120)  # who decided
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class TargetTextRow(SQLModel, table=True):
    """One input of a target."""

    __tablename__ = "target_text"
    __table_args__ = (Index("ix_target_text_hash", "text_hash"),)

    target_id: int = Field(foreign_key="target.id", primary_key=True, ondelete="CASCADE")
    position: int = Field(primary_key=True)
    text_hash: str = Field(max_length=32)
    text: str = Field(sa_type=Text)


class FrameRow(SQLModel, table=True):
    """A frozen board: geometry, shares, topics and names. `arrays` is an npz file."""

    __tablename__ = "frame"
    __table_args__ = (UniqueConstraint("dataset_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    target_id: int = Field(foreign_key="target.id")
    number: int
    side: str = Field(max_length=10)
    encoder: str = Field(max_length=60)
    fitted_on: int  # rows of the target it was fitted on
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))  # names, measures
    arrays: bytes = Field(sa_type=LargeBinary)


class PlacementRow(SQLModel, table=True):
    """Where one sample lies in one frame."""

    __tablename__ = "placement"
    __table_args__ = (
        Index("ix_placement_cell", "frame_id", "cell"),
        Index("ix_placement_knot", "frame_id", "knot"),
        Index("ix_placement_similarity", "frame_id", "similarity", "sample_id"),
    )

    frame_id: int = Field(foreign_key="frame.id", primary_key=True, ondelete="CASCADE")
    sample_id: int = Field(sa_column=Column(BigKey, primary_key=True, autoincrement=False))
    text_hash: str = Field(max_length=32)  # of the text it was placed by
    cell: int  # -1: an outsider
    x: int
    y: int
    distance: float
    similarity: float = 0.0  # to its nearest other sample
    knot: int = -1  # which near-duplicate component, -1: none
    redundancy: int = -1  # order in which its cell would be cut, 0 first
    levels: bytes = Field(default=b"", sa_type=LargeBinary)  # u16 parts, for evidence.weigh
