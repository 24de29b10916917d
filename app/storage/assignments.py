"""Queries about assignments and mentions: what waits for somebody."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, func, select

from app.errors import NotFoundError
from app.storage import sight
from app.storage.access_tables import UserRow
from app.storage.tables import DatasetRow, EventRow, now
from app.storage.team_tables import AssignmentRow, MentionRow


class AssignmentNotFoundError(NotFoundError):
    """There is no such assignment here."""


def add(session: Session, row: AssignmentRow) -> AssignmentRow:
    """Ask somebody for something."""
    session.add(row)
    session.flush()
    return row


def get(session: Session, dataset_id: int, assignment_id: int) -> AssignmentRow:
    """One assignment of this data set, or AssignmentNotFoundError."""
    row = session.get(AssignmentRow, assignment_id)
    if row is None or row.dataset_id != dataset_id:
        raise AssignmentNotFoundError
    return row


def of_dataset(session: Session, dataset_id: int, *, limit: int = 50) -> Sequence[AssignmentRow]:
    """What people are asked to do here, the open ones first, then the newest."""
    query = select(AssignmentRow).where(AssignmentRow.dataset_id == dataset_id)
    order = (col(AssignmentRow.done_at).is_not(None), col(AssignmentRow.id).desc())
    return session.exec(query.order_by(*order).limit(limit)).all()


def waiting_for(session: Session, person: str) -> Sequence[tuple[AssignmentRow, DatasetRow]]:
    """What this person is asked to do and has not done, with its data set."""
    query = (
        select(AssignmentRow, DatasetRow)
        .join(DatasetRow, col(DatasetRow.id) == AssignmentRow.dataset_id)
        .where(
            AssignmentRow.person == person,
            col(AssignmentRow.done_at).is_(None),
            col(DatasetRow.deleted_at).is_(None),
            sight.within(col(DatasetRow.id)),
        )
    )
    return session.exec(query.order_by(col(AssignmentRow.id).desc())).all()


def mention(
    session: Session, dataset_id: int, sample_id: int, names: Iterable[str], *, seq: int
) -> None:
    """Note who is named in a comment."""
    rows = [
        {"dataset_id": dataset_id, "sample_id": sample_id, "seq": seq, "name": name}
        for name in names
    ]
    if rows:
        session.execute(insert(MentionRow), rows)


def forget_mentions(session: Session, seq: int) -> None:
    """Nobody is named any more in this comment."""
    session.execute(delete(MentionRow).where(col(MentionRow.seq) == seq))


def mentions_of(
    session: Session, person: str, *, limit: int = 50
) -> Sequence[tuple[MentionRow, EventRow, DatasetRow]]:
    """Comments that name this person, unread ones first, then the newest."""
    query = (
        select(MentionRow, EventRow, DatasetRow)
        .join(EventRow, col(EventRow.seq) == MentionRow.seq)
        .join(DatasetRow, col(DatasetRow.id) == MentionRow.dataset_id)
        .where(
            MentionRow.name == person,
            col(DatasetRow.deleted_at).is_(None),
            sight.within(col(DatasetRow.id)),
        )
    )
    order = (col(MentionRow.seen_at).is_not(None), col(MentionRow.id).desc())
    return session.exec(query.order_by(*order).limit(limit)).all()


def see(session: Session, person: str) -> None:
    """Nothing that named this person so far is unread any more."""
    unread = (col(MentionRow.name) == person, col(MentionRow.seen_at).is_(None))
    session.execute(update(MentionRow).where(*unread).values(seen_at=now()))


def people(session: Session) -> Sequence[str]:
    """Everybody who can log in, by name."""
    return session.exec(select(UserRow.name).order_by(UserRow.name)).all()


def count_waiting(session: Session, person: str) -> int:
    """How many unread mentions and open assignments this person has."""
    unread = select(func.count()).where(
        MentionRow.name == person,
        col(MentionRow.seen_at).is_(None),
        sight.within(col(MentionRow.dataset_id)),
    )
    asked = select(func.count()).where(
        AssignmentRow.person == person,
        col(AssignmentRow.done_at).is_(None),
        sight.within(col(AssignmentRow.dataset_id)),
    )
    return session.exec(unread).one() + session.exec(asked).one()
