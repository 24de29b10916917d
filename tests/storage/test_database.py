from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.storage import datasets
from app.storage.database import Sessions, UnknownDatabaseError, connect


def test_a_reader_sees_one_moment_however_much_is_written_meanwhile(
    own_read: Sessions, own_write: Sessions
) -> None:
    with own_read() as session:
        assert datasets.all_of(session) == []
        with own_write() as other:
            datasets.add(other, "meanwhile")
        assert datasets.all_of(session) == []
    with own_read() as session:
        assert [row.name for row in datasets.all_of(session)] == ["meanwhile"]


def test_a_write_that_raises_leaves_nothing(own_read: Sessions, own_write: Sessions) -> None:
    def fail_halfway() -> None:
        with own_write() as session:
            datasets.add(session, "half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with own_read() as session:
        assert datasets.all_of(session) == []


def test_an_error_does_not_tell_the_values(own_write: Sessions) -> None:
    with pytest.raises(DatabaseError) as told, own_write() as session:
        session.execute(text("insert into nowhere values (:secret)"), {"secret": "hunter2"})
    assert "hunter2" not in str(told.value)


def test_only_two_kinds_of_databases_are_known() -> None:
    with pytest.raises(UnknownDatabaseError):
        connect("mysql://here")


def test_a_time_comes_back_as_it_was_and_says_its_zone(write: Sessions) -> None:
    moment = datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    with write() as session:
        row = datasets.add(session, "in summer")
        row.created_at = moment
        session.flush()
        session.expire(row)
        assert row.created_at == moment
        assert row.created_at.tzinfo is not None
