from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.storage import access, answers, people
from app.storage.access import Visit
from app.storage.access_tables import SessionRow, TokenRow, UserRow
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, now

SOON = timedelta(minutes=15)


def test_a_person_is_found_by_name_whatever_its_capitals(write: Sessions) -> None:
    with write() as session:
        added = people.add(session, UserRow(name="Mia", role="reviewer"))
        found = people.find(session, "mIA")
        assert found is not None
        assert (found.id, found.role) == (added.id, "reviewer")
        assert people.find(session, "noa") is None


def test_a_name_is_one_persons(write: Sessions) -> None:
    with write() as session:
        people.add(session, UserRow(name="mia", role="reviewer"))
    with pytest.raises(IntegrityError), write() as session:
        people.add(session, UserRow(name="mia", role="admin"))


def test_a_link_is_taken_once(write: Sessions) -> None:
    with write() as session:
        mia = people.add(session, UserRow(name="mia", role="reviewer"))
        access.add_login_link(session, mia.id, "h", now() + SOON)
        assert access.take_login_link(session, "other") is None
        assert access.take_login_link(session, "h") == mia.id
        assert access.take_login_link(session, "h") is None


def test_a_link_from_yesterday_is_not_taken_and_goes_when_the_next_one_comes(
    write: Sessions,
) -> None:
    with write() as session:
        mia = people.add(session, UserRow(name="mia", role="reviewer"))
        access.add_login_link(session, mia.id, "old", now() - SOON)
        assert access.take_login_link(session, "old") is None
        access.add_login_link(session, mia.id, "new", now() + SOON)
        assert access.take_login_link(session, "new") == mia.id


def test_a_session_tells_who_it_is_and_is_stale_after_a_minute(write: Sessions) -> None:
    with write() as session:
        mia = people.add(session, UserRow(name="mia", role="reviewer"))
        access.add_session(session, SessionRow(hash="s", user_id=mia.id))
        assert access.find_session(session, "s") == Visit(mia.id, "mia", "reviewer", stale=False)
        session.execute(update(SessionRow).values(seen_at=now() - timedelta(seconds=61)))
        assert access.find_session(session, "s") == Visit(mia.id, "mia", "reviewer", stale=True)
        access.note_session(session, "s")
        assert access.find_session(session, "s") == Visit(mia.id, "mia", "reviewer", stale=False)


@pytest.mark.parametrize(
    ("changes", "in_force"),
    [
        ({}, True),
        ({"expires_at": now() + timedelta(days=1)}, True),
        ({"expires_at": now() - timedelta(days=1)}, False),
        ({"revoked_at": now()}, False),
    ],
    ids=["new", "ends tomorrow", "ended yesterday", "revoked"],
)
def test_a_token_is_in_force_until_its_day_or_its_end(
    write: Sessions, changes: dict[str, datetime], in_force: bool
) -> None:
    with write() as session:
        row = TokenRow(id="t", name="n", hash="h", role="viewer")
        access.add_token(session, row.sqlmodel_update(changes))
        assert (access.find_token(session, "t") is not None) == in_force


def test_a_token_goes_with_its_data_set(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        row = TokenRow(id="t", name="n", hash="h", role="viewer", dataset_id=dataset.id)
        access.add_token(session, row)
    with write() as session:
        session.delete(session.get_one(DatasetRow, dataset.id))
    with write() as session:
        assert access.find_token(session, "t") is None


def test_a_key_is_claimed_once_for_each_actor(write: Sessions) -> None:
    with write() as session:
        first = answers.claim(session, "mia", "k", "hash")
        assert first is not None
        first.status, first.body = 201, "{}"
        assert answers.claim(session, "mia", "k", "hash") is None
        assert answers.claim(session, "noa", "k", "hash") is not None
        assert answers.get(session, "mia", "k").status == 201
