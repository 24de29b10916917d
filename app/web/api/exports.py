"""Exports over REST: ask, watch, fetch the files."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlmodel import Session

from app.curation import export
from app.curation.export import ExportView, Order
from app.web.answers import Once
from app.web.deps import House, HouseDep, ReadSession
from app.web.downloads import NDJSON, attachment

router = APIRouter(prefix="/api/v1/datasets/{slug}/exports", tags=["exports"])

MEDIA_TYPES = {".jsonl": NDJSON, ".json": "application/json"}

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class NewExport(BaseModel):
    """What to export: a version, or else what the query finds now (all, without one).

    Only approved samples go out, unless the query names other statuses.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"format": "openai-chat", "query": "label=refund"}]},
    )

    format: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    version: Number | None = None
    query: str | None = Field(default=None, max_length=10_000)
    dry_run: bool = Field(default=False, description="check every sample and write nothing")

    @model_validator(mode="after")
    def _one_source(self) -> "NewExport":
        if self.version is not None and self.query is not None:
            raise ValueError("give a version or a query, not both")
        return self


class FailureAnswer(BaseModel):
    """A rule that samples break; count 0 means that the file as a whole breaks it."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    sentence: str
    count: int
    samples: tuple[int, ...]


class FileAnswer(BaseModel):
    """A finished file."""

    name: str
    bytes: int
    sha256: str
    url: str


class ExportAnswer(BaseModel):
    """An export as it stands now: total = rows + failed when it is done."""

    id: int
    dataset: str
    format: str
    note: str = Field(description="what no rule of the format can tell")
    version: int
    version_hash: str
    query: str
    statuses: tuple[str, ...]
    dry_run: bool
    state: str
    total: int
    rows: int
    failed: int
    failures: list[FailureAnswer]
    files: list[FileAnswer]
    job: int | None
    error: str
    created_at: datetime


@router.post("", status_code=202, response_model=ExportAnswer)
def start(slug: str, wish: NewExport, once: Once) -> Response:
    order = Order(wish.format, wish.version, wish.query or "", dry_run=wish.dry_run)

    def act(session: Session) -> ExportAnswer:
        return describe(export.start(session, slug, order, actor=once.actor))

    return once(202, act)


@router.get("/{export_id}")
def show(slug: str, export_id: int, session: ReadSession) -> ExportAnswer:
    return describe(export.view(session, slug, export_id))


@router.get("/{export_id}/{filename}", response_class=FileResponse)
def download(slug: str, export_id: int, filename: str, house: HouseDep) -> Response:
    return file_response(slug, export_id, filename, house)


def file_response(slug: str, export_id: int, filename: str, house: House) -> Response:
    """A finished file, streamed from disk for saving."""
    with house.read() as session:
        path = export.open_file(session, slug, export_id, filename, folder=house.exports)
    media_type = MEDIA_TYPES.get(path.suffix, "text/plain")
    saved_as = f"{slug}-export-{export_id}-{path.name}"
    return FileResponse(path, headers=attachment(saved_as), media_type=media_type)


def describe(view: ExportView) -> ExportAnswer:
    """The view as the API tells it."""
    url = f"/api/v1/datasets/{view.dataset}/exports/{view.id}"
    return ExportAnswer(
        id=view.id,
        dataset=view.dataset,
        format=view.format,
        note=view.note,
        version=view.version,
        version_hash=view.version_hash,
        query=view.query,
        statuses=view.statuses,
        dry_run=view.dry_run,
        state=view.state,
        total=view.total,
        rows=view.rows,
        failed=view.failed,
        failures=[FailureAnswer.model_validate(failure) for failure in view.failures],
        files=[
            FileAnswer(
                name=file.name, bytes=file.bytes, sha256=file.sha256, url=f"{url}/{file.name}"
            )
            for file in view.files
        ],
        job=view.job.id if view.job else None,
        error=view.job.error if view.job else "",
        created_at=view.created_at,
    )
