"""Putting an export together, watching it, fetching it; and the versions behind it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session
from starlette.background import BackgroundTask

from app.curation import board, export, export_page, export_sweep, version_changes, versions
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
    clean: str = Field(default="", max_length=5)
    review: str = Field(default="", pattern="^1?$")
    act: str = Field(default="", pattern="^(|check)$")


@router.get("/export")
def show_form(slug: str, session: ReadSession, render: RenderDep, house: HouseDep) -> Response:
    return show_order(slug, None, session, (render, house))


def show_order(
    slug: str, version: int | None, session: Session, tools: tuple[Render, House]
) -> Response:
    """The page on which the samples as they are now, or those of a version, are exported."""
    render, house = tools
    asked = render.request.query_params
    check = "preview" in asked
    order = export_page.read_order(asked.multi_items(), version=version)
    kind = export_page.kind_of(session, slug)
    if "format" not in asked:
        order = replace(order, format=export_page.usual_format(kind))
    shown = export_page.page(session, slug, order, kind, tokenizers=house.tokenizers, check=check)
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


@router.post("/exports/{export_id}/remove")
def remove(
    slug: str, export_id: int, session: WriteSession, actor: ActorName, house: HouseDep
) -> Response:
    export_sweep.remove(session, slug, export_id, actor=actor)
    # After the answer, and so after the commit: a row without files would be worse.
    files = BackgroundTask(export_sweep.remove_files, house.exports, export_id)
    return RedirectResponse(f"/d/{slug}/export", 303, background=files)


@router.get("/exports/{export_id}/{filename}")
def download(
    slug: str, export_id: int, filename: str, house: HouseDep, actor: ActorName
) -> Response:
    return file_response(slug, export_id, filename, house, actor=actor)


def read_compared(
    compare: Annotated[str, Query(max_length=60)] = "",
    old: Annotated[str, Query(alias="from", max_length=20)] = "",
    new: Annotated[str, Query(alias="to", max_length=20)] = "",
) -> str:
    """The two versions that an address (`compare=v1...v2`) or the page's form asks for."""
    return compare or (f"{old}...{new}" if old and new else "")


Compared = Annotated[str, Depends(read_compared)]


@router.get("/history")
def show_history(
    slug: str,
    session: ReadSession,
    render: RenderDep,
    compare: Compared,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    head, history = board.head(session, slug), versions.history(session, slug, before=after)
    difference = history.newest
    if compare:
        difference = versions.compare(session, slug, *versions.read_pair(session, slug, compare))
    changed = version_changes.of(session, slug, difference) if difference else {}
    return render(
        "exports/history.html", block="content", head=head, history=history,
        difference=difference, changed=changed,
    )  # fmt: skip
