"""The tables of the doors: who may come in, by what, and what was answered to whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.storage.tables import now

EMPTY: dict[str, Any] = {"server_default": ""}


class UserRow(SQLModel, table=True):
    """A person. `role` holds for the whole instance; "" for none there.

    `issuer` and `subject` are who they are to an OpenID provider. A person who
    left stays as a row, so that nobody else can act under the name.
    """

    __tablename__ = "person"  # "user" is reserved in Postgres
    __table_args__ = (Index("uq_person_issuer_subject", "issuer", "subject", unique=True),)

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=120)
    role: str = Field(max_length=20)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    # Which keys they have changed, as JSON: {"A": "approve"}; empty for the usual ones.
    keys: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    password: str = Field(default="", max_length=200, sa_column_kwargs=EMPTY)  # its argon2 hash
    email: str = Field(default="", max_length=320, sa_column_kwargs=EMPTY)
    issuer: str | None = Field(default=None, max_length=300)
    subject: str | None = Field(default=None, max_length=300)
    left_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class MemberRow(SQLModel, table=True):
    """The role that a person has in one data set."""

    __tablename__ = "member"

    dataset_id: int = Field(primary_key=True, foreign_key="dataset.id", ondelete="CASCADE")
    user_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE", index=True)
    role: str = Field(max_length=20)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class InvitationRow(SQLModel, table=True):
    """A link that makes a person, or gives one a new password; it works once.

    `purpose` is "setup" (the first admin), "join" or "reset" (of `user_id`).
    Only the hash of its secret is kept.
    """

    __tablename__ = "invitation"

    hash: str = Field(primary_key=True, max_length=64)
    purpose: str = Field(max_length=10)
    note: str = Field(default="", max_length=200)  # whom it is for, in the inviter's words
    role: str = Field(default="", max_length=20)
    user_id: int | None = Field(default=None, foreign_key="person.id", ondelete="CASCADE")
    dataset_id: int | None = Field(default=None, foreign_key="dataset.id", ondelete="CASCADE")
    dataset_role: str = Field(default="", max_length=20)
    made_by: str = Field(default="", max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))


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
    agent: str = Field(default="", max_length=200, sa_column_kwargs=EMPTY)
    address: str = Field(default="", max_length=60, sa_column_kwargs=EMPTY)


class TokenRow(SQLModel, table=True):
    """An API token. Shown once; only the hash of its secret is kept.

    It may do what its role and its scopes allow, and never more than the person
    it belongs to. One made at the command line belongs to nobody.
    """

    __tablename__ = "token"

    id: str = Field(primary_key=True, max_length=16)
    name: str = Field(max_length=120)
    hash: str = Field(max_length=64)
    role: str = Field(max_length=20)
    scopes: str = Field(default="", max_length=60, sa_column_kwargs=EMPTY)  # "read upload"
    user_id: int | None = Field(default=None, foreign_key="person.id", ondelete="CASCADE")
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
