"""Bringing samples in: by file, by pasting."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse

from app.curation import board, intake
from app.curation.intake import Arrival
from app.curation.spooling import SpoolWriter
from app.web.bodies import Caller, Filename, SpooledBody
from app.web.deps import HouseDep, ReadSession, RenderDep
from app.web.downloads import NDJSON, attachment

router = APIRouter(prefix="/d/{slug}")


@router.get("/import")
def show_form(slug: str, session: ReadSession, render: RenderDep) -> Response:
    head, history = board.head(session, slug), intake.history(session, slug)
    return render("imports/new.html", block="content", head=head, history=history)


@router.post("/uploads")
def upload(slug: str, spooled: SpooledBody, caller: Caller, filename: Filename) -> Response:
    house = caller.house
    arrival = Arrival(caller.actor, filename, caller.key)
    with house.write() as session:
        view = intake.accept(session, slug, spooled, arrival, spool=house.spool)
    return JSONResponse({"location": f"/d/{slug}/uploads/{view.id}"}, 201)


@router.post("/paste")
def paste(slug: str, caller: Caller, text: Annotated[str, Form()]) -> Response:
    house = caller.house
    with SpoolWriter(house.spool, limit=house.upload_limit.most) as writer:
        writer.write(text.encode())
        spooled = writer.finish()
    with house.write() as session:
        arrival = Arrival(caller.actor, "pasted text", caller.key)
        view = intake.accept(session, slug, spooled, arrival, spool=house.spool)
    return RedirectResponse(f"/d/{slug}/uploads/{view.id}", 303)


@router.get("/uploads/{upload_id}")
def show_upload(slug: str, upload_id: int, session: ReadSession, render: RenderDep) -> Response:
    head, view = board.head(session, slug), intake.view(session, slug, upload_id)
    return render("imports/show.html", block="report", head=head, upload=view)


@router.get("/uploads/{upload_id}/rejects")
def download_rejects(slug: str, upload_id: int, house: HouseDep) -> Response:
    with house.read() as session:
        lines = list(intake.rejected_lines(session, slug, upload_id))
    name = f"{slug}-upload-{upload_id}-rejects.jsonl"
    return StreamingResponse(iter(lines), headers=attachment(name), media_type=NDJSON)
