"""How far jobs have got, and what a person may do about them."""

from sqlmodel import Session

from app.curation.board_views import JobView
from app.storage import datasets, jobs
from app.storage.tables import JobRow, JobState, now

FEWEST_SECONDS = 1.0


def view(session: Session, job_id: int) -> JobView:
    """Describe a job as it stands now, or raise JobNotFoundError."""
    return _describe(session, jobs.get(session, job_id))


def newest(session: Session, *, before: int | None = None, limit: int = 50) -> tuple[JobView, ...]:
    """The newest jobs of the instance, newest first."""
    rows = jobs.newest(session, limit=limit, before=before)
    return tuple(_describe(session, row) for row in rows)


def running_of(session: Session, dataset_id: int) -> JobView | None:
    """What is being done for a data set now: the job that runs, else the first that waits."""
    rows = jobs.open_of(session, dataset_id)
    first = next((row for row in rows if row.state == JobState.RUNNING), rows[0] if rows else None)
    return None if first is None else _describe(session, first)


def cancel(session: Session, job_id: int) -> JobView:
    """Cancel a job that waits or runs."""
    return _describe(session, jobs.cancel(session, job_id))


def retry(session: Session, job_id: int) -> JobView:
    """Queue a failed or cancelled job again."""
    return _describe(session, jobs.retry(session, job_id))


def _describe(session: Session, job: JobRow) -> JobView:
    running = job.state in jobs.OPEN
    slug = datasets.slug_by_id(session, job.dataset_id) if job.dataset_id else ""
    return JobView(
        id=job.id,
        kind=job.kind,
        title=job.title or job.kind,
        state=job.state,
        phase=job.phase,
        done=job.done,
        total=job.total,
        share=job.done / job.total if job.total else None,
        eta_seconds=_eta(job) if running else None,
        error=job.error,
        dataset=slug,
        created_at=job.created_at,
        running=running,
        can_retry=job.state in (JobState.FAILED, JobState.CANCELLED),
    )


def _eta(job: JobRow) -> float | None:
    """Seconds left at the pace so far; None until there is a pace."""
    if job.started_at is None or not job.done or not job.total:
        return None
    passed = max((now() - job.started_at).total_seconds(), FEWEST_SECONDS)
    return passed * (job.total - job.done) / job.done
