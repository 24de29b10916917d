"""Bulk decisions, undo and redo over REST."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel import Session

from app.curation import queries, review, undoing
from app.curation.bulk import BatchReport
from app.curation.review import Change
from app.curation.undoing import UndoReport
from app.web import problems
from app.web.answers import Once
from app.web.api.samples import Label, Remark, StatusName
from app.web.ids import Id

router = APIRouter(
    prefix="/api/v1/datasets/{slug}",
    tags=["decisions"],
    responses=problems.documented(404, 409, 422),
)


class BulkDecision(BaseModel):
    """One act on all samples of a query, or on these ids."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"query": "flag=near_duplicate&status=pending", "status": "rejected"}]
        },
    )

    query: str | None = Field(default=None, max_length=20_000)
    ids: list[Id] | None = Field(default=None, min_length=1, max_length=1_000)
    status: StatusName | None = None
    label: Label | None = None
    mark: Label | None = Field(default=None, min_length=1, description="beside other marks")
    unmark: Label | None = Field(default=None, min_length=1, description="this mark goes")
    flagged: bool | None = None
    quality: int | None = Field(default=None, ge=0, le=5, description="1 to 5; 0 for none")
    delete: bool | None = Field(
        default=None,
        description="true: into the trash; false: out of it, with trash=1 in the query",
    )
    reason: Remark = ""
    preview: bool = False

    @model_validator(mode="after")
    def _one_of_each(self) -> "BulkDecision":
        if (self.query is None) == (self.ids is None):
            raise ValueError("give a query or ids, and not both")
        acts = (self.status, self.label, self.mark, self.unmark, self.flagged, self.quality)
        if sum(act is not None for act in (*acts, self.delete)) != 1:
            told = "status, label, mark, unmark, flagged, quality or delete"
            raise ValueError(f"give {told}, and only one of them")
        return self


class BatchAnswer(BaseModel):
    """What became of a bulk act; over 1,000 samples `job` does it."""

    model_config = ConfigDict(from_attributes=True)

    matched: int
    changed: int
    batch: str
    job: int | None


class UndoWish(BaseModel):
    """Which act of yours; without a batch it is the last one."""

    model_config = ConfigDict(extra="forbid")

    batch: str = Field(default="", max_length=32, pattern="^[0-9a-z]*$")


class SkippedAnswer(BaseModel):
    """A sample that was left as it is, and why."""

    sample: int
    reason: str


class UndoAnswer(BaseModel):
    """What was undone, or done again; `batch` is null when there was nothing."""

    batch: str | None
    act: str
    redone: bool
    changed: int
    skipped: list[SkippedAnswer]
    job: int | None


@router.post("/decisions", response_model=BatchAnswer)
def decide_many(slug: str, wish: BulkDecision, once: Once) -> Response:
    query = review.by_ids(wish.ids) if wish.ids else queries.parse_string(wish.query or "")
    change = Change(
        status=wish.status,
        label=wish.label,
        mark=wish.mark or "",
        unmark=wish.unmark or "",
        flagged=wish.flagged,
        quality=wish.quality,
        deleted=wish.delete,
        reason=wish.reason,
    )

    def act(session: Session) -> BatchReport:
        return review.decide_many(
            session, slug, query, change, actor=once.actor, preview=wish.preview
        )

    return once(200, act)


@router.post("/undo", response_model=UndoAnswer)
def undo(slug: str, once: Once, wish: UndoWish | None = None) -> Response:
    batch = wish.batch if wish else ""
    return once(200, lambda session: _undone(undoing.undo(session, slug, once.actor, batch=batch)))


@router.post("/redo", response_model=UndoAnswer)
def redo(slug: str, once: Once) -> Response:
    return once(200, lambda session: _undone(undoing.redo(session, slug, once.actor)))


def _undone(report: UndoReport | None) -> UndoAnswer:
    if report is None:
        return UndoAnswer(batch=None, act="", redone=False, changed=0, skipped=[], job=None)
    return UndoAnswer(
        batch=report.batch,
        act=report.act,
        redone=report.redone,
        changed=report.changed,
        skipped=[SkippedAnswer(sample=it.sample_id, reason=it.reason) for it in report.skipped],
        job=report.job,
    )
