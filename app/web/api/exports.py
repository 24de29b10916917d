"""Exports over REST: ask, watch, fetch the files."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlmodel import Session
from starlette.background import BackgroundTask

from app.curation import audit, export, export_sweep, versions
from app.curation.export import ExportView, Order
from app.curation.export_recipe import LARGEST_CAP, LARGEST_LIMIT, LARGEST_SEED, Recipe
from app.web.answers import Once
from app.web.deps import ActorName, House, HouseDep, ReadSession
from app.web.downloads import NDJSON, attachment

router = APIRouter(prefix="/api/v1/datasets/{slug}/exports", tags=["exports"])

MEDIA_TYPES = {".jsonl": NDJSON, ".json": "application/json"}

VersionWord = Annotated[str, StringConstraints(pattern=r"^(latest|v?[0-9]{1,10})$")]
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
    version: Number | VersionWord | None = Field(default=None, examples=["latest", "v7", 7])
    query: str | None = Field(default=None, max_length=10_000)
    dry_run: bool = Field(
        default=False,
        description="check every sample and write no file; it freezes a version too",
    )
    split: str = Field(
        default="", max_length=20, description="percents of train, validation and test: 90/5/5"
    )
    split_by: Literal["random", "topic", "label", "region"] = "random"
    seed: int = Field(default=0, ge=0, le=LARGEST_SEED)
    cap: float | None = Field(
        default=None,
        ge=1,
        le=LARGEST_CAP,
        description="how many times its expectation a cell of the board may hold",
    )
    tokenizer: str = Field(
        default="", max_length=100, description="a tokenizer of this instance, or `estimate`"
    )
    token_limit: int | None = Field(default=None, ge=1, le=LARGEST_LIMIT)
    licence: str = Field(default="", max_length=200, description="of the data, for its card")

    only_clean: bool = Field(
        default=False,
        description="leave out samples with placeholders, boilerplate or personal data",
    )
    review: bool = Field(
        default=False,
        description="what people said of each sample (status, label, marks, flagged, quality, "
        "notes) in a column of this name, where the format's reader leaves it alone",
    )

    @model_validator(mode="after")
    def _one_source(self) -> "NewExport":
        if self.version is not None and self.query is not None:
            raise ValueError("give a version or a query, not both")
        return self

    @property
    def recipe(self) -> Recipe:
        """What is done to the samples."""
        return Recipe(
            split=self.split,
            by=self.split_by,
            seed=self.seed,
            cap=self.cap or 0.0,
            tokenizer=self.tokenizer,
            limit=self.token_limit or 0,
            licence=self.licence,
            clean=self.only_clean,
            review=self.review,
        )


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


class SplitAnswer(BaseModel):
    """One file of lines; tokens are 0 where nobody counted them."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    rows: int
    tokens: int
    trained: int


class ExportAnswer(BaseModel):
    """An export as it stands now: total = rows + capped + failed when it is done."""

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
    capped: int = Field(description="taken off cells that held more than the cap")
    failed: int
    splits: list[SplitAnswer]
    near_copies_known: bool = Field(description="whether a board could tell them, for a split")
    over_limit: int = Field(description="lines that the trainer will cut or drop")
    failures: list[FailureAnswer]
    leftovers: list[FailureAnswer] = Field(description="what is left in samples that went out")
    files: list[FileAnswer]
    job: int | None
    error: str
    created_at: datetime


@router.post("", status_code=202, response_model=ExportAnswer)
def start(slug: str, wish: NewExport, once: Once, house: HouseDep) -> Response:
    order = Order(wish.format, query=wish.query or "", dry_run=wish.dry_run, recipe=wish.recipe)

    def act(session: Session) -> ExportAnswer:
        number = wish.version
        if isinstance(number, str):
            number = versions.read_number(session, slug, number)
        wanted = replace(order, version=number)
        view = export.start(session, slug, wanted, actor=once.actor, tokenizers=house.tokenizers)
        return describe(view)

    return once(202, act)


@router.get("/{export_id}")
def show(slug: str, export_id: int, session: ReadSession) -> ExportAnswer:
    return describe(export.view(session, slug, export_id))


@router.delete("/{export_id}", status_code=204)
def remove(slug: str, export_id: int, once: Once, house: HouseDep) -> Response:
    once(204, lambda session: export_sweep.remove(session, slug, export_id, actor=once.actor))
    # After the answer, and so after the commit: a row without files would be worse.
    files = BackgroundTask(export_sweep.remove_files, house.exports, export_id)
    return Response(status_code=204, background=files)


@router.get("/{export_id}/{filename}", response_class=FileResponse)
def download(
    slug: str, export_id: int, filename: str, house: HouseDep, actor: ActorName
) -> Response:
    return file_response(slug, export_id, filename, house, actor=actor)


def file_response(
    slug: str, export_id: int, filename: str, house: House, *, actor: str
) -> Response:
    """A finished file, streamed from disk for saving; who took it stands in the audit log."""
    with house.write() as session:
        path = export.open_file(session, slug, export_id, filename, folder=house.exports)
        audit.record(
            session,
            actor=actor,
            kind=audit.Kind.DOWNLOADED,
            subject=slug,
            export=export_id,
            file=path.name,
        )
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
        capped=view.outcome.capped,
        failed=view.failed,
        splits=[SplitAnswer.model_validate(split) for split in view.outcome.splits],
        near_copies_known=view.outcome.near,
        over_limit=view.outcome.over,
        failures=[FailureAnswer.model_validate(failure) for failure in view.failures],
        leftovers=[FailureAnswer.model_validate(one) for one in view.left],
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
