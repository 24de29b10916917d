"""Thinning what is crowded: first the exact samples, then the act."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from app.curation import trimming
from app.web.deps import ActorName, ReadSession, RenderDep, WriteSession

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
    session: WriteSession,
    actor: ActorName,
    cells: CellIds,
    back: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    report = trimming.trim(session, slug, tuple(cells), actor=actor)
    if report.job is not None:
        return RedirectResponse(f"/jobs/{report.job}", 303)
    return RedirectResponse(f"/d/{slug}/board?cell={back}" if back else f"/d/{slug}/board", 303)
