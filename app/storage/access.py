"""Queries about who may come in: one-time links, browser sessions, API tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, or_, true, update
from sqlmodel import Session, col, func, select

from app.storage.access_tables import LoginLinkRow, SessionRow, TokenRow, UserRow
from app.storage.tables import DatasetRow, JobRow, SampleRow, now

IDLE = timedelta(hours=12)
LIFETIME = timedelta(days=14)
# A use is written down at most this often, so that reading stays reading.
NOTE_EVERY = timedelta(minutes=1)


class Role(StrEnum):
    """What somebody may do; each role may do all that the ones before it may."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    CURATOR = "curator"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what the needed one may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)

    def at_most(self, other: "Role") -> "Role":
        """The lower of the two."""
        return other if self.covers(other) else self


@dataclass(frozen=True, slots=True)
class Visit:
    """A live session: whose it is, and whether its last use should be written down again."""

    user_id: int
    name: str
    role: str
    stale: bool
    keys: str = ""


def add_login_link(session: Session, user_id: int, digest: str, expires_at: datetime) -> None:
    """Add a one-time link; links that nobody used in time go."""
    session.execute(delete(LoginLinkRow).where(col(LoginLinkRow.expires_at) <= now()))
    session.add(LoginLinkRow(hash=digest, user_id=user_id, expires_at=expires_at))
    session.flush()


def take_login_link(session: Session, digest: str) -> int | None:
    """Use the link up: the id of its person, or None. Of two who try at once, one gets it."""
    taken = session.execute(
        delete(LoginLinkRow)
        .where(col(LoginLinkRow.hash) == digest, col(LoginLinkRow.expires_at) > now())
        .returning(col(LoginLinkRow.user_id))
    )
    user_id: int | None = taken.scalar_one_or_none()
    return user_id


def add_session(session: Session, row: SessionRow) -> None:
    """Add a browser session; sessions that have ended go."""
    session.execute(delete(SessionRow).where(_ended()))
    session.add(row)
    session.flush()


def sessions_of(session: Session, user_id: int) -> Sequence[SessionRow]:
    """The browsers in which a person is logged in, the last used first."""
    query = select(SessionRow).where(SessionRow.user_id == user_id, ~_ended())
    return session.exec(query.order_by(col(SessionRow.seen_at).desc())).all()


def remove_sessions_of(session: Session, user_id: int, *, keep: str = "") -> None:
    """End all sessions of a person, but for the one with this hash; unused links go too."""
    session.execute(
        delete(SessionRow).where(col(SessionRow.user_id) == user_id, col(SessionRow.hash) != keep)
    )
    session.execute(delete(LoginLinkRow).where(col(LoginLinkRow.user_id) == user_id))


def remove_one_session_of(session: Session, user_id: int, key: str) -> None:
    """End the person's session whose hash begins like this."""
    begins = func.substr(SessionRow.hash, 1, 16) == key
    session.execute(delete(SessionRow).where(col(SessionRow.user_id) == user_id, begins))


def find_session(session: Session, digest: str) -> Visit | None:
    """Return who is logged in with this session, or None if it has ended."""
    stale = col(SessionRow.seen_at) < now() - NOTE_EVERY
    query = (
        select(UserRow, stale)
        .join(SessionRow, col(SessionRow.user_id) == UserRow.id)
        .where(SessionRow.hash == digest, ~_ended(), col(UserRow.left_at).is_(None))
    )
    row = session.exec(query).one_or_none()
    if row is None:
        return None
    person, is_stale = row
    return Visit(person.id, person.name, person.role, bool(is_stale), person.keys)


def save_keys(session: Session, name: str, keys: str) -> None:
    """Keep which keys this person has changed."""
    session.execute(update(UserRow).where(col(UserRow.name) == name).values(keys=keys))


def note_session(session: Session, digest: str) -> None:
    """Write down that the session was used just now."""
    session.execute(update(SessionRow).where(col(SessionRow.hash) == digest).values(seen_at=now()))


def remove_session(session: Session, digest: str) -> None:
    """End one session."""
    session.execute(delete(SessionRow).where(col(SessionRow.hash) == digest))


def add_token(session: Session, row: TokenRow) -> None:
    """Add an API token."""
    session.add(row)
    session.flush()


def find_token(session: Session, token_id: str) -> tuple[TokenRow, bool] | None:
    """Return a token that is in force, with whether its last use is worth noting; or None."""
    never_used = col(TokenRow.used_at).is_(None)
    stale = or_(never_used, col(TokenRow.used_at) < now() - NOTE_EVERY)
    never_ends = col(TokenRow.expires_at).is_(None)
    query = select(TokenRow, stale).where(
        TokenRow.id == token_id,
        col(TokenRow.revoked_at).is_(None),
        or_(never_ends, col(TokenRow.expires_at) > now()),
    )
    row = session.exec(query).one_or_none()
    return None if row is None else (row[0], bool(row[1]))


def note_token(session: Session, token_id: str) -> None:
    """Write down that the token was used just now."""
    session.execute(update(TokenRow).where(col(TokenRow.id) == token_id).values(used_at=now()))


def revoke_token(session: Session, token_id: str, *, user_id: int | None = None) -> bool:
    """Take a token (of this person, if given) out of force; False when there was none."""
    whose = true() if user_id is None else col(TokenRow.user_id) == user_id
    revoked = session.execute(
        update(TokenRow)
        .where(col(TokenRow.id) == token_id, col(TokenRow.revoked_at).is_(None), whose)
        .values(revoked_at=now())
        .returning(col(TokenRow.id))
    )
    return revoked.scalar_one_or_none() is not None


def tokens(session: Session, *, user_id: int | None = None) -> Sequence[TokenRow]:
    """Every token that was ever given out (to this person, if given), the newest first."""
    whose = true() if user_id is None else col(TokenRow.user_id) == user_id
    return session.exec(
        select(TokenRow).where(whose).order_by(col(TokenRow.created_at).desc())
    ).all()


def dataset_of_slug(session: Session, slug: str) -> int | None:
    """The data set with this address, in the trash or not."""
    return session.exec(select(DatasetRow.id).where(DatasetRow.slug == slug)).first()


def dataset_of_sample(session: Session, sample_id: int) -> int | None:
    """The data set that a sample belongs to."""
    return session.exec(select(SampleRow.dataset_id).where(SampleRow.id == sample_id)).first()


def dataset_of_job(session: Session, job_id: int) -> int | None:
    """The data set that a job works on."""
    return session.exec(select(JobRow.dataset_id).where(JobRow.id == job_id)).first()


def _ended() -> ColumnElement[bool]:
    return or_(
        col(SessionRow.seen_at) <= now() - IDLE, col(SessionRow.created_at) <= now() - LIFETIME
    )
