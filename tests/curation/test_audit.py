import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from app.curation import audit, catalogue
from app.curation.audit import Filter, Kind, Origin
from app.storage.database import Sessions


def tell(session: Session, actor: str, kind: Kind = Kind.LOGIN, **body: object) -> None:
    audit.record(session, actor=actor, kind=kind, subject="recipes", **body)


def test_a_line_says_who_what_and_from_where(write: Sessions) -> None:
    with write() as session, audit.coming_from(Origin("192.0.2.7", "abc")):
        tell(session, "mia", Kind.TOKEN_CREATED, role="viewer")
    with write() as session:
        (line,), following = audit.page(session, Filter())
    assert following is None
    assert (line.actor, line.kind, line.subject) == ("mia", "token_created", "recipes")
    assert (line.ip, line.request_id, line.body) == ("192.0.2.7", "abc", {"role": "viewer"})
    assert line.at.tzinfo is not None


def test_an_act_that_is_undone_leaves_no_line(write: Sessions) -> None:
    def fail_after_telling() -> None:
        with write() as session:
            tell(session, "mia")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_telling()
    with write() as session:
        assert audit.page(session, Filter()) == ((), None)


def test_pages_follow_each_other_without_a_gap(write: Sessions) -> None:
    with write() as session:
        for number in range(5):
            tell(session, f"p{number}")
    seen, before = [], None
    with write() as session:
        while True:
            lines, before = audit.page(session, Filter(), before=before, limit=2)
            seen += [line.actor for line in lines]
            if before is None:
                break
    assert seen == ["p4", "p3", "p2", "p1", "p0"]


def test_lines_are_found_by_kind_person_and_day(write: Sessions) -> None:
    with write() as session:
        tell(session, "mia")
        tell(session, "ben", Kind.LOGOUT)
        (newest, _), _ = audit.page(session, Filter())
        day = newest.at.date()
        assert [it.actor for it in audit.page(session, Filter(kind=Kind.LOGIN))[0]] == ["mia"]
        assert [it.kind for it in audit.page(session, Filter(actor="ben"))[0]] == ["logout"]
        assert len(audit.page(session, Filter(since=day, until=day))[0]) == 2
        assert audit.page(session, Filter(until=day.replace(year=2000)))[0] == ()


@pytest.mark.parametrize("name", ["x" * 1000, "two\nlines\x00", "half \ud800 pair", ""])
def test_any_name_can_be_written_down(write: Sessions, name: str) -> None:
    with write() as session:
        audit.record(session, actor=name, kind=Kind.LOGIN_FAILED, subject=name, said=name)
        (line,), _ = audit.page(session, Filter())
    assert len(line.actor) <= 200
    assert line.actor.isprintable()


def test_what_is_done_to_a_data_set_is_noted(write: Sessions) -> None:
    with write() as session:
        catalogue.create(session, "Soups", actor="mia")
        catalogue.rename(session, "soups", actor="mia", name="Stews")
        catalogue.trash(session, "soups", actor="ben")
        catalogue.restore(session, "soups", actor="ben")
        lines, _ = audit.page(session, Filter())
    assert [(line.actor, line.kind) for line in reversed(lines)] == [
        ("mia", "dataset_created"),
        ("mia", "dataset_changed"),
        ("ben", "dataset_trashed"),
        ("ben", "dataset_restored"),
    ]


@pytest.mark.parametrize("change", ["update audit set actor = 'x'", "delete from audit"])
def test_a_line_can_be_neither_changed_nor_removed(
    own_engine: Engine, own_write: Sessions, change: str
) -> None:
    with own_write() as session:
        tell(session, "mia")
    with own_engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
        connection.execute(text(change))
