"""The pages about people: everybody, and who belongs to one data set."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.curation import access, audit, browsing
from app.curation import people as persons
from app.curation.actors import Actor
from app.curation.audit import Kind
from app.curation.board_views import DatasetHead
from app.storage import datasets, jobs, people
from app.storage.access import Role
from app.storage.people import PersonNotFoundError

KEY_LENGTH = 16


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as a line of the list."""

    id: int
    name: str
    role: str
    email: str
    has_password: bool
    is_linked: bool
    datasets: int
    """In how many data sets they have a role of its own."""
    left: bool
    is_me: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation that waits."""

    key: str
    note: str
    role: str
    dataset: str
    dataset_role: str
    made_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Everything that templates/settings/users.html may show."""

    people: tuple[PersonView, ...]
    invitations: tuple[InvitationView, ...]
    datasets: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberView:
    """A person who may do something in one data set."""

    id: int
    name: str
    role: str
    everywhere: bool
    """The role is for the whole instance, and cannot be changed here."""


@dataclass(frozen=True, slots=True)
class MembersView:
    """Everything that templates/members/list.html may show."""

    head: DatasetHead
    members: tuple[MemberView, ...]
    roles: tuple[str, ...]
    others: tuple[str, ...]
    """The names of those who could be added; only who may add somebody is told them."""


def everybody(session: Session, me: int | None = None) -> PeopleView:
    """All people and the invitations that wait."""
    counts = people.count_memberships(session)
    shown = [
        PersonView(
            row.id, row.name, row.role, row.email, bool(row.password), row.subject is not None,
            counts.get(row.id, 0), row.left_at is not None, row.id == me, row.created_at,
        )
        for row in people.every(session)
    ]  # fmt: skip
    waiting = [
        InvitationView(
            row.hash[:KEY_LENGTH], row.note, row.role,
            datasets.slug_by_id(session, row.dataset_id) if row.dataset_id else "",
            row.dataset_role, row.made_by, row.expires_at,
        )
        for row in people.invitations(session)
    ]  # fmt: skip
    choices = tuple((row.slug, row.name) for row in datasets.all_of(session))
    return PeopleView(tuple(shown), tuple(waiting), choices, tuple(Role))


def take_back(session: Session, key: str, actor: str) -> None:
    """Take an invitation back; that it is gone already does not matter."""
    if people.remove_invitation(session, key):
        audit.record(session, actor=actor, kind=Kind.PERSON_INVITED, taken_back=True)


def members(session: Session, slug: str, actor: Actor) -> MembersView:
    """Who may do what in a data set: by a role of the instance, or by one here."""
    dataset = datasets.get(session, slug)
    local = {row.id: role for row, role in people.members(session, dataset.id)}
    shown, others = [], []
    for row in people.every(session):
        if row.left_at is not None:
            continue
        whole = Role(row.role) if row.role else None
        here = Role(local[row.id]) if row.id in local else None
        if whole and (here is None or whole.covers(here)):
            shown.append(MemberView(row.id, row.name, whole, everywhere=True))
        elif here:
            shown.append(MemberView(row.id, row.name, here, everywhere=False))
        if here is None and whole is not Role.ADMIN:
            others.append(row.name)
    head = DatasetHead(
        dataset.slug,
        dataset.name,
        browsing.counts_of(session, dataset).total,
        jobs.count_open(session),
    )
    may_add = actor.role is Role.ADMIN
    return MembersView(head, tuple(shown), tuple(Role), tuple(others) if may_add else ())


def place(session: Session, slug: str, name: str, role: str, actor: str) -> None:
    """Give somebody a role in the data set.

    Raises:
        PersonNotFoundError: there is nobody of this name.
        InvalidError: there is no such role.
    """
    dataset, person = datasets.get(session, slug), persons.by_name(session, name)
    granted = access.role_of(role)
    people.place(session, dataset.id, person.id, granted)
    audit.record(
        session, actor=actor, kind=Kind.ROLE_CHANGED, subject=person.name, dataset=slug, new=granted
    )


def displace(session: Session, slug: str, user_id: int, actor: str) -> None:
    """Take somebody's role in the data set away."""
    dataset, person = datasets.get(session, slug), people.get(session, user_id)
    if not people.displace(session, dataset.id, user_id):
        raise PersonNotFoundError
    audit.record(
        session, actor=actor, kind=Kind.ROLE_CHANGED, subject=person.name, dataset=slug, new=""
    )
