"""The tables that help to find: counts of what can be filtered, and views somebody saved.

The index of words, `sample_words`, is no table in SQLite, so it has no class: see text_search.
"""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.storage.tables import Origin, Status, choice, now


class FacetCountRow(SQLModel, table=True):
    """How many samples are alike in everything that can be filtered; triggers keep it true."""

    __tablename__ = "facet_count"

    dataset_id: int = Field(primary_key=True)
    deleted: bool = Field(primary_key=True)
    status: Status = Field(primary_key=True, sa_type=choice(Status))
    origin: Origin = Field(primary_key=True, sa_type=choice(Origin))
    label: str = Field(primary_key=True, max_length=200)
    source: str = Field(primary_key=True, max_length=200)
    split: str = Field(primary_key=True, max_length=50)
    language: str = Field(primary_key=True, max_length=20)
    samples: int = Field(sa_type=BigInteger)


class SavedViewRow(SQLModel, table=True):
    """A query under a name, for everybody who works on the data set."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: int = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    name: str = Field(max_length=100)
    query: str = Field(sa_type=Text)  # in normal form
    sort: str = Field(default="", max_length=20)
    actor: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
