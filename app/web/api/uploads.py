"""Bulk uploads over REST."""

import time
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from app.curation import intake, rehearsing
from app.curation.column_roles import Told
from app.curation.intake import Arrival, UploadView
from app.web.bodies import Caller, SpooledBody
from app.web.deps import House, HouseDep, ReadSession
from app.web.downloads import NDJSON, attachment

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


class UploadOptions(BaseModel):
    """How an upload is to be taken."""

    model_config = ConfigDict(extra="forbid")

    wait: float = Field(default=0, ge=0, le=60, description="seconds to wait for the report")
    dry_run: bool = Field(default=False, description="report without storing")
    filename: str = Field(default="", max_length=255, description="a label only")
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


@router.post("", status_code=202, responses={201: {"model": UploadAnswer}})
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


@router.get("/{upload_id}")
def show_upload(slug: str, upload_id: int, session: ReadSession) -> UploadAnswer:
    return describe(intake.view(session, slug, upload_id))


@router.get("/{upload_id}/rejects")
def download_rejects(slug: str, upload_id: int, house: HouseDep) -> Response:
    with house.read() as session:
        lines = list(intake.rejected_lines(session, slug, upload_id))
    name = f"{slug}-upload-{upload_id}-rejects.jsonl"
    return StreamingResponse(iter(lines), headers=attachment(name), media_type=NDJSON)


def _wait_for(house: House, view: UploadView, seconds: float) -> UploadView:
    deadline = time.monotonic() + seconds
    while view.running and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        with house.read() as session:
            view = intake.view(session, view.dataset, view.id)
    return view
