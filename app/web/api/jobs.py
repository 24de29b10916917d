"""Jobs over REST."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from app.curation import progress
from app.web.deps import ReadSession, WriteSession

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])


class JobAnswer(BaseModel):
    """How far a job has got."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    title: str
    dataset: str
    state: str
    phase: str
    done: int
    total: int
    eta_seconds: float | None
    error: str
    created_at: datetime


class JobPage(BaseModel):
    """Jobs, newest first; `next` goes into `after`."""

    items: list[JobAnswer]
    next: int | None


@router.get("")
def list_jobs(
    session: ReadSession,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[int | None, Query()] = None,
) -> JobPage:
    views = progress.newest(session, before=after, limit=limit)
    items = [JobAnswer.model_validate(view) for view in views]
    return JobPage(items=items, next=items[-1].id if len(items) == limit else None)


@router.get("/{job_id}")
def show_job(job_id: int, session: ReadSession) -> JobAnswer:
    return JobAnswer.model_validate(progress.view(session, job_id))


@router.delete("/{job_id}")
def cancel_job(job_id: int, session: WriteSession) -> JobAnswer:
    return JobAnswer.model_validate(progress.cancel(session, job_id))
