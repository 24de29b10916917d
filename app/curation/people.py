"""People: the first admin, invitations, links for new passwords, roles, and who has left."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from app.curation import access, audit, logins, passwords
from app.curation.access import Browser
from app.curation.audit import Kind
from app.errors import ConflictError, ForbiddenError, InvalidError
from app.storage import access as doors
from app.storage import datasets, people
from app.storage.access import Role
from app.storage.access_tables import InvitationRow, UserRow
from app.storage.database import Sessions
from app.storage.people import PersonNotFoundError
from app.storage.tables import now

INVITED_FOR, RESET_FOR, SETUP_FOR = timedelta(hours=72), timedelta(hours=24), timedelta(days=30)
NAME = re.compile(r"[\w](?:[\w .@'+-]{0,38}[\w.])?")
"""No sign that the names of tokens have, so that nobody looks like one."""


class PersonNameError(InvalidError):
    """A name has 1 to 40 letters, digits, spaces or . @ ' + - _ in it."""

    code = "person_name"


class NameTakenError(ConflictError):
    """Somebody has this name already, or had it before they left."""

    code = "name_taken"


class LastAdminError(ConflictError):
    """This is the last admin: make somebody else an admin first."""

    code = "last_admin"


class LinkUsedError(ForbiddenError):
    """This link has been used already, or it is too old. Ask for another one."""

    code = "link_used"


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a link will do, for the page that it opens."""

    purpose: str
    """"setup", "join" or "reset"."""
    name: str
    role: str
    dataset: str
    dataset_role: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom an admin asks in, and what they will be."""

    note: str = ""
    role: str = ""
    slug: str = ""
    dataset_role: str = ""


def is_set_up(session: Session) -> bool:
    """Whether there is an admin; until then nobody comes in."""
    return people.find_admin(session) is not None


def invite(session: Session, asked: Invitation, actor: str) -> str:
    """The secret of a link by which somebody new comes in; to be shown once.

    Raises:
        InvalidError: there is no such role.
        DatasetNotFoundError: there is no such data set.
    """
    role = access.role_of(asked.role).value if asked.role else ""
    dataset_id, local = None, ""
    if asked.slug:
        dataset_id = datasets.get(session, asked.slug).id
        local = access.role_of(asked.dataset_role).value
    secret = secrets.token_urlsafe(32)
    row = InvitationRow(
        hash=access.digest(secret), purpose="join", note=asked.note.strip()[:200], role=role,
        dataset_id=dataset_id, dataset_role=local, made_by=actor, expires_at=now() + INVITED_FOR,
    )  # fmt: skip
    people.add_invitation(session, row)
    audit.record(
        session, actor=actor, kind=Kind.PERSON_INVITED, subject=row.note,
        role=role, dataset=asked.slug, dataset_role=local,
    )  # fmt: skip
    return secret


def set_up(session: Session) -> str:
    """The secret of a link that makes the first admin."""
    secret = secrets.token_urlsafe(32)
    expires_at = now() + SETUP_FOR
    row = InvitationRow(
        hash=access.digest(secret), purpose="setup", role=Role.ADMIN.value, expires_at=expires_at
    )
    people.add_invitation(session, row)
    return secret


def is_good(session: Session, secret: str) -> bool:
    """Whether a link would still be taken."""
    return people.find_invitation(session, access.digest(secret)) is not None


def reset_link(session: Session, user_id: int, actor: str) -> str:
    """The secret of a link by which this person chooses a new password; shown once."""
    person = people.get(session, user_id)
    people.remove_invitations_of(session, user_id)
    secret = secrets.token_urlsafe(32)
    row = InvitationRow(
        hash=access.digest(secret), purpose="reset", user_id=user_id,
        made_by=actor, expires_at=now() + RESET_FOR,
    )  # fmt: skip
    people.add_invitation(session, row)
    audit.record(session, actor=actor, kind=Kind.PASSWORD_RESET, subject=person.name)
    return secret


def look_at_link(session: Session, secret: str, *, setup: bool) -> LinkView:
    """What a link will do.

    Raises:
        LinkUsedError: nothing, any more.
    """
    row = people.find_invitation(session, access.digest(secret))
    if row is None or (row.purpose == "setup") != setup:
        raise LinkUsedError
    name = people.get(session, row.user_id).name if row.user_id is not None else ""
    slug = datasets.slug_by_id(session, row.dataset_id) if row.dataset_id else ""
    return LinkView(row.purpose, name, row.role, slug, row.dataset_role)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What somebody enters who follows a link."""

    secret: str
    name: str
    password: str
    browser: Browser


def arrive(
    read: Sessions, write: Sessions, arrival: Arrival, *, setup: bool = False
) -> logins.Opened:
    """Do what the link is for, use it up, and log its person in.

    Raises:
        LinkUsedError: the link was used or is too old.
        PasswordError, PersonNameError, NameTakenError: nothing has happened, and the link is good.
    """
    with read() as session:
        link = look_at_link(session, arrival.secret, setup=setup)
    name = link.name or checked_name(arrival.name)
    passwords.check(arrival.password, name)
    hashed = passwords.hashed(arrival.password)
    with write() as session:
        row = people.find_invitation(session, access.digest(arrival.secret))
        if row is None or not people.take_invitation(session, row.hash):
            raise LinkUsedError
        person = _renewed(session, row) if row.user_id else _joined(session, row, name)
        people.note_password(session, person.id, hashed)
        return logins.open_for(session, person, arrival.browser, way=row.purpose)


def make_admin(session: Session, name: str, password: str) -> None:
    """The first admin by a password from a file, for machines that are set up by machines."""
    passwords.check(password, checked_name(name))
    row = UserRow(name=name.strip(), role=Role.ADMIN.value)
    person = _added(session, row, by="password file")
    people.note_password(session, person.id, passwords.hashed(password))


def change_role(session: Session, user_id: int, role: str, actor: str) -> None:
    """Give a person another role for the whole instance, "" for none; their sessions end.

    Raises:
        LastAdminError: nobody would be left to administer the instance.
    """
    person = people.get(session, user_id)
    new = access.role_of(role).value if role else ""
    if new == person.role:
        return
    if new != Role.ADMIN:
        _keep_an_admin(session, person)
    old, person.role = person.role, new
    doors.remove_sessions_of(session, user_id)
    told = {"old": old, "new": new}
    audit.record(session, actor=actor, kind=Kind.ROLE_CHANGED, subject=person.name, **told)


def remove(session: Session, user_id: int, actor: str) -> None:
    """Let a person leave: sessions, links and tokens end; what they did keeps their name.

    Raises:
        LastAdminError: nobody would be left to administer the instance.
    """
    person = people.get(session, user_id)
    _keep_an_admin(session, person)
    people.note_left(session, user_id, now())
    people.remove_invitations_of(session, user_id)
    doors.remove_sessions_of(session, user_id)
    audit.record(session, actor=actor, kind=Kind.PERSON_REMOVED, subject=person.name)


def bring_back(session: Session, user_id: int, actor: str) -> None:
    """Let somebody who left come in again, with the roles and the password they had."""
    person = people.get(session, user_id)
    people.note_left(session, user_id, None)
    audit.record(session, actor=actor, kind=Kind.PERSON_ADDED, subject=person.name, back=True)


def by_name(session: Session, name: str) -> UserRow:
    """The person of this name who has not left, or PersonNotFoundError."""
    person = people.find(session, name.strip())
    if person is None or person.left_at is not None:
        raise PersonNotFoundError(f"There is nobody here by the name of {name.strip()[:80]!r}.")
    return person


def checked_name(name: str) -> str:
    """The name without the spaces around it, or PersonNameError."""
    plain = name.strip()
    if not NAME.fullmatch(plain):
        raise PersonNameError
    return plain


def _renewed(session: Session, row: InvitationRow) -> UserRow:
    person = people.get(session, int(row.user_id or 0))
    if person.left_at is not None:
        raise LinkUsedError
    doors.remove_sessions_of(session, person.id)
    audit.record(session, actor=person.name, kind=Kind.PASSWORD_CHANGED, by="reset link")
    return person


def _joined(session: Session, row: InvitationRow, name: str) -> UserRow:
    if row.purpose == "setup":
        if is_set_up(session):
            raise LinkUsedError
        people.remove_setups(session)
    person = _added(session, UserRow(name=name, role=row.role), by=row.made_by or "setup")
    if row.dataset_id is not None:
        people.place(session, row.dataset_id, person.id, Role(row.dataset_role))
    return person


def _added(session: Session, row: UserRow, *, by: str) -> UserRow:
    if people.find(session, row.name) is not None:
        raise NameTakenError
    person = people.add(session, row)
    audit.record(
        session, actor=person.name, kind=Kind.PERSON_ADDED, subject=row.name, role=row.role, by=by
    )
    return person


def _keep_an_admin(session: Session, person: UserRow) -> None:
    admins = people.lock_admins(session)
    if person.id in admins and len(admins) == 1:
        raise LastAdminError
