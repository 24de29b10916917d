"""The tables of what is brought in by and by: parts of large uploads, remembered mappings."""

from datetime import datetime

from sqlalchemy import DateTime, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.storage.tables import now


class PartRow(SQLModel, table=True):
    """A part of an upload that is safely on disk. Parts are counted from 1."""

    __tablename__ = "upload_part"

    upload_id: int = Field(foreign_key="upload.id", ondelete="CASCADE", primary_key=True)
    number: int = Field(primary_key=True)
    bytes: int
    sha256: str = Field(max_length=64)


class MappingRow(SQLModel, table=True):
    """How files with certain columns are read into a data set, under a name.

    `signature` is the same for all files that have these columns.
    """

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    name: str = Field(max_length=80)
    signature: str = Field(max_length=32)
    read_as: str = Field(default="", max_length=40)
    columns: str = Field(sa_type=Text)  # roles by column, as JSON
    actor: str = Field(max_length=120)
    used_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
