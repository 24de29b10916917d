"""Queries about leases: which sample of the queue is before whom."""

from datetime import timedelta

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from app.storage.database import insert_into
from app.storage.review_tables import LeaseRow
from app.storage.tables import now

LASTS = timedelta(minutes=10)
UNSEEN = {"synchronize_session": False}  # no session holds rows of leases


def take(session: Session, dataset_id: int, sample_id: int, actor: str) -> bool:
    """Put the sample before this person for ten minutes; False when it is before somebody else."""
    moment = now()
    lease = {"dataset_id": dataset_id, "actor": actor, "until": moment + LASTS}
    free = or_(col(LeaseRow.until) <= moment, col(LeaseRow.actor) == actor)
    taken = session.execute(
        insert_into(session, LeaseRow)
        .values(sample_id=sample_id, **lease)
        .on_conflict_do_update(index_elements=[col(LeaseRow.sample_id)], set_=lease, where=free)
        .returning(col(LeaseRow.sample_id))
    )
    return taken.scalar_one_or_none() is not None


def release(session: Session, sample_id: int) -> None:
    """Nobody has this sample before them any more; what ended by itself is forgotten with it."""
    done = or_(col(LeaseRow.sample_id) == sample_id, col(LeaseRow.until) <= now())
    session.execute(delete(LeaseRow).where(done), execution_options=UNSEEN)


def of_others(session: Session, dataset_id: int, actor: str) -> list[int]:
    """The samples that are before somebody else now."""
    query = select(LeaseRow.sample_id).where(
        LeaseRow.dataset_id == dataset_id,
        col(LeaseRow.until) > now(),
        LeaseRow.actor != actor,
    )
    return list(session.exec(query))
