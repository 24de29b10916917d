"""The diagnosis of a data set."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from app.curation import gauge_parts, queries, report
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
    query = queries.parse(render.request.query_params.multi_items(), leaving=("tau",))
    found = report.view(session, slug, query=query, tau=tau)
    return render("report/show.html", block=block, report=found)


@router.post("")
def measure_again(
    slug: str, session: WriteSession, query: Annotated[str, Form(max_length=10_000)] = ""
) -> Response:
    asked = queries.parse_string(query)
    gauge_parts.ask(session, slug, asked)
    written = queries.write(asked)
    return RedirectResponse(f"/d/{slug}/report" + (f"?{written}" if written else ""), 303)
