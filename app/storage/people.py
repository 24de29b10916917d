"""Queries about people, the data sets they belong to, and invitations."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from app.errors import NotFoundError
from app.storage.access import Role
from app.storage.access_tables import InvitationRow, MemberRow, UserRow
from app.storage.tables import DatasetRow, now

# Rows that are loaded already are not compared again: SQLite gives times without a zone.
IN_THE_DATABASE = {"synchronize_session": False}


class PersonNotFoundError(NotFoundError):
    """There is no such person."""

    code = "person_not_found"


def get(session: Session, user_id: int) -> UserRow:
    """Return the person, or raise PersonNotFoundError."""
    row = session.get(UserRow, user_id)
    if row is None:
        raise PersonNotFoundError
    return row


def find(session: Session, name: str) -> UserRow | None:
    """Return the person of this name, whatever its capitals, or None; those who left too."""
    query = select(UserRow).where(func.lower(UserRow.name) == name.lower())
    return session.exec(query).first()


def find_by_subject(session: Session, issuer: str, subject: str) -> UserRow | None:
    """Return the person whom an OpenID provider knows by this, or None."""
    query = select(UserRow).where(UserRow.issuer == issuer, UserRow.subject == subject)
    return session.exec(query).one_or_none()


def every(session: Session) -> Sequence[UserRow]:
    """Every person, by name; those who left last."""
    gone = col(UserRow.left_at).is_not(None)
    return session.exec(select(UserRow).order_by(gone, func.lower(UserRow.name))).all()


def add(session: Session, row: UserRow) -> UserRow:
    """Add a person."""
    session.add(row)
    session.flush()
    return row


def has_passwords(session: Session) -> bool:
    """Whether anybody can log in with a password."""
    query = select(UserRow.id).where(UserRow.password != "", col(UserRow.left_at).is_(None))
    return session.exec(query.limit(1)).first() is not None


def lock_admins(session: Session) -> Sequence[int]:
    """The ids of all who administer the instance; they stay so until the transaction ends."""
    query = (
        select(UserRow.id)
        .where(UserRow.role == Role.ADMIN.value, col(UserRow.left_at).is_(None))
        .with_for_update()  # SQLite leaves it out: it has one writer
    )
    return session.exec(query).all()


def find_admin(session: Session, name: str = "") -> UserRow | None:
    """Return somebody who administers the instance, the one of this name first, or None."""
    query = select(UserRow).where(UserRow.role == Role.ADMIN.value, col(UserRow.left_at).is_(None))
    return session.exec(query.order_by(col(UserRow.name) != name, col(UserRow.id))).first()


def roles_of(session: Session, user_id: int) -> Mapping[int, Role]:
    """The roles that a person has in single data sets, by data set."""
    query = select(MemberRow.dataset_id, MemberRow.role).where(MemberRow.user_id == user_id)
    return {dataset_id: Role(role) for dataset_id, role in session.exec(query).all()}


def members(session: Session, dataset_id: int) -> Sequence[tuple[UserRow, str]]:
    """The people who have a role in this data set, with it, by name."""
    query = (
        select(UserRow, MemberRow.role)
        .join(MemberRow, col(MemberRow.user_id) == UserRow.id)
        .where(MemberRow.dataset_id == dataset_id, col(UserRow.left_at).is_(None))
        .order_by(func.lower(UserRow.name))
    )
    return [(person, role) for person, role in session.exec(query).all()]


def memberships(session: Session, user_id: int) -> Sequence[tuple[DatasetRow, str]]:
    """The data sets in which a person has a role, with it."""
    query = (
        select(DatasetRow, MemberRow.role)
        .join(MemberRow, col(MemberRow.dataset_id) == DatasetRow.id)
        .where(MemberRow.user_id == user_id, col(DatasetRow.deleted_at).is_(None))
        .order_by(DatasetRow.name)
    )
    return [(dataset, role) for dataset, role in session.exec(query).all()]


def count_memberships(session: Session) -> Mapping[int, int]:
    """In how many data sets each person has a role."""
    query = select(MemberRow.user_id, func.count()).group_by(col(MemberRow.user_id))
    return dict(session.exec(query).all())


def place(session: Session, dataset_id: int, user_id: int, role: Role) -> None:
    """Give the person this role in the data set, whatever it was before."""
    row = session.get(MemberRow, (dataset_id, user_id))
    if row is None:
        session.add(MemberRow(dataset_id=dataset_id, user_id=user_id, role=role.value))
    else:
        row.role = role.value
    session.flush()


def displace(session: Session, dataset_id: int, user_id: int) -> bool:
    """Take the person's role in the data set away; False when there was none."""
    taken = session.execute(
        delete(MemberRow)
        .where(col(MemberRow.dataset_id) == dataset_id, col(MemberRow.user_id) == user_id)
        .returning(col(MemberRow.user_id))
    )
    return taken.scalar_one_or_none() is not None


def add_invitation(session: Session, row: InvitationRow) -> None:
    """Add an invitation; those that nobody used in time go."""
    ended = delete(InvitationRow).where(col(InvitationRow.expires_at) <= now())
    session.execute(ended, execution_options=IN_THE_DATABASE)
    session.add(row)
    session.flush()


def find_invitation(session: Session, digest: str) -> InvitationRow | None:
    """Return an invitation that is still good, or None."""
    query = select(InvitationRow).where(
        InvitationRow.hash == digest, col(InvitationRow.expires_at) > now()
    )
    return session.exec(query).one_or_none()


def take_invitation(session: Session, digest: str) -> bool:
    """Use the invitation up. Of two who try at once, one gets it."""
    taken = session.execute(
        delete(InvitationRow)
        .where(col(InvitationRow.hash) == digest, col(InvitationRow.expires_at) > now())
        .returning(col(InvitationRow.hash)),
        execution_options=IN_THE_DATABASE,
    )
    return taken.scalar_one_or_none() is not None


def invitations(session: Session) -> Sequence[InvitationRow]:
    """The invitations that wait for somebody, the newest first."""
    query = select(InvitationRow).where(
        InvitationRow.purpose == "join", col(InvitationRow.expires_at) > now()
    )
    return session.exec(query.order_by(col(InvitationRow.created_at).desc())).all()


def remove_invitation(session: Session, key: str) -> bool:
    """Take back the invitation whose hash begins like this; False when there is none."""
    taken = session.execute(
        delete(InvitationRow)
        .where(func.substr(InvitationRow.hash, 1, 16) == key)
        .returning(col(InvitationRow.hash))
    )
    return taken.first() is not None


def remove_invitations_of(session: Session, user_id: int) -> None:
    """Take back every link that would give this person a new password."""
    session.execute(delete(InvitationRow).where(col(InvitationRow.user_id) == user_id))


def remove_setups(session: Session) -> None:
    """Take back every link that would make a first admin."""
    session.execute(delete(InvitationRow).where(col(InvitationRow.purpose) == "setup"))


def note_password(session: Session, user_id: int, hashed: str) -> None:
    """Store the hash of a person's password."""
    session.execute(update(UserRow).where(col(UserRow.id) == user_id).values(password=hashed))


def note_left(session: Session, user_id: int, moment: datetime | None) -> None:
    """Write down that the person left, or, with None, that they are back."""
    session.execute(update(UserRow).where(col(UserRow.id) == user_id).values(left_at=moment))
