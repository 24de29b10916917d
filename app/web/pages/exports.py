"""Putting an export together, watching it, fetching it; and the versions behind it."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from app.curation import board, export, export_page, versions
from app.web.api.exports import file_response
from app.web.deps import ActorName, HouseDep, ReadSession, RenderDep, WriteSession

router = APIRouter(prefix="/d/{slug}")


class ExportForm(BaseModel):
    """The fields of the page's form; `statuses` stand between commas."""

    model_config = ConfigDict(extra="forbid")

    format: str = Field(max_length=40)
    statuses: str = Field(default="", max_length=200)
    query: str = Field(default="", max_length=10_000)


@router.get("/export")
def show_form(slug: str, request: Request, session: ReadSession, render: RenderDep) -> Response:
    check = "preview" in request.query_params
    order = export_page.read_order(request.query_params.multi_items())
    shown = export_page.page(session, slug, order, check=check)
    block = "preview" if check else "content"
    return render("exports/new.html", block=block, head=shown.head, page=shown)


@router.post("/exports")
def start(
    slug: str,
    session: WriteSession,
    actor: ActorName,
    wish: Annotated[ExportForm, Form()],
) -> Response:
    order = export_page.read_form(wish.format, wish.statuses, wish.query)
    view = export.start(session, slug, order, actor=actor)
    return RedirectResponse(f"/d/{slug}/exports/{view.id}", 303)


@router.get("/exports/{export_id}")
def show_export(slug: str, export_id: int, session: ReadSession, render: RenderDep) -> Response:
    head, view = board.head(session, slug), export.view(session, slug, export_id)
    return render("exports/show.html", block="export", head=head, export=view)


@router.get("/exports/{export_id}/{filename}")
def download(slug: str, export_id: int, filename: str, house: HouseDep) -> Response:
    return file_response(slug, export_id, filename, house)


@router.get("/history")
def show_history(
    slug: str,
    session: ReadSession,
    render: RenderDep,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    compare: str = "",
) -> Response:
    head, history = board.head(session, slug), versions.history(session, slug, before=after)
    difference = history.newest
    if compare:
        difference = versions.compare(session, slug, *versions.read_pair(compare))
    return render(
        "exports/history.html", block="content", head=head, history=history, difference=difference
    )
