"""Who is asking: one-time links, browser sessions, API tokens.

A secret is 256 random bits. It is shown once and only its SHA-256 is stored,
so that a copy of the database opens no door.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.errors import InvalidError, NotFoundError
from app.storage import access, datasets
from app.storage.access import Role
from app.storage.access_tables import TokenRow
from app.storage.tables import now

LOCAL_ADMIN = "admin"
TOKEN_PREFIX = "dbt"  # noqa: S105  the visible beginning of every token, not a secret
NAME_LENGTH = 80
PERSON, TOKEN = "person", "token"


class TokenNotFoundError(NotFoundError):
    """There is no such token in force."""


class TokenNameError(InvalidError):
    """A token needs a name of 1 to 80 characters."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, and what they may do."""

    name: str
    role: Role
    kind: str
    dataset_id: int | None = None
    """The one data set that a bound token may reach; None for all."""
    keys: str = ""
    """Which keys a person has changed, as web.keys reads it."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """An actor, by what they came in, and whether that use should be written down."""

    actor: Actor
    key: str
    stale: bool


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as it may be shown: everything but its secret."""

    id: str
    name: str
    role: str
    dataset_id: int | None
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


def new_login_link(session: Session, *, minutes: float = 15) -> str:
    """The secret of a one-time link for the local admin, who is added at first use."""
    person = access.find_user(session, LOCAL_ADMIN)
    person = person or access.add_user(session, LOCAL_ADMIN, Role.ADMIN)
    return link_for(session, person.id, minutes=minutes)


def link_for(session: Session, user_id: int, *, minutes: float = 15) -> str:
    """The secret of a one-time link for this person."""
    secret = secrets.token_urlsafe(32)
    until = now() + timedelta(minutes=minutes)
    access.add_login_link(session, user_id, digest(secret), until)
    return secret


def log_in(session: Session, secret: str, *, previous: str = "") -> str | None:
    """Swap the secret of a one-time link for that of a new session; None if it is used or old.

    The session that the browser had before ends, whoever's it was.
    """
    user_id = access.take_login_link(session, digest(secret))
    if user_id is None:
        return None
    access.remove_session(session, digest(previous))
    fresh = secrets.token_urlsafe(32)
    access.add_session(session, user_id, digest(fresh))
    return fresh


def log_out(session: Session, secret: str) -> None:
    """End the session."""
    access.remove_session(session, digest(secret))


def by_session(session: Session, secret: str) -> Recognised | None:
    """Who is logged in with this session."""
    key = digest(secret)
    visit = access.find_session(session, key)
    if visit is None:
        return None
    return Recognised(
        Actor(visit.name, Role(visit.role), PERSON, keys=visit.keys), key, visit.stale
    )


def keep_keys(session: Session, name: str, keys: str) -> None:
    """Keep which keys this person has changed."""
    access.save_keys(session, name, keys)


def by_token(session: Session, token: str) -> Recognised | None:
    """Whose API token this is: `dbt_<id>_<secret>`."""
    prefix, _, rest = token.partition("_")
    token_id, _, secret = rest.partition("_")
    found = access.find_token(session, token_id) if prefix == TOKEN_PREFIX else None
    row, stale = found or (None, False)
    # An unknown id is compared too, so that it takes as long as a wrong secret.
    right = hmac.compare_digest(digest(secret), row.hash if row else digest(""))
    if row is None or not right:
        return None
    # The id makes the name unique: nobody's acts pass for another's.
    actor = Actor(f"{row.name} (token {row.id})", Role(row.role), TOKEN, row.dataset_id)
    return Recognised(actor, row.id, stale)


def note_visit(session: Session, recognised: Recognised) -> None:
    """Write down that the session or token was used just now."""
    if recognised.actor.kind == TOKEN:
        access.note_token(session, recognised.key)
    else:
        access.note_session(session, recognised.key)


def new_token(
    session: Session,
    name: str,
    role: str,
    *,
    dataset_id: int | None = None,
    days: float | None = None,
) -> str:
    """A new API token, to be shown once; bound to one data set and to some days, if given."""
    if not 1 <= len(name.strip()) <= NAME_LENGTH or not name.isprintable():
        raise TokenNameError
    token_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    expires_at = None if days is None else now() + timedelta(days=days)
    row = TokenRow(
        id=token_id,
        name=name.strip(),
        hash=digest(secret),
        role=role_of(role).value,
        dataset_id=dataset_id,
        expires_at=expires_at,
    )
    access.add_token(session, row)
    return f"{TOKEN_PREFIX}_{token_id}_{secret}"


def revoke_token(session: Session, token_id: str) -> None:
    """Take a token out of force, at once and for good.

    Raises:
        TokenNotFoundError: none of that id is in force.
    """
    if not access.revoke_token(session, token_id):
        raise TokenNotFoundError


def tokens(session: Session) -> tuple[TokenView, ...]:
    """Every token that was ever given out, the newest first."""
    return tuple(
        TokenView(
            row.id, row.name, row.role, row.dataset_id,
            row.created_at, row.expires_at, row.used_at, row.revoked_at,
        )
        for row in access.tokens(session)
    )  # fmt: skip


def role_of(name: str) -> Role:
    """The role of that name, or an InvalidError that lists them."""
    try:
        return Role(name)
    except ValueError:
        known = ", ".join(Role)
        raise InvalidError(f"There is no role {name!r}; the roles are {known}.") from None


def owner_of(session: Session, kind: str, key: str) -> int | None:
    """The id of the data set that a "datasets", "samples" or "jobs" key belongs to."""
    if kind == "datasets":
        found = datasets.find(session, key)
        return found.id if found else None
    # Not str.isdigit: it takes digits that int() does not, and numbers no column holds.
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    return _OWNERS[kind](session, int(key))


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256. 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


_OWNERS: Mapping[str, Callable[[Session, int], int | None]] = {
    "samples": access.dataset_of_sample,
    "jobs": access.dataset_of_job,
}
