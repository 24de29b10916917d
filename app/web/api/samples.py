"""Samples over REST."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, HTTPException, Response
from fastapi import Query as FromQuery
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session

from app.curation import browsing, review, sample_page
from app.curation.review import Change
from app.curation.sample_views import RowView, SampleRecord
from app.web import problems
from app.web.answers import Once
from app.web.asked import DOCUMENTED, Asked, Looked
from app.web.deps import Reading, ReadSession
from app.web.ids import Id

router = APIRouter(prefix="/api/v1", tags=["samples"], responses=problems.documented(404, 409, 422))

StatusName = Literal["pending", "approved", "rejected", "needs_work"]
Label = Annotated[str, StringConstraints(max_length=200)]
Remark = Annotated[str, StringConstraints(max_length=4_000)]
IfMatch = Annotated[
    str, Header(alias="If-Match", description='the version you have read, such as "v7"')
]
Limit = Annotated[int, FromQuery(ge=1, le=200)]

_TAG = re.compile(r'"v([0-9]{1,9})"')


class SampleItem(BaseModel):
    """A sample in a list."""

    id: int
    external_id: str
    status: str
    labels: list[str]
    origin: str
    preview: str
    cell: str
    flags: list[str]
    turns: int
    length: int
    version: int
    marks: list[str]
    flagged: bool
    quality: int


class SamplePage(BaseModel):
    """Some samples, and the cursor to go on with."""

    items: list[SampleItem]
    next: str | None


class SampleAnswer(BaseModel):
    """One sample; `messages` are its text now, `raw` is the record as it came."""

    id: int
    dataset: str
    external_id: str
    version: int
    revision: int
    status: str
    labels: list[str]
    marks: list[str] = Field(description="labels of which a sample may have several")
    flagged: bool
    quality: int = Field(description="1 to 5, 0 while nobody rated it")
    origin: str
    source: str
    split: str
    language: str
    deleted: bool
    cell: str
    flags: list[str]
    kind: str = Field(description="chat, preference, kto or text")
    messages: list[dict[str, Any]]
    rejected: list[dict[str, Any]] = Field(description="of a preference, the other answer")
    answer_turns: int = Field(description="how many messages at the end are the answer")
    desirable: bool | None = Field(description="of kto, whether the answer is a good one")
    raw: str


class SamplePatch(BaseModel):
    """What is to be different; all of it is one act."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"status": "rejected", "reason": "off topic"}]},
    )

    messages: list[dict[str, Any]] | None = Field(default=None, min_length=1, max_length=1_000)
    status: StatusName | None = None
    rejected: list[dict[str, Any]] | None = Field(
        default=None, min_length=1, max_length=1_000, description="of a pair, the other answer"
    )
    answer_turns: int | None = Field(
        default=None, ge=1, description="of a pair, how many messages are the better answer"
    )
    labels: list[Label] | None = Field(default=None, max_length=1)
    marks: list[Label] | None = Field(
        default=None, max_length=60, description="labels of which a sample may have several"
    )
    flagged: bool | None = None
    quality: int | None = Field(default=None, ge=0, le=5, description="1 to 5; 0 for none")
    deleted: bool | None = Field(default=None, description="true: into the trash")
    note: Remark = ""
    reason: Remark = ""


class EventAnswer(BaseModel):
    """One thing that people did to a sample."""

    seq: int
    actor: str
    at: datetime
    kind: str
    sentence: str
    body: dict[str, Any]


class EventPage(BaseModel):
    """The history of a sample, oldest first."""

    items: list[EventAnswer]
    next: None = None


@router.get("/datasets/{slug}/samples", openapi_extra=DOCUMENTED)
def list_samples(
    slug: str, query: Asked, look: Looked, session: ReadSession, limit: Limit = 100
) -> SamplePage:
    found = browsing.more(session, slug, query, look, limit=limit)
    return SamplePage(items=[item_of(row) for row in found.rows], next=found.next_after or None)


@router.get("/samples/{sample_id}")
def show_sample(sample_id: Id, session: ReadSession, response: Response) -> SampleAnswer:
    found = sample_page.record(session, sample_id)
    response.headers["ETag"] = f'"v{found.version}"'
    return _sample(found)


@router.patch(
    "/samples/{sample_id}", response_model=SampleAnswer, responses=problems.documented(428)
)
def change_sample(sample_id: Id, wish: SamplePatch, once: Once, if_match: IfMatch = "") -> Response:
    version = _version(if_match)
    label = None if wish.labels is None else "".join(wish.labels)
    change = Change(
        status=wish.status,
        label=label,
        messages=wish.messages,
        rejected=wish.rejected,
        answer_turns=wish.answer_turns,
        marks=wish.marks,
        flagged=wish.flagged,
        quality=wish.quality,
        deleted=wish.deleted,
        note=wish.note,
        reason=wish.reason,
    )

    def act(session: Session) -> SampleAnswer:
        slug = sample_page.record(session, sample_id).dataset
        review.decide(session, slug, sample_id, change, version=version, actor=once.actor)
        return _sample(sample_page.record(session, sample_id))

    return once(200, act)


@router.get("/samples/{sample_id}/history")
def show_history(sample_id: Id, session: ReadSession, reader: Reading) -> EventPage:
    return EventPage(
        items=[
            EventAnswer(
                seq=it.seq, actor=it.actor, at=it.at, kind=it.kind, sentence=it.sentence,
                body=it.body,
            )
            for it in sample_page.history(session, sample_id, reader)
        ]
    )  # fmt: skip


def _version(if_match: str) -> int:
    if not if_match.strip():
        raise HTTPException(428, 'Send the version you have read as If-Match: "v7".')
    match = _TAG.fullmatch(if_match.strip())
    if match is None:
        raise HTTPException(422, 'If-Match takes one version, such as "v7".')
    return int(match[1])


def item_of(row: RowView) -> SampleItem:
    return SampleItem(
        id=row.id,
        external_id=row.external_id,
        status=row.status,
        labels=_labels(row.label),
        origin=row.origin,
        preview=row.preview,
        cell=row.cell,
        flags=[flag.name for flag in row.flags],
        turns=row.turns,
        length=row.length,
        version=row.version,
        marks=list(row.marks),
        flagged=row.flagged,
        quality=row.quality,
    )


def _sample(found: SampleRecord) -> SampleAnswer:
    own = ("labels", "flags", "messages", "rejected", "marks")
    told = {name: getattr(found, name) for name in SampleAnswer.model_fields if name not in own}
    return SampleAnswer(
        **told,
        labels=_labels(found.label),
        flags=list(found.flags),
        marks=list(found.marks),
        messages=list(found.messages),
        rejected=list(found.rejected),
    )


def _labels(label: str) -> list[str]:
    return [label] if label else []
