"""Queries about who may come in: people, one-time links, browser sessions, API tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, or_, update
from sqlmodel import Session, col, select

from app.storage.access_tables import LoginLinkRow, SessionRow, TokenRow, UserRow
from app.storage.tables import JobRow, SampleRow, now

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


@dataclass(frozen=True, slots=True)
class Visit:
    """A live session or token, and whether its last use should be written down again."""

    name: str
    role: str
    stale: bool
    keys: str = ""


def add_user(session: Session, name: str, role: Role) -> UserRow:
    """Add a person."""
    row = UserRow(name=name, role=role.value)
    session.add(row)
    session.flush()
    return row


def find_user(session: Session, name: str) -> UserRow | None:
    """Return the person of this name, or None."""
    return session.exec(select(UserRow).where(UserRow.name == name)).one_or_none()


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


def add_session(session: Session, user_id: int, digest: str) -> None:
    """Add a browser session; sessions that have ended go."""
    session.execute(delete(SessionRow).where(_ended()))
    session.add(SessionRow(hash=digest, user_id=user_id))
    session.flush()


def find_session(session: Session, digest: str) -> Visit | None:
    """Return who is logged in with this session, or None if it has ended."""
    stale = col(SessionRow.seen_at) < now() - NOTE_EVERY
    query = (
        select(UserRow.name, UserRow.role, stale, UserRow.keys)
        .join(SessionRow, col(SessionRow.user_id) == UserRow.id)
        .where(SessionRow.hash == digest, ~_ended())
    )
    row = session.exec(query).one_or_none()
    return None if row is None else Visit(row[0], row[1], bool(row[2]), row[3])


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


def revoke_token(session: Session, token_id: str) -> bool:
    """Take a token out of force; False when there was none in force."""
    revoked = session.execute(
        update(TokenRow)
        .where(col(TokenRow.id) == token_id, col(TokenRow.revoked_at).is_(None))
        .values(revoked_at=now())
        .returning(col(TokenRow.id))
    )
    return revoked.scalar_one_or_none() is not None


def tokens(session: Session) -> Sequence[TokenRow]:
    """Every token that was ever given out, the newest first."""
    return session.exec(select(TokenRow).order_by(col(TokenRow.created_at).desc())).all()


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
