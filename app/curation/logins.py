"""Logging in by name and password, and the browsers in which somebody is logged in."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.curation import access, audit, passwords
from app.curation.access import Browser
from app.curation.actors import Actor
from app.curation.audit import Kind
from app.errors import ForbiddenError
from app.storage import access as doors
from app.storage import people
from app.storage.access_tables import SessionRow, UserRow
from app.storage.database import Sessions

KEY_LENGTH = 16
"""So much of a session's hash names it on its owner's page; nobody gets in by it."""


class WrongPasswordError(ForbiddenError):
    """The name or the password is wrong."""

    code = "wrong_password"


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: the secret for the cookie, and whose it is."""

    secret: str
    name: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser in which the person is logged in."""

    key: str
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class MeView:
    """Everything that templates/settings/me.html may show."""

    name: str
    role: str
    email: str
    has_password: bool
    is_linked: bool
    """Whether the person may come in by the OpenID provider."""
    memberships: tuple[tuple[str, str, str], ...]
    """Slug, name and role of each data set in which they have a role of its own."""
    sessions: tuple[SessionView, ...]


def is_by_password(session: Session) -> bool:
    """Whether anybody can log in with a name and a password."""
    return people.has_passwords(session)


def knocking_as(name: str) -> str:
    """Under which name attempts are counted: capitals and spaces make no other person."""
    return name.strip().lower()[:80]


def log_in(read: Sessions, write: Sessions, name: str, password: str, browser: Browser) -> Opened:
    """A new session of the person with this name and password.

    Nobody is told which of the two was wrong, nor by the time it took.

    Raises:
        WrongPasswordError: there is no such person, or that is not the password.
    """
    with read() as session:
        person = people.find(session, name.strip())
    stored = person.password if person and person.left_at is None else ""
    if not passwords.fits(password[: passwords.LONGEST + 1], stored) or person is None:
        with write() as session:
            audit.record(session, actor=knocking_as(name), kind=Kind.LOGIN_FAILED)
        raise WrongPasswordError
    with write() as session:
        return open_for(session, person, browser, way="password")


def open_for(session: Session, person: UserRow, browser: Browser, *, way: str) -> Opened:
    """Log the person in, in this browser."""
    audit.record(session, actor=person.name, kind=Kind.LOGIN, way=way)
    return Opened(access.open_session(session, person.id, browser), person.name)


def change_password(
    read: Sessions, write: Sessions, actor: Actor, old: str, new: str, browser: Browser
) -> Opened:
    """Give oneself a new password; all sessions end, and this browser gets a new one.

    Raises:
        WrongPasswordError: the old one is not right; who has none yet needs none.
        PasswordError: the new one is too weak.
    """
    with read() as session:
        person = people.get(session, int(actor.user_id or 0))
    if person.password and not passwords.fits(old, person.password):
        raise WrongPasswordError("The old password is wrong.")
    passwords.check(new, person.name)
    hashed = passwords.hashed(new)
    with write() as session:
        people.note_password(session, person.id, hashed)
        people.remove_invitations_of(session, person.id)
        doors.remove_sessions_of(session, person.id)
        audit.record(session, actor=person.name, kind=Kind.PASSWORD_CHANGED)
        return Opened(access.open_session(session, person.id, browser), person.name)


def me(session: Session, actor: Actor) -> MeView:
    """The person's own page."""
    person = people.get(session, int(actor.user_id or 0))
    shown = [_show(row, actor.key) for row in doors.sessions_of(session, person.id)]
    return MeView(
        name=person.name,
        role=person.role,
        email=person.email,
        has_password=bool(person.password),
        is_linked=person.subject is not None,
        memberships=tuple(
            (row.slug, row.name, role) for row, role in people.memberships(session, person.id)
        ),
        sessions=tuple(shown),
    )


def end_session(session: Session, actor: Actor, key: str) -> None:
    """End one of one's own sessions."""
    doors.remove_one_session_of(session, int(actor.user_id or 0), key)
    audit.record(session, actor=actor.name, kind=Kind.SESSIONS_ENDED, which="one")


def end_other_sessions(session: Session, actor: Actor) -> None:
    """Log oneself out everywhere but here."""
    doors.remove_sessions_of(session, int(actor.user_id or 0), keep=actor.key)
    audit.record(session, actor=actor.name, kind=Kind.SESSIONS_ENDED, which="all others")


def _show(row: SessionRow, here: str) -> SessionView:
    key = row.hash[:KEY_LENGTH]
    return SessionView(
        key, row.agent, row.address, row.created_at, row.seen_at, is_this=row.hash == here
    )
