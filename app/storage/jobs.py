"""The queue: a lease table, so that work and data commit together.

A worker claims a job for LEASE_SECONDS and renews the lease with every
checkpoint. A chunk's output and the new cursor are one transaction, fenced by
the attempt: a worker that lost its lease cannot write any more.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select, update

from app.errors import ConflictError, DartboardError, NotFoundError, TooManyError
from app.storage import asker, leases, sight
from app.storage.asker import Asker
from app.storage.tables import JobRow, JobState, now

LEASE_SECONDS = 60.0
IDLE_ATTEMPTS = 5  # claims without a checkpoint before a job is given up

PROMPT = ("decide", "check", "restore")
"""What somebody has just done and waits for: it comes before the drawing of boards and maps."""

OPEN = (JobState.QUEUED, JobState.RUNNING)


class JobNotFoundError(NotFoundError):
    """There is no such job."""


class JobEndedError(ConflictError):
    """The job has already ended."""


class TooManyJobsError(TooManyError):
    """As many of your jobs wait or run as may; try again when some are done."""

    code = "too_many_jobs"


class LeaseLostError(DartboardError):
    """Another worker owns this job now."""


class CancelledError(DartboardError):
    """Somebody cancelled this job."""


def enqueue(
    session: Session, kind: str, dataset_id: int | None, *, title: str = "", **params: Any
) -> JobRow:
    """Ask for work. It becomes visible when the caller's transaction commits.

    While the same work is still waiting, that job is returned instead of a second one.

    Raises:
        TooManyJobsError: the person who asks has as many open jobs as they may.
    """
    dedupe = f"{kind}:{dataset_id}:{sorted(params.items())}"
    job = JobRow(kind=kind, dataset_id=dataset_id, params=params, title=title, dedupe=dedupe)
    waiting = _find_waiting(session, dedupe)
    if waiting is not None:
        return waiting
    job.actor = _let_in(session, asker.current())
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:  # somebody asked for the same at the same moment
        return enqueue(session, kind, dataset_id, title=title, **params)
    return job


def is_any_free(session: Session, kinds: Sequence[str]) -> bool:
    """Whether a claim would find a job: a look that takes no lock."""
    clock = leases.read_clock(session)
    query = select(JobRow.id).where(
        col(JobRow.kind).in_(kinds), leases.is_free(clock), ~leases.has_running_twin(clock)
    )
    return session.exec(query.limit(1)).first() is not None


def claim(session: Session, worker: str, kinds: Sequence[str]) -> JobRow | None:
    """Take the oldest job that waits or whose lease ran out, or None; those of PROMPT first.

    Of one kind and data set one runs at a time: the others wait for it.
    """
    leases.take_turns(session)
    clock = leases.read_clock(session)
    oldest = (
        select(JobRow.id)
        .where(col(JobRow.kind).in_(kinds), leases.is_free(clock), ~leases.has_running_twin(clock))
        .order_by(case((col(JobRow.kind).in_(PROMPT), 0), else_=1), col(JobRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite leaves it out: it has one writer
    )
    job_id = session.exec(oldest).one_or_none()
    if job_id is None:
        return None
    job = get(session, job_id)
    job.state, job.worker, job.dedupe = JobState.RUNNING, worker, None
    job.attempt += 1
    job.idle_attempts += 1
    job.lease_until = clock + LEASE_SECONDS
    job.started_at = job.started_at or now()
    session.flush()
    return job


def checkpoint(session: Session, job: JobRow, **values: Any) -> None:
    """Note progress and renew the lease, in the transaction that wrote the chunk.

    Args:
        session: the transaction that also wrote the chunk's output.
        job: as claimed; its `seq` follows along.
        values: columns to set, such as cursor, done, total, phase.

    Raises:
        LeaseLostError: another worker owns the job; the caller's transaction must roll back.
        CancelledError: somebody cancelled it.
    """
    statement = (
        update(JobRow)
        .where(
            col(JobRow.id) == job.id,
            col(JobRow.attempt) == job.attempt,
            col(JobRow.seq) == job.seq,
            col(JobRow.state) == JobState.RUNNING,
        )
        .values(
            seq=job.seq + 1,
            idle_attempts=0,
            lease_until=leases.read_clock(session) + LEASE_SECONDS,
            **values,
        )
        .returning(col(JobRow.cancel))
        .execution_options(synchronize_session=False)
    )
    cancelled = session.exec(statement).scalar_one_or_none()
    if cancelled is None:
        raise LeaseLostError
    if cancelled:
        raise CancelledError
    job.seq += 1


def beat(session: Session, job_id: int, attempt: int) -> bool:
    """Renew the lease of work that is between checkpoints. False: the lease is lost."""
    statement = (
        update(JobRow)
        .where(
            col(JobRow.id) == job_id,
            col(JobRow.attempt) == attempt,
            col(JobRow.state) == JobState.RUNNING,
        )
        .values(lease_until=leases.read_clock(session) + LEASE_SECONDS)
        .execution_options(synchronize_session=False)
    )
    return bool(session.exec(statement).rowcount)


def finish(session: Session, job: JobRow, state: JobState, error: str = "") -> None:
    """Note how a job ended, unless another worker owns it by now."""
    session.exec(
        update(JobRow)
        .where(col(JobRow.id) == job.id, col(JobRow.attempt) == job.attempt)
        .values(state=state, error=error, finished_at=now(), lease_until=0.0)
        .execution_options(synchronize_session=False)
    )


def release_of(session: Session, worker: str) -> int:
    """Give back the jobs of a worker that is known to be dead; return how many."""
    statement = (
        update(JobRow)
        .where(col(JobRow.state) == JobState.RUNNING, col(JobRow.worker) == worker)
        .values(lease_until=0.0)
        .execution_options(synchronize_session=False)
    )
    return int(session.exec(statement).rowcount)


def release_all(session: Session) -> int:
    """Give back every running job: only when no worker can be alive; return how many."""
    statement = (
        update(JobRow)
        .where(col(JobRow.state) == JobState.RUNNING)
        .values(lease_until=0.0)
        .execution_options(synchronize_session=False)
    )
    return int(session.exec(statement).rowcount)


def cancel(session: Session, job_id: int) -> JobRow:
    """Stop a job: at once while it waits, at its next checkpoint while it runs."""
    job = get(session, job_id)
    if job.state not in OPEN:
        raise JobEndedError
    job.cancel = True
    if job.state == JobState.QUEUED:
        job.state, job.finished_at, job.dedupe = JobState.CANCELLED, now(), None
    session.flush()
    return job


def retry(session: Session, job_id: int) -> JobRow:
    """Queue a failed or cancelled job again; it goes on at its cursor."""
    job = get(session, job_id)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise JobEndedError("Only a failed or cancelled job can be retried.")
    job.state, job.cancel, job.error = JobState.QUEUED, False, ""
    job.idle_attempts, job.finished_at = 0, None
    session.flush()
    return job


def get(session: Session, job_id: int) -> JobRow:
    """Return the job, or raise JobNotFoundError."""
    job = session.get(JobRow, job_id)
    if job is None:
        raise JobNotFoundError
    return job


def of_dataset(session: Session, dataset_id: int, *, limit: int = 50) -> Sequence[JobRow]:
    """The newest jobs of a data set."""
    query = select(JobRow).where(JobRow.dataset_id == dataset_id)
    return session.exec(query.order_by(col(JobRow.id).desc()).limit(limit)).all()


def newest_done(session: Session, dataset_id: int, kind: str) -> int:
    """The id of the newest job of a kind that is done, 0 while none is."""
    query = select(func.max(JobRow.id)).where(
        JobRow.dataset_id == dataset_id, JobRow.kind == kind, JobRow.state == JobState.DONE
    )
    return session.exec(query).one() or 0


def newest(session: Session, *, limit: int = 50, before: int | None = None) -> Sequence[JobRow]:
    """The newest jobs of the instance, newest first."""
    seen = select(JobRow).where(sight.within(col(JobRow.dataset_id)))
    query = seen.order_by(col(JobRow.id).desc()).limit(limit)
    return session.exec(query if before is None else query.where(JobRow.id < before)).all()


def count_open(session: Session) -> int:
    """How many jobs wait or run."""
    seen = sight.within(col(JobRow.dataset_id))
    return session.exec(select(func.count()).where(col(JobRow.state).in_(OPEN), seen)).one()


def open_of(session: Session, dataset_id: int) -> Sequence[JobRow]:
    """The jobs of a data set that wait or run, oldest first."""
    query = select(JobRow).where(JobRow.dataset_id == dataset_id, col(JobRow.state).in_(OPEN))
    return session.exec(query.order_by(col(JobRow.id))).all()


def _find_waiting(session: Session, dedupe: str) -> JobRow | None:
    return session.exec(select(JobRow).where(JobRow.dedupe == dedupe)).one_or_none()


def _let_in(session: Session, asking: Asker) -> str:
    """Who asks for one more job, unless too many of theirs wait or run."""
    if asking.most_open:
        query = select(func.count()).where(col(JobRow.state).in_(OPEN), JobRow.actor == asking.name)
        if session.exec(query).one() >= asking.most_open:
            raise TooManyJobsError(retry_after=30)
    return asking.name
