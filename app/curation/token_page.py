"""API tokens for people: give one out, list them, take one back."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.curation import access, audit
from app.curation.access import Leave
from app.curation.actors import Actor, Scope
from app.curation.audit import Kind
from app.errors import InvalidError
from app.storage import access as rows
from app.storage import datasets, people
from app.storage.access import Role
from app.storage.access_tables import TokenRow
from app.storage.tables import now

LONGEST_DAYS = 366

ROLE_FOR = {
    Scope.READ: Role.VIEWER,
    Scope.REVIEW: Role.REVIEWER,
    Scope.UPLOAD: Role.CURATOR,
    Scope.ADMIN: Role.ADMIN,
}


class TokenWishError(InvalidError):
    """This token cannot be made."""

    code = "token_wish"


@dataclass(frozen=True, slots=True)
class TokenWish:
    """What a person asks for."""

    name: str
    scopes: tuple[str, ...]
    slug: str = ""
    """The only data set that it may reach; "" for all that its owner may."""
    days: int | None = 90


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as it may be shown: everything but its secret."""

    id: str
    name: str
    role: str
    scopes: tuple[str, ...]
    owner: str
    dataset: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    state: str
    """"in force", "expired" or "revoked"."""


@dataclass(frozen=True, slots=True)
class TokensView:
    """Everything that templates/settings/tokens.html may show."""

    tokens: tuple[TokenView, ...]
    datasets: tuple[tuple[str, str], ...]
    """Slug and name of every data set that a token may be bound to."""
    scopes: tuple[tuple[str, str], ...]
    everybodys: bool
    """Whether these are the tokens of all, not of this person alone."""


SENTENCES = {
    Scope.READ: "see data sets, samples, boards and exports",
    Scope.REVIEW: "decide about samples and edit them",
    Scope.UPLOAD: "bring in samples, set targets, freeze and export",
    Scope.ADMIN: "all that you may do, deleting included",
}


def view(session: Session, actor: Actor) -> TokensView:
    """The person's own tokens; for an admin those of everybody."""
    is_admin = actor.role is Role.ADMIN
    choices = tuple((row.slug, row.name) for row in datasets.all_of(session))
    shown = tokens(session, user_id=None if is_admin else actor.user_id)
    scopes = tuple((scope.value, words) for scope, words in SENTENCES.items())
    return TokensView(shown, choices, scopes, everybodys=is_admin)


def tokens(session: Session, *, user_id: int | None = None) -> tuple[TokenView, ...]:
    """Every token that was ever given out (to this person, if given), the newest first."""
    names = {row.id: row.name for row in people.every(session)}
    return tuple(_show(session, row, names) for row in rows.tokens(session, user_id=user_id))


def give(session: Session, wish: TokenWish, actor: Actor) -> str:
    """A token of this person's own; what is shown once.

    Raises:
        TokenWishError: no scope, one that does not exist, or too many days.
        TokenNameError: the name is empty or too long.
        DatasetNotFoundError: the person sees no such data set.
    """
    scopes = _scopes(wish.scopes)
    if wish.days is not None and not 1 <= wish.days <= LONGEST_DAYS:
        raise TokenWishError(f"A token is good for 1 to {LONGEST_DAYS} days, or without an end.")
    dataset_id = datasets.get(session, wish.slug).id if wish.slug else None
    order = list(Role)
    ceiling = max((ROLE_FOR[scope] for scope in scopes), key=order.index)
    leave = Leave(ceiling, tuple(scopes), actor.user_id, dataset_id)
    token = access.issue(session, wish.name, leave, days=wish.days)
    audit.record(
        session, actor=actor.name, kind=Kind.TOKEN_CREATED, subject=token.split("_")[1],
        name=wish.name, scopes=scopes, dataset=wish.slug, days=wish.days,
    )  # fmt: skip
    return token


def revoke(session: Session, token_id: str, actor: Actor) -> None:
    """Take a token out of force; an admin may take anybody's.

    Raises:
        TokenNotFoundError: none of that id is in force, or it is somebody else's.
    """
    whose = None if actor.role is Role.ADMIN else actor.user_id
    access.revoke_token(session, token_id, user_id=whose)
    audit.record(session, actor=actor.name, kind=Kind.TOKEN_REVOKED, subject=token_id)


def _scopes(words: tuple[str, ...]) -> list[Scope]:
    known = [scope for scope in Scope if scope in words]
    if not known or len(known) != len(set(words)):
        raise TokenWishError("Choose what the token is for: read, review, upload or admin.")
    return known


def _show(session: Session, row: TokenRow, names: dict[int, str]) -> TokenView:
    return TokenView(
        id=row.id,
        name=row.name,
        role=row.role,
        scopes=tuple(row.scopes.split()),
        owner=names.get(row.user_id, "") if row.user_id is not None else "",
        dataset=datasets.slug_by_id(session, row.dataset_id) if row.dataset_id else "",
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        state=_state(row),
    )


def _state(row: TokenRow) -> str:
    if row.revoked_at is not None:
        return "revoked"
    ends = row.expires_at
    if ends is None:
        return "in force"
    return "in force" if ends > now() else "expired"
