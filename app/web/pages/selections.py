"""What people draw round on a board or a map."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.curation import selecting
from app.curation.selecting import Stroke
from app.web.deps import ActorName, ReadSession, WriteSession

router = APIRouter(prefix="/d/{slug}/selections")


class Outline(BaseModel):
    """One outline of a selection."""

    model_config = ConfigDict(extra="forbid")

    how: Literal["add", "subtract", "intersect"] = "add"
    points: Annotated[list[int], Field(max_length=2 * selecting.MOST_CORNERS)]


class Drawn(BaseModel):
    """What somebody drew."""

    model_config = ConfigDict(extra="forbid")

    frame: int
    view: Literal["board", "map"] = "board"
    strokes: Annotated[list[Outline], Field(max_length=selecting.MOST_STROKES)]


@router.post("")
def keep_selection(slug: str, session: WriteSession, actor: ActorName, drawn: Drawn) -> Response:
    strokes = [Stroke(outline.how, outline.points) for outline in drawn.strokes]
    kept = selecting.keep(session, slug, (drawn.frame, drawn.view), strokes, actor=actor)
    told = {"id": kept.id, "samples": kept.samples, "query": kept.query, "href": kept.href}
    return JSONResponse(told, 201, headers={"Location": kept.href})


@router.get("/{selection}")
def show_selection(slug: str, selection: str, session: ReadSession) -> Response:
    return JSONResponse(selecting.strokes_of(session, slug, selection))
