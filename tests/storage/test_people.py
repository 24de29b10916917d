"""Queries about people."""

from app.storage import people
from app.storage.access import Role
from app.storage.access_tables import UserRow
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, now


def test_who_left_is_no_member_until_they_are_back(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        number = people.add(session, UserRow(name="Noa", role="")).id
        people.place(session, dataset.id, number, Role.REVIEWER)
        people.note_left(session, number, now())
        assert people.members(session, dataset.id) == []
        people.note_left(session, number, None)
        (member,) = people.members(session, dataset.id)
    assert (member[0].name, member[1]) == ("Noa", "reviewer")
