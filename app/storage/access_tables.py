"""The tables of the doors: who may come in, by what, and what was answered to whom."""

from datetime import datetime

from sqlalchemy import DateTime, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.storage.tables import now


class UserRow(SQLModel, table=True):
    """A person. `role` holds for the whole instance."""

    __tablename__ = "person"  # "user" is reserved in Postgres

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=120)
    role: str = Field(max_length=20)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    # Which keys they have changed, as JSON: {"A": "approve"}; empty for the usual ones.
    keys: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})


class LoginLinkRow(SQLModel, table=True):
    """A one-time link. Only the hash of its secret is kept."""

    __tablename__ = "login_link"

    hash: str = Field(primary_key=True, max_length=64)
    user_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))


class SessionRow(SQLModel, table=True):
    """A browser that is logged in. Only the hash of its cookie is kept."""

    __tablename__ = "session"

    hash: str = Field(primary_key=True, max_length=64)
    user_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    seen_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class TokenRow(SQLModel, table=True):
    """An API token. Shown once; only the hash of its secret is kept."""

    __tablename__ = "token"

    id: str = Field(primary_key=True, max_length=16)
    name: str = Field(max_length=120)
    hash: str = Field(max_length=64)
    role: str = Field(max_length=20)
    dataset_id: int | None = Field(default=None, foreign_key="dataset.id", ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    expires_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    used_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class AnswerRow(SQLModel, table=True):
    """The answer once given to an Idempotency-Key, stored in the transaction it reports."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("actor", "key"),)

    id: int = Field(default=None, primary_key=True)
    actor: str = Field(max_length=120)
    key: str = Field(max_length=200)
    request_hash: str = Field(max_length=64)
    status: int
    body: str = Field(sa_type=Text)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
