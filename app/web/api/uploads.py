"""Bulk uploads over REST."""

import time
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.curation import importing, intake, parts, rehearsing, spooling
from app.curation.column_roles import Told
from app.curation.intake import Arrival, UploadView
from app.web import problems
from app.web.bodies import Caller, PartBody, SpooledBody
from app.web.deps import House, HouseDep, ReadSession
from app.web.downloads import JsonLines, attachment

router = APIRouter(prefix="/api/v1/datasets/{slug}/uploads", tags=["uploads"])

POLL_SECONDS = 0.1


class UploadAnswer(BaseModel):
    """What became of an upload; accepted + updated + duplicate + rejected + blank = lines."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: str
    error: str
    filename: str
    bytes: int
    container: str
    dialect: str
    lines: int
    accepted: int
    updated: int
    duplicate: int
    rejected: int
    blank: int
    job: int | None
    rejects_url: str


def describe(view: UploadView) -> UploadAnswer:
    """The view as the API tells it."""
    rejects = f"/api/v1/datasets/{view.dataset}/uploads/{view.id}/rejects"
    told = {
        name: getattr(view, name) for name in UploadAnswer.model_fields if name != "rejects_url"
    }
    return UploadAnswer(**told, rejects_url=rejects)


class Reading(BaseModel):
    """How a file is to be read."""

    model_config = ConfigDict(extra="forbid")

    mapping: str = Field(
        default="",
        max_length=10_000,
        description="a role for each column, as JSON, or the name of a kept mapping",
        examples=['{"utterance": "input", "intent": "output"}'],
    )
    read_as: str = Field(
        default="",
        max_length=40,
        description="the format, where its content misleads",
        examples=["alpaca"],
    )
    all_or_nothing: bool = Field(
        default=False, description="keep nothing of a file in which a record is broken"
    )

    @property
    def told(self) -> Told:
        """What the sender says about the file."""
        return Told(self.mapping, self.read_as)


class UploadOptions(Reading):
    """How an upload is to be taken."""

    wait: float = Field(default=0, ge=0, le=60, description="seconds to wait for the report")
    dry_run: bool = Field(default=False, description="report without storing")
    filename: str = Field(default="", max_length=255, description="a label only")


@router.post(
    "",
    status_code=202,
    responses={
        200: {"model": UploadAnswer, "description": "What would become of it: a dry run"},
        201: {"model": UploadAnswer},
    },
)
def upload(
    slug: str,
    spooled: SpooledBody,
    options: Annotated[UploadOptions, Query()],
    caller: Caller,
    response: Response,
) -> UploadAnswer:
    house = caller.house
    if options.dry_run:
        response.status_code = 200
        return describe(
            rehearsing.rehearse(house.read, slug, spooled, options.told, spool=house.spool)
        )
    arrival = Arrival(
        caller.actor,
        options.filename,
        caller.key,
        options.told,
        all_or_nothing=options.all_or_nothing,
    )
    with house.write() as session:
        view = intake.accept(session, slug, spooled, arrival, spool=house.spool)
    view = _wait_for(house, view, options.wait)
    response.status_code = 202 if view.running else 201
    response.headers["Location"] = f"/api/v1/datasets/{slug}/uploads/{view.id}"
    return describe(view)


class PartsWish(BaseModel):
    """An upload that is to come in parts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"bytes": 52_000_000, "filename": "chats.jsonl"}]},
    )

    bytes: int = Field(ge=1, le=2**53)
    filename: str = Field(default="", max_length=255, description="a label only")


class PartAnswer(BaseModel):
    """A part that is safely on disk. Parts are counted from 1."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    bytes: int
    sha256: str


class PartsAnswer(BaseModel):
    """How much of an upload has arrived; each part but the last has `part_bytes` bytes."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: str
    filename: str
    bytes: int
    part_bytes: int
    parts: int
    held: list[PartAnswer]


class CompleteOptions(Reading):
    """How a complete upload is to be taken."""

    wait: float = Field(default=0, ge=0, le=60, description="seconds to wait for the report")


@router.post("/parts", status_code=201, responses=problems.documented(404, 409, 422))
def announce_parts(slug: str, wish: PartsWish, caller: Caller) -> PartsAnswer:
    arrival = Arrival(caller.actor, wish.filename, caller.key)
    with caller.house.write() as session:
        view = parts.announce(
            session, slug, arrival, wish.bytes, limit=caller.house.upload_limit.most
        )
    return PartsAnswer.model_validate(view)


@router.get("/{upload_id}/parts", responses=problems.documented(404))
def list_parts(slug: str, upload_id: int, session: ReadSession) -> PartsAnswer:
    return PartsAnswer.model_validate(parts.view(session, slug, upload_id))


@router.put("/{upload_id}/parts/{number}", responses=problems.documented(404, 409, 422))
def put_part(slug: str, upload_id: int, number: int, data: PartBody, house: HouseDep) -> PartAnswer:
    held = parts.put(house.write, slug, upload_id, number, data, spool=house.spool)
    return PartAnswer.model_validate(held)


@router.post(
    "/{upload_id}/complete",
    status_code=202,
    responses={201: {"model": UploadAnswer}, **problems.documented(404, 409, 422)},
)
def complete_parts(
    slug: str,
    upload_id: int,
    options: Annotated[CompleteOptions, Query()],
    caller: Caller,
    response: Response,
) -> UploadAnswer:
    house = caller.house
    arrival = Arrival(caller.actor, told=options.told, all_or_nothing=options.all_or_nothing)
    view = parts.complete(house.read, house.write, slug, upload_id, arrival, spool=house.spool)
    view = _wait_for(house, view, options.wait)
    response.status_code = 202 if view.running else 201
    return describe(view)


@router.delete("/{upload_id}", status_code=204, responses=problems.documented(404, 409))
def discard_upload(slug: str, upload_id: int, house: HouseDep) -> None:
    with house.write() as session:
        name = importing.discard(session, slug, upload_id)
    spooling.remove(house.spool, name)


@router.get("/{upload_id}")
def show_upload(slug: str, upload_id: int, session: ReadSession) -> UploadAnswer:
    return describe(intake.view(session, slug, upload_id))


@router.get("/{upload_id}/rejects", response_class=JsonLines)
def download_rejects(slug: str, upload_id: int, house: HouseDep) -> Response:
    with house.read() as session:
        intake.check_upload(session, slug, upload_id)  # while there can still be an error page
    lines = intake.rejected_lines(house.read, slug, upload_id)
    name = f"{slug}-upload-{upload_id}-rejects.jsonl"
    return JsonLines(lines, headers=attachment(name))


def _wait_for(house: House, view: UploadView, seconds: float) -> UploadView:
    deadline = time.monotonic() + seconds
    while view.running and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        with house.read() as session:
            view = intake.view(session, view.dataset, view.id)
    return view
