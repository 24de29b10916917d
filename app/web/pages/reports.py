"""The diagnosis of a data set."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from app.curation import gauges, report
from app.web.deps import ReadSession, RenderDep, WriteSession

router = APIRouter(prefix="/d/{slug}/report")


@router.get("")
def show_report(
    slug: str,
    session: ReadSession,
    render: RenderDep,
    tau: Annotated[float | None, Query(ge=0.5, le=1)] = None,
) -> Response:
    target = render.request.headers.get("HX-Target", "")
    block = "likeness" if target.endswith("#likeness") else "content"
    found = report.view(session, slug, tau=tau)
    return render("report/show.html", block=block, report=found)


@router.post("")
def measure_again(slug: str, session: WriteSession) -> Response:
    gauges.measure_again(session, slug)
    return RedirectResponse(f"/d/{slug}/report", 303)
