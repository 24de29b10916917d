"""Who is asking: one-time links, browser sessions, API tokens.

A secret is 256 random bits. It is shown once and only its SHA-256 is stored,
so that a copy of the database opens no door.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from app.curation import audit
from app.curation.actors import PERSON, SCOPE_OF, TOKEN, Actor, Scope
from app.curation.audit import Kind
from app.errors import InvalidError, NotFoundError
from app.storage import access, people
from app.storage.access import Role
from app.storage.access_tables import SessionRow, TokenRow, UserRow
from app.storage.tables import now

LOCAL_ADMIN = "admin"
TOKEN_PREFIX = "dbt"  # noqa: S105  the visible beginning of every token, not a secret
NAME_LENGTH = 80


class TokenNotFoundError(NotFoundError):
    """There is no such token in force."""


class TokenNameError(InvalidError):
    """A token needs a name of 1 to 80 characters."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """An actor, by what they came in, and whether that use should be written down."""

    actor: Actor
    key: str
    stale: bool


@dataclass(frozen=True, slots=True)
class Browser:
    """What is known of the browser that logs in, and the session it had before."""

    agent: str = ""
    address: str = ""
    previous: str = ""


UNKNOWN = Browser()


@dataclass(frozen=True, slots=True)
class Leave:
    """What a token is made for."""

    ceiling: Role
    scopes: tuple[Scope, ...]
    user_id: int | None = None
    dataset_id: int | None = None


def new_login_link(session: Session, *, minutes: float = 15) -> str:
    """The secret of a one-time link for an admin; where there is none, one is added."""
    person = people.find_admin(session, LOCAL_ADMIN)
    person = person or people.add(session, UserRow(name=LOCAL_ADMIN, role=Role.ADMIN.value))
    return link_for(session, person.id, minutes=minutes)


def link_for(session: Session, user_id: int, *, minutes: float = 15) -> str:
    """The secret of a one-time link for this person."""
    secret = secrets.token_urlsafe(32)
    until = now() + timedelta(minutes=minutes)
    access.add_login_link(session, user_id, digest(secret), until)
    return secret


def log_in(session: Session, secret: str, browser: Browser = UNKNOWN) -> str | None:
    """Swap the secret of a one-time link for that of a new session; None if it is used or old."""
    user_id = access.take_login_link(session, digest(secret))
    if user_id is None:
        return None
    fresh = open_session(session, user_id, browser)
    _record(session, fresh, Kind.LOGIN, way="link")
    return fresh


def open_session(session: Session, user_id: int, browser: Browser) -> str:
    """The secret of a new session of this person.

    The session that the browser had before ends, whoever's it was.
    """
    access.remove_session(session, digest(browser.previous))
    fresh = secrets.token_urlsafe(32)
    agent, address = browser.agent[:200], browser.address[:60]
    row = SessionRow(hash=digest(fresh), user_id=user_id, agent=agent, address=address)
    access.add_session(session, row)
    return fresh


def log_out(session: Session, secret: str) -> None:
    """End the session."""
    _record(session, secret, Kind.LOGOUT)
    access.remove_session(session, digest(secret))


def _record(session: Session, secret: str, kind: Kind, **body: str) -> None:
    """Write into the audit log what whoever has this session did."""
    visit = access.find_session(session, digest(secret))
    if visit is not None:
        audit.record(session, actor=visit.name, kind=kind, **body)


def by_session(session: Session, secret: str) -> Recognised | None:
    """Who is logged in with this session."""
    key = digest(secret)
    visit = access.find_session(session, key)
    if visit is None:
        return None
    roles = people.roles_of(session, visit.user_id)
    actor = Actor(
        visit.name,
        _role(visit.role),
        PERSON,
        user_id=visit.user_id,
        key=key,
        roles=roles,
        keys=visit.keys,
    )
    return Recognised(actor, key, visit.stale)


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
    actor = _token_actor(session, row) if row and right else None
    return Recognised(actor, actor.key, stale) if actor else None


def _token_actor(session: Session, row: TokenRow) -> Actor | None:
    """What a token may do: what it was made for, and what its owner may do today."""
    ceiling = Role(row.role)
    # The id makes the name unique: nobody's acts pass for another's.
    actor = Actor(
        f"{row.name} (token {row.id})",
        ceiling,
        TOKEN,
        row.dataset_id,
        user_id=row.user_id,
        key=row.id,
        scopes=frozenset(Scope(word) for word in row.scopes.split()),
        ceiling=ceiling,
    )
    if row.user_id is None:
        return actor
    owner = people.get(session, row.user_id)
    whole = _role(owner.role)
    role = whole.at_most(ceiling) if whole else None
    gone = owner.left_at is not None
    return None if gone else replace(actor, role=role, roles=people.roles_of(session, owner.id))


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
    """A new API token of nobody in particular, for all that the role may do; to be shown once."""
    granted = role_of(role)
    scopes = [scope for least, scope in SCOPE_OF.items() if granted.covers(least)]
    return issue(session, name, Leave(granted, tuple(scopes), dataset_id=dataset_id), days=days)


def issue(session: Session, name: str, leave: Leave, *, days: float | None) -> str:
    """Store a new token; what is shown once.

    Raises:
        TokenNameError: the name is empty, too long, or holds what cannot be seen.
    """
    if not 1 <= len(name.strip()) <= NAME_LENGTH or not name.isprintable():
        raise TokenNameError
    token_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = TokenRow(
        id=token_id,
        name=name.strip(),
        hash=digest(secret),
        role=leave.ceiling.value,
        scopes=" ".join(leave.scopes),
        user_id=leave.user_id,
        dataset_id=leave.dataset_id,
        expires_at=None if days is None else now() + timedelta(days=days),
    )
    access.add_token(session, row)
    return f"{TOKEN_PREFIX}_{token_id}_{secret}"


def revoke_token(session: Session, token_id: str, *, user_id: int | None = None) -> None:
    """Take a token (of this person, if given) out of force, at once and for good.

    Raises:
        TokenNotFoundError: none of that id is in force.
    """
    if not access.revoke_token(session, token_id, user_id=user_id):
        raise TokenNotFoundError


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
        return access.dataset_of_slug(session, key)
    # Not str.isdigit: it takes digits that int() does not, and numbers no column holds.
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    return _OWNERS[kind](session, int(key))


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256. 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _role(word: str) -> Role | None:
    return Role(word) if word else None


_OWNERS: Mapping[str, Callable[[Session, int], int | None]] = {
    "samples": access.dataset_of_sample,
    "jobs": access.dataset_of_job,
}
