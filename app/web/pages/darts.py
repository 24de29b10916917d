"""The darts of a board or a map: positions, masks, single rows."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from app.curation import board_export, darts, queries
from app.web import dart_answers, pictures
from app.web.deps import HouseDep, ReadSession

router = APIRouter(prefix="/d/{slug}/board/{frame}")

View = Literal["board", "map", "target"]
Color = Annotated[
    Literal["status", "label", "source", "split", "language"],
    Query(description="what the categories of the darts say"),
]


@router.get("/darts.bin")
def download_darts(
    slug: str,
    frame: int,
    request: Request,
    house: HouseDep,
    view: View = "board",
    color: Color = "status",
) -> Response:
    return dart_answers.payload(request, house, slug, frame, view=view, color=color)


@router.get("/mask.bin")
def download_mask(
    slug: str, frame: int, request: Request, house: HouseDep, view: View = "board"
) -> Response:
    query = queries.parse(request.query_params.multi_items(), leaving=("view", "rows"))
    return dart_answers.mask(house, slug, frame, query, view=view)


@router.get("/board.{kind}")
def download_picture(
    slug: str, frame: int, kind: Literal["svg", "png"], house: HouseDep
) -> Response:
    darts.ensure_layout(house.read, house.write, slug, frame)
    with house.read() as session:
        found = board_export.view(session, slug, frame)
    return pictures.answer(house, found, kind)


@router.get("/row/{at}")
def show_row(
    slug: str, frame: int, at: int, session: ReadSession, view: View = "board"
) -> Response:
    sample = darts.sample_at(session, slug, frame, at, view=view)
    return JSONResponse({"id": sample, "href": f"/d/{slug}/s/{sample}"})
