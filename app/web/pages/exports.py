"""Putting an export together, watching it, fetching it; and the versions behind it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.curation import board, export, export_page, versions
from app.web.api.exports import file_response
from app.web.deps import ActorName, House, HouseDep, ReadSession, RenderDep, WriteSession
from app.web.render import Render

router = APIRouter(prefix="/d/{slug}")


class ExportForm(BaseModel):
    """The fields of the page's form, as its address has them; `query` is a written query."""

    model_config = ConfigDict(extra="forbid")

    format: str = Field(max_length=40)
    statuses: str = Field(default="", max_length=200)
    query: str = Field(default="", max_length=10_000)
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    parts: str = Field(default="", max_length=20)
    by: str = Field(default="", max_length=20)
    seed: str = Field(default="", max_length=20)
    cap: str = Field(default="", max_length=20)
    tokenizer: str = Field(default="", max_length=100)
    limit: str = Field(default="", max_length=20)
    licence: str = Field(default="", max_length=200)
    act: str = Field(default="", pattern="^(|check)$")


@router.get("/export")
def show_form(slug: str, session: ReadSession, render: RenderDep, house: HouseDep) -> Response:
    return _form(slug, None, session, (render, house))


@router.get("@{version}/export")
def show_form_of_version(
    slug: str, version: str, session: ReadSession, render: RenderDep, house: HouseDep
) -> Response:
    number = versions.read_number(session, slug, version)
    return _form(slug, number, session, (render, house))


def _form(
    slug: str, version: int | None, session: Session, tools: tuple[Render, House]
) -> Response:
    render, house = tools
    asked = render.request.query_params
    check = "preview" in asked
    order = export_page.read_order(asked.multi_items(), version=version)
    shown = export_page.page(session, slug, order, tokenizers=house.tokenizers, check=check)
    block = "preview" if check else "content"
    return render("exports/new.html", block=block, head=shown.head, page=shown)


@router.post("/exports")
def start(
    slug: str,
    session: WriteSession,
    actor: ActorName,
    house: HouseDep,
    wish: Annotated[ExportForm, Form()],
) -> Response:
    fields = wish.model_dump(exclude={"query", "version", "act"})
    order = export_page.read_form(fields, wish.query, version=wish.version)
    order = replace(order, dry_run=wish.act == "check")
    view = export.start(session, slug, order, actor=actor, tokenizers=house.tokenizers)
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
