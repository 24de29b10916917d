"""Bringing samples in, step by step: file, fields, check, map. Nothing is kept before the end."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response
from fastapi import Query as FromAddress
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from app.curation import board, checking, fields, import_pages, importing, intake, parts, spooling
from app.curation.fields import Wish
from app.curation.intake import Arrival, UploadView
from app.curation.parsing import BrokenRecordsError
from app.curation.spooling import Spooled, SpoolWriter
from app.errors import InvalidError
from app.web.bodies import Caller, Calling, Filename, SpooledBody
from app.web.deps import ActorName, House, HouseDep, ReadSession, RenderDep, WriteSession
from app.web.downloads import NDJSON, attachment

router = APIRouter(prefix="/d/{slug}")

MOST_COLUMNS = 500
Cell = Annotated[str, Field(max_length=2_000)]


class FieldsForm(BaseModel):
    """A format, a role for each column, and a name to remember them by."""

    model_config = ConfigDict(extra="ignore")

    read_as: str = Field(default="", max_length=40)
    names: list[Cell] = Field(default=[], max_length=MOST_COLUMNS)
    roles: list[Cell] = Field(default=[], max_length=MOST_COLUMNS)
    name: str = Field(default="", max_length=80)

    @property
    def wish(self) -> Wish:
        """What was chosen."""
        return Wish(self.read_as, self.names, self.roles, self.name)


@router.get("/import")
def show_form(slug: str, session: ReadSession, render: RenderDep) -> Response:
    head, history = board.head(session, slug), intake.history(session, slug)
    undecided = intake.undecided(session, slug)
    return render(
        "imports/new.html", block="content", head=head, history=history, undecided=undecided,
        forgotten_after=parts.ABANDONED_DAYS,
    )  # fmt: skip


@router.post("/import")
def keep_checked(slug: str, session: WriteSession, actor: ActorName) -> Response:
    importing.keep_checked(session, slug, actor=actor)
    return RedirectResponse(f"/d/{slug}/import", 303)


@router.post("/uploads")
def upload(slug: str, spooled: SpooledBody, caller: Caller, filename: Filename) -> Response:
    view = _hold(slug, spooled, caller, filename)
    return JSONResponse({"location": _next_step(caller.house, view)}, 201)


@router.post("/uploads/{upload_id}/complete")
def complete(slug: str, upload_id: int, caller: Caller) -> Response:
    house, arrival = caller.house, Arrival(caller.actor, held=True)
    view = parts.complete(house.read, house.write, slug, upload_id, arrival, spool=house.spool)
    return JSONResponse({"location": _next_step(house, view)}, 201)


@router.post("/paste")
def paste(slug: str, caller: Caller, text: Annotated[str, Form()]) -> Response:
    house = caller.house
    with SpoolWriter(house.spool, limit=house.upload_limit.most) as writer:
        writer.write(text.encode())
        spooled = writer.finish()
    view = _hold(slug, spooled, caller, "pasted text")
    return RedirectResponse(_next_step(house, view), 303)


@router.get("/uploads/{upload_id}")
def show_upload(slug: str, upload_id: int, session: ReadSession, render: RenderDep) -> Response:
    head, view = board.head(session, slug), intake.view(session, slug, upload_id)
    if view.undecided:
        return RedirectResponse(_address(view, "check" if view.checked else "fields"), 303)
    return render("imports/show.html", block="report", head=head, upload=view)


@router.get("/uploads/{upload_id}/fields")
def show_fields(
    slug: str,
    upload_id: int,
    house: HouseDep,
    session: ReadSession,
    render: RenderDep,
    form: Annotated[FieldsForm, FromAddress()],
) -> Response:
    wish = form.wish if form.read_as else None
    page = fields.view(session, slug, upload_id, spool=house.spool, wish=wish)
    return render("imports/fields.html", block="fields", page=page, said="", name=form.name)


@router.post("/uploads/{upload_id}/fields")
def save_fields(
    slug: str,
    upload_id: int,
    caller: Caller,
    render: RenderDep,
    form: Annotated[FieldsForm, Form()],
) -> Response:
    house = caller.house
    try:
        with house.write() as session:
            fields.save(session, slug, upload_id, form.wish, actor=caller.actor, spool=house.spool)
    except InvalidError as refused:
        with house.read() as session:
            page = fields.view(session, slug, upload_id, spool=house.spool, wish=form.wish)
        return render(
            "imports/fields.html", status=422, page=page, said=str(refused), name=form.name
        )
    checking.start(house.read, house.write, slug, upload_id, spool=house.spool)
    return RedirectResponse(f"/d/{slug}/uploads/{upload_id}/check", 303)


@router.get("/uploads/{upload_id}/check")
def show_check(
    slug: str, upload_id: int, house: HouseDep, session: ReadSession, render: RenderDep
) -> Response:
    page = import_pages.check(session, slug, upload_id, spool=house.spool)
    return render("imports/check.html", block="counts", page=page)


@router.post("/uploads/{upload_id}/check")
def check(slug: str, upload_id: int, house: HouseDep) -> Response:
    checking.start(house.read, house.write, slug, upload_id, spool=house.spool)
    return RedirectResponse(f"/d/{slug}/uploads/{upload_id}/check", 303)


@router.get("/uploads/{upload_id}/map")
def show_map(
    slug: str, upload_id: int, house: HouseDep, session: ReadSession, render: RenderDep
) -> Response:
    page = import_pages.choose(session, slug, upload_id, encoder=house.encoder)
    return render("imports/map.html", page=page)


@router.post("/uploads/{upload_id}/import")
def keep(
    slug: str,
    upload_id: int,
    caller: Caller,
    render: RenderDep,
    broken: Annotated[Literal["skip", "stop"], Form()] = "skip",
    target: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    house, following = caller.house, ""
    try:
        with house.write() as session:
            importing.keep(
                session, slug, upload_id, actor=caller.actor, all_or_nothing=broken == "stop"
            )
            if target:
                following = importing.choose_target(session, slug, target, actor=caller.actor)
    except BrokenRecordsError as refused:
        with house.read() as session:
            page = import_pages.check(
                session, slug, upload_id, spool=house.spool, said=str(refused)
            )
        return render("imports/check.html", status=422, page=page)
    return RedirectResponse(f"/d/{slug}/{following or f'uploads/{upload_id}'}", 303)


@router.post("/uploads/{upload_id}/target")
def keep_as_target(slug: str, upload_id: int, caller: Caller) -> Response:
    house = caller.house
    with house.write() as session:
        importing.keep_as_target(session, slug, upload_id, actor=caller.actor, spool=house.spool)
    return RedirectResponse(f"/d/{slug}/uploads/{upload_id}", 303)


@router.post("/uploads/{upload_id}/discard")
def discard(slug: str, upload_id: int, house: HouseDep) -> Response:
    with house.write() as session:
        name = importing.discard(session, slug, upload_id)
    spooling.remove(house.spool, name)
    return RedirectResponse(f"/d/{slug}/import", 303)


@router.get("/uploads/{upload_id}/rejects")
def download_rejects(slug: str, upload_id: int, house: HouseDep) -> Response:
    with house.read() as session:
        intake.check_upload(session, slug, upload_id)  # while there can still be an error page
    lines = intake.rejected_lines(house.read, slug, upload_id)
    name = f"{slug}-upload-{upload_id}-rejects.jsonl"
    return StreamingResponse(lines, headers=attachment(name), media_type=NDJSON)


def _hold(slug: str, spooled: Spooled, caller: Calling, filename: str) -> UploadView:
    arrival = Arrival(caller.actor, filename, caller.key, held=True)
    with caller.house.write() as session:
        return intake.accept(session, slug, spooled, arrival, spool=caller.house.spool)


def _next_step(house: House, view: UploadView) -> str:
    """Fields, or straight to the check where nobody need be asked about them."""
    if not view.undecided:  # the same key again, later
        return f"/d/{view.dataset}/uploads/{view.id}"
    with house.read() as session:
        plain = fields.is_plain(session, view.dataset, view.id, spool=house.spool)
    if not plain:
        return _address(view, "fields")
    checking.start(house.read, house.write, view.dataset, view.id, spool=house.spool)
    return _address(view, "check")


def _address(view: UploadView, step: str) -> str:
    return f"/d/{view.dataset}/uploads/{view.id}/{step}"
