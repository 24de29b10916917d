"""The board of a data set."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi import Query as FromAddress
from fastapi.responses import JSONResponse, RedirectResponse

from app.curation import (
    board,
    board_table,
    colouring,
    gauges,
    intake,
    looking,
    mapping,
    queries,
    refits,
    targeting,
)
from app.curation.board import Look
from app.curation.column_roles import Told
from app.curation.intake import Arrival
from app.web import downloads
from app.web.bodies import Caller, Filename, SpooledBody
from app.web.deps import ActorName, HouseDep, ReadSession, RenderDep, WriteSession

router = APIRouter(prefix="/d/{slug}")

CSV = "text/csv; charset=utf-8"
LOOK = ("view", "cell", "zoom", "cmp", "color", "renderer")
"""What an address says about looking, not about which samples."""


@router.get("")
def open_dataset(slug: str) -> Response:
    return RedirectResponse(f"/d/{slug}/board", 303)


async def read_look(
    request: Request,
    view: Annotated[str, FromAddress(pattern="^(board|table|map)$")] = "board",
    cell: Annotated[str, FromAddress(max_length=20)] = "",
    zoom: Annotated[str, FromAddress(max_length=4)] = "",
    cmp: Annotated[str, FromAddress(max_length=120)] = "",
    color: Annotated[str, FromAddress(max_length=20)] = "",
) -> Look:
    """What the address of a board asks for; on a board `cell` is the one that is selected."""
    asked = queries.parse(request.query_params.multi_items(), leaving=LOOK)
    return Look(view, cell, zoom, cmp, asked, colouring.check(color))


LookAsked = Annotated[Look, Depends(read_look)]


@router.get("/board")
def show_board(
    slug: str, look: LookAsked, session: ReadSession, render: RenderDep, house: HouseDep
) -> Response:
    if look.shown == "map":
        mapping.ask(house.read, house.write, slug)  # drawn when somebody wants to see it
    found = board.view(session, slug, look)
    flat = mapping.view(session, slug, found) if look.shown == "map" else None
    # A click on a cell wants the panel beside the board; anything else the whole middle.
    target = render.request.headers.get("HX-Target", "")  # "aside#side"
    block = "side" if target.endswith("#side") else "content"
    measured = None if look.cell else gauges.view(session, slug, query=look.query)
    return render("boards/show.html", block=block, board=found, map=flat, gauges=measured)


@router.get("/board.csv")
def download_table(slug: str, look: LookAsked, session: ReadSession) -> Response:
    found = board_table.as_csv(board.view(session, slug, look))
    return Response(found, media_type=CSV, headers=downloads.attachment(f"{slug} board.csv"))


@router.get("/board/refit")
def show_refit(slug: str, session: ReadSession, render: RenderDep) -> Response:
    return render("boards/refit.html", block="content", refit=refits.view(session, slug))


@router.post("/side")
def choose_side(
    slug: str, session: WriteSession, actor: ActorName, side: Annotated[str, Form(max_length=10)]
) -> Response:
    looking.choose_side(session, slug, side, actor=actor)
    return RedirectResponse(f"/d/{slug}/board", 303)


@router.post("/topics/{topic}")
def rename_topic(
    slug: str,
    topic: str,
    session: WriteSession,
    actor: ActorName,
    name: Annotated[str, Form(max_length=60)],
) -> Response:
    looking.rename_topic(session, slug, topic, name, actor=actor)
    return RedirectResponse(f"/d/{slug}/board?zoom={topic}", 303)


@router.post("/target")
def set_reference(slug: str, spooled: SpooledBody, caller: Caller, filename: Filename) -> Response:
    house = caller.house
    target = Told(purpose="target")
    arrival = Arrival(caller.actor, filename or "reference", caller.key, target)
    with house.write() as session:
        view = intake.accept(session, slug, spooled, arrival, spool=house.spool)
    return JSONResponse({"location": f"/d/{slug}/uploads/{view.id}"}, 201)


@router.post("/target/itself")
def use_itself(slug: str, session: WriteSession, actor: ActorName) -> Response:
    targeting.use_itself(session, slug, actor=actor)
    return RedirectResponse(f"/d/{slug}/board", 303)


@router.post("/board")
def draw_board(
    slug: str, session: WriteSession, refit: Annotated[str, Form(max_length=3)] = ""
) -> Response:
    targeting.redraw(session, slug, refit=bool(refit))
    return RedirectResponse(f"/d/{slug}/board", 303)
