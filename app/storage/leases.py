"""Which job may be taken now: the conditions of a claim."""

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, text

from app.storage.database import is_sqlite
from app.storage.tables import JobRow, JobState

CLAIMING = 7_423_902
"""Any number but the one of storage/migration; the same in every Dartboard."""


def is_free(clock: float) -> ColumnElement[bool]:
    """Whether a job waits, or its lease ran out."""
    return or_(
        col(JobRow.state) == JobState.QUEUED,
        and_(col(JobRow.state) == JobState.RUNNING, col(JobRow.lease_until) < clock),
    )


def has_running_twin(clock: float) -> ColumnElement[bool]:
    """Whether another job of this kind and data set runs, under a lease that holds."""
    twin = aliased(JobRow)
    return exists().where(
        col(twin.kind) == JobRow.kind,
        col(twin.dataset_id) == JobRow.dataset_id,
        col(twin.id) != JobRow.id,
        col(twin.state) == JobState.RUNNING,
        col(twin.lease_until) >= clock,
    )


def take_turns(session: Session) -> None:
    """Claim one after the other, or two workers could take twins at once. SQLite has one writer."""
    if not is_sqlite(session):
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": CLAIMING})


def read_clock(session: Session) -> float:
    """Seconds by the database's clock, so that machines need not agree about the time."""
    question = (
        "select (julianday('now') - 2440587.5) * 86400.0"
        if is_sqlite(session)
        else "select extract(epoch from clock_timestamp())::float8"
    )
    return float(session.exec(text(question)).scalar_one())  # type: ignore[call-overload]
