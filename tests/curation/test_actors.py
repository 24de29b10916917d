"""What an actor may do, by role and by the scopes of a token."""

import pytest

from app.curation.actors import TOKEN, Actor, Scope
from app.storage.access import Role


@pytest.mark.parametrize(
    ("needed", "reading", "may"),
    [
        (Role.VIEWER, True, True),
        (Role.CURATOR, True, True),
        (Role.CURATOR, False, False),
        (Role.ADMIN, True, False),
    ],
)
def test_t26_a_token_for_reading_reads_all_but_what_is_for_admins(
    needed: Role, reading: bool, may: bool
) -> None:
    reader = Actor("an admin's token", Role.ADMIN, TOKEN, scopes=frozenset({Scope.READ}))
    assert reader.may(needed, reading=reading) is may
