"""Who acts: a person or a token, with the role that they have where they act."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.storage.access import Role

PERSON, TOKEN = "person", "token"


class Scope(StrEnum):
    """What a token is for. Whatever its scopes, it may never do more than its owner."""

    READ = "read"
    REVIEW = "review"
    UPLOAD = "upload"
    ADMIN = "admin"


SCOPE_OF: Mapping[Role, Scope] = {
    Role.VIEWER: Scope.READ,
    Role.REVIEWER: Scope.REVIEW,
    Role.CURATOR: Scope.UPLOAD,
    Role.ADMIN: Scope.ADMIN,
}
"""The scope that an act takes, by the role that it takes."""
ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, and what they may do in the place they ask about."""

    name: str
    role: Role | None
    """None: nothing here, though perhaps something in a data set."""
    kind: str
    dataset_id: int | None = None
    """The one data set that a bound token may reach; None for all."""
    user_id: int | None = None
    """The person, or the one a token belongs to; None for a token of the command line."""
    key: str = ""
    """The hash of the session, or the id of the token."""
    scopes: frozenset[Scope] = ALL_SCOPES
    ceiling: Role = Role.ADMIN
    roles: Mapping[int, Role] = field(default_factory=dict)
    """The roles in single data sets."""
    keys: str = ""
    """Which keys of the keyboard a person has changed, as web.keys reads it."""

    @property
    def visible(self) -> frozenset[int] | None:
        """The data sets that exist for this actor; None for all."""
        if self.dataset_id is not None:
            return frozenset({self.dataset_id})
        return None if self.role is not None else frozenset(self.roles)

    def within(self, dataset_id: int | None) -> "Actor":
        """The same actor, with the role that they have in this data set."""
        if self.dataset_id is not None and dataset_id != self.dataset_id:
            return replace(self, role=None)
        local = self.roles.get(dataset_id) if dataset_id is not None else None
        if local is None or self.covers(local):
            return self
        return replace(self, role=local.at_most(self.ceiling))

    def covers(self, needed: Role) -> bool:
        """Whether the role suffices, whatever a token was made for."""
        return self.role is not None and self.role.covers(needed)

    def may(self, needed: Role, *, reading: bool) -> bool:
        """Whether the role suffices, and a token's scopes do."""
        scope = Scope.READ if reading and needed is not Role.ADMIN else SCOPE_OF[needed]
        return self.covers(needed) and scope in self.scopes
