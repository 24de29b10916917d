"""Queries about leases: which sample of the queue is before whom."""

from datetime import timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.storage.review_tables import LeaseRow
from app.storage.tables import now

LASTS = timedelta(minutes=10)


def take(session: Session, dataset_id: int, sample_id: int, actor: str) -> bool:
    """Put the sample before this person for ten minutes; False when it is before somebody else."""
    moment = now()
    row = LeaseRow
    session.execute(delete(row).where(col(row.until) <= moment, col(row.sample_id) != sample_id))
    free = or_(col(row.until) <= moment, col(row.actor) == actor)
    taken = session.execute(
        update(row)
        .where(col(row.sample_id) == sample_id, free)
        .values(dataset_id=dataset_id, actor=actor, until=moment + LASTS)
        .returning(col(row.sample_id))
    )
    if taken.scalar_one_or_none() is not None:
        return True
    try:
        with session.begin_nested():
            session.add(
                LeaseRow(
                    dataset_id=dataset_id, sample_id=sample_id, actor=actor, until=moment + LASTS
                )
            )
            session.flush()
    except IntegrityError:
        return False
    return True


def release(session: Session, sample_id: int) -> None:
    """Nobody has this sample before them any more."""
    session.execute(delete(LeaseRow).where(col(LeaseRow.sample_id) == sample_id))


def of_others(session: Session, dataset_id: int, actor: str) -> list[int]:
    """The samples that are before somebody else now."""
    query = select(LeaseRow.sample_id).where(
        LeaseRow.dataset_id == dataset_id,
        col(LeaseRow.until) > now(),
        LeaseRow.actor != actor,
    )
    return list(session.exec(query))
