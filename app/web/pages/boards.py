"""The board of a data set."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import JSONResponse, RedirectResponse

from app.curation import board, intake, targeting
from app.curation.intake import Arrival
from app.web.bodies import Caller, Filename, SpooledBody
from app.web.deps import ActorName, ReadSession, RenderDep, WriteSession

router = APIRouter(prefix="/d/{slug}")


@router.get("")
def open_dataset(slug: str) -> Response:
    return RedirectResponse(f"/d/{slug}/board", 303)


@router.get("/board")
def show_board(
    slug: str,
    session: ReadSession,
    render: RenderDep,
    view: Annotated[str, Query(pattern="^(board|table)$")] = "board",
    cell: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    found = board.view(session, slug, shown=view, cell=cell)
    # A click on a cell wants the panel beside the board; anything else the whole middle.
    target = render.request.headers.get("HX-Target", "")  # "aside#side"
    block = "side" if target.endswith("#side") else "content"
    return render("boards/show.html", block=block, board=found)


@router.post("/target")
def set_reference(slug: str, spooled: SpooledBody, caller: Caller, filename: Filename) -> Response:
    house = caller.house
    arrival = Arrival(caller.actor, filename or "reference", caller.key, purpose="target")
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
