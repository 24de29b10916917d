"""What the workers do, and how far they are."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from app.curation import progress
from app.web.deps import ReadSession, RenderDep, WriteSession

router = APIRouter(prefix="/jobs")


@router.get("")
def list_jobs(
    session: ReadSession, render: RenderDep, before: Annotated[int | None, Query()] = None
) -> Response:
    found = progress.newest(session, before=before)
    return render("jobs/index.html", block="list", jobs=found)


@router.get("/{job_id}")
def show_job(job_id: int, session: ReadSession, render: RenderDep) -> Response:
    return render("jobs/show.html", block="progress", job=progress.view(session, job_id))


@router.post("/{job_id}/cancel")
def cancel_job(job_id: int, session: WriteSession) -> Response:
    progress.cancel(session, job_id)
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.post("/{job_id}/retry")
def retry_job(job_id: int, session: WriteSession) -> Response:
    progress.retry(session, job_id)
    return RedirectResponse(f"/jobs/{job_id}", 303)
