import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select, text

from app.storage import datasets, events
from app.storage.database import Sessions, is_sqlite
from app.storage.events import Event
from app.storage.tables import DatasetRow, EventRow


def note(session: Session, dataset_id: int, number: int, *, actor: str = "mia") -> None:
    event = Event(None, "noted", {"number": number})
    events.append(session, dataset_id, [event], actor=actor, batch=f"b{number}")


def test_the_chain_holds_over_many_transactions(write: Sessions, dataset: DatasetRow) -> None:
    for number in range(3):
        with write() as session:
            note(session, dataset.id, number)
            note(session, dataset.id, number + 10)
    with write() as session:
        assert events.broken_link(session, dataset.id) is None
        rows = session.exec(select(EventRow).order_by(EventRow.seq)).all()  # type: ignore[arg-type]
        assert [row.prev_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]


@pytest.mark.parametrize("statement", ["update event set kind = 'x'", "delete from event"])
def test_t29_the_database_refuses_to_change_an_event(
    write: Sessions, dataset: DatasetRow, statement: str
) -> None:
    with write() as session:
        note(session, dataset.id, 1)
    with pytest.raises(DBAPIError, match="append-only"), write() as session:
        session.execute(text(statement))


def test_a_writer_that_read_the_data_set_before_it_got_the_lock_continues_the_newest_link(
    own_engine: Engine, own_write: Sessions
) -> None:
    with own_write() as session:
        dataset_id = datasets.add(session, "recipes").id
        if is_sqlite(session):
            pytest.skip("SQLite lets one writer in at a time")
    with own_write() as slow:
        held = datasets.get(slow, "recipes")
        with own_write() as quick:
            note(quick, dataset_id, 1)
        note(slow, dataset_id, 2)
        assert held.event_head
    with own_write() as session:
        assert events.broken_link(session, dataset_id) is None


def test_the_steps_of_a_person_leave_out_others_and_what_is_not_review(
    write: Sessions, dataset: DatasetRow
) -> None:
    with write() as session:
        note(session, dataset.id, 1)
        note(session, dataset.id, 2, actor="noor")
        events.append(session, dataset.id, [Event(None, "x", {})], actor="mia", batch="u7")
        note(session, dataset.id, 3)
        steps = events.steps_of(session, dataset.id, "mia", before=2**62, leaving=["b1"])
        assert [batch for _, batch in steps] == ["b3"]
