"""People as an OpenID provider knows them: linked by issuer and subject, by nothing else."""

import re
from dataclasses import dataclass

from sqlmodel import Session

from app.curation import audit, logins
from app.curation.access import Browser
from app.curation.audit import Kind
from app.curation.logins import Opened
from app.errors import ConflictError, ForbiddenError
from app.storage import people
from app.storage.access_tables import UserRow

STRANGE = re.compile(r"[^\w.@'+-]+")


class NotAdmittedError(ForbiddenError):
    """Nobody here is linked with that account. Ask an admin for an invitation, then link it."""

    code = "not_admitted"


class LinkedElsewhereError(ConflictError):
    """That account is linked with somebody else here."""

    code = "linked_elsewhere"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to the provider. `email` is empty unless the provider verified it."""

    issuer: str
    subject: str
    name: str
    email: str


def enter(
    session: Session, identity: Identity, domains: frozenset[str], browser: Browser
) -> Opened:
    """A new session of the person who is linked with this account.

    Who is new is added only with a verified e-mail address in an allowed domain, and may do
    nothing yet: no address and no name makes anybody somebody who is here already.

    Raises:
        NotAdmittedError: nobody is linked, and they may not be added; or they have left.
    """
    person = people.find_by_subject(session, identity.issuer, identity.subject)
    person = person or _added(session, identity, domains)
    if person.left_at is not None:
        raise NotAdmittedError
    return logins.open_for(session, person, browser, way="provider")


def link(session: Session, user_id: int, identity: Identity) -> None:
    """Let this person come in by this account from now on.

    Raises:
        LinkedElsewhereError: somebody else does already.
    """
    known = people.find_by_subject(session, identity.issuer, identity.subject)
    if known is not None and known.id != user_id:
        raise LinkedElsewhereError
    person = people.get(session, user_id)
    person.issuer, person.subject = identity.issuer, identity.subject
    person.email = person.email or identity.email
    audit.record(
        session, actor=person.name, kind=Kind.SETTINGS_CHANGED, subject=person.name, linked=True
    )


def _added(session: Session, identity: Identity, domains: frozenset[str]) -> UserRow:
    domain = identity.email.rpartition("@")[2].lower()
    if not domain or domain not in domains:
        audit.record(session, actor=identity.name[:80], kind=Kind.LOGIN_FAILED, way="provider")
        raise NotAdmittedError
    row = UserRow(
        name=_free_name(session, identity.name or identity.email.partition("@")[0]),
        role="",
        email=identity.email,
        issuer=identity.issuer,
        subject=identity.subject,
    )
    person = people.add(session, row)
    audit.record(
        session, actor=person.name, kind=Kind.PERSON_ADDED, subject=person.name, by="provider"
    )
    return person


def _free_name(session: Session, wanted: str) -> str:
    """The name, with a number if somebody has it already."""
    plain = STRANGE.sub(".", wanted).strip(".@'+-")[:30] or "somebody"
    name, number = plain, 1
    while people.find(session, name) is not None:
        number += 1
        name = f"{plain}.{number}"
    return name
