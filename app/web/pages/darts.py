"""The darts of a board or a map: positions, masks, single rows."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from app.curation import board_export, darts, marks, queries
from app.curation.colouring import Colour
from app.curation.darts import Wish
from app.web import dart_answers, pictures
from app.web.deps import HouseDep, ReadSession
from app.web.pages.boards import LookAsked

router = APIRouter(prefix="/d/{slug}/board/{frame}")

View = Literal["board", "map", "target"]
Color = Annotated[
    Colour,
    Query(description="what the categories of the darts say"),
]


async def read_wish(
    view: View = "board",
    color: Color = "status",
    cmp: Annotated[str, Query(max_length=120)] = "",
    h: Annotated[str, Query(max_length=64)] = "",
) -> Wish:
    """Which darts an address asks for; a comparison has colours of its own."""
    return Wish(view, marks.PREFIX + cmp if cmp else color, h)


@router.get("/darts.bin")
def download_darts(
    slug: str,
    frame: dart_answers.FrameId,
    request: Request,
    house: HouseDep,
    wish: Annotated[Wish, Depends(read_wish)],
) -> Response:
    return dart_answers.payload(request, house, slug, frame, wish)


@router.get("/mask.bin")
def download_mask(
    slug: str, frame: dart_answers.FrameId, request: Request, house: HouseDep, view: View = "board"
) -> Response:
    query = queries.parse(request.query_params.multi_items(), leaving=("view", "rows"))
    return dart_answers.mask(house, slug, frame, query, view=view)


@router.get("/board.{kind}")
def download_picture(
    slug: str,
    frame: dart_answers.FrameId,
    kind: Literal["svg", "png"],
    look: LookAsked,
    house: HouseDep,
) -> Response:
    darts.ensure_layout(house.read, house.write, slug, frame)
    with house.read() as session:
        found = board_export.view(session, slug, frame, look)
    return pictures.answer(house, found, kind)


@router.get("/row/{at}")
def show_row(
    slug: str,
    frame: dart_answers.FrameId,
    at: Annotated[int, Path(ge=0, le=2**31 - 1)],
    session: ReadSession,
    view: View = "board",
) -> Response:
    sample = darts.sample_at(session, slug, frame, at, view=view)
    return JSONResponse({"id": sample, "href": f"/d/{slug}/s/{sample}"})
