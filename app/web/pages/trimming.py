"""Thinning what is crowded: first the exact samples, then the act."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from app.curation import trimming
from app.web.answers import FormKey, SentOnce
from app.web.deps import ReadSession, RenderDep

router = APIRouter(prefix="/d/{slug}/trim")

CellsAsked = Annotated[list[str] | None, Query(alias="cell", max_length=500)]
CellIds = Annotated[list[str], Form(max_length=500)]


@router.get("")
def show_preview(
    slug: str, session: ReadSession, render: RenderDep, cells: CellsAsked = None
) -> Response:
    asked = tuple(filter(None, cells or ()))
    view = trimming.preview(session, slug, asked)
    return render("boards/trim.html", block="content", trim=view, cell=next(iter(asked), ""))


@router.post("")
def trim(
    slug: str,
    once: SentOnce,
    cells: CellIds,
    back: Annotated[str, Form(max_length=20)] = "",
    key: Annotated[FormKey, Form()] = "",
) -> Response:
    once = once.under(key, slug, cells)
    leads_to = once.earlier(slug, cells)
    if leads_to is None:
        report = trimming.trim(once.session, slug, tuple(cells), actor=once.actor)
        board = f"/d/{slug}/board?cell={back}" if back else f"/d/{slug}/board"
        leads_to = board if report.job is None else f"/jobs/{report.job}"
        once.keep(leads_to)
    return RedirectResponse(leads_to, 303)
