"""Frozen versions over REST."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.curation import restoring, version_page, versions
from app.curation.version_page import FrozenView
from app.curation.versions import DifferenceView, VersionView
from app.web.answers import Once
from app.web.deps import ReadSession
from app.web.ids import Cursor

router = APIRouter(prefix="/api/v1/datasets/{slug}/versions", tags=["versions"])
# Asked before the samples of a data set: to that route "faq@v7" would be a data set's name.
frozen_router = APIRouter(prefix="/api/v1/datasets/{slug}@{version}", tags=["versions"])

Word = Annotated[str, Path(pattern="^(latest|v?[0-9]{1,10})$", examples=["latest", "v7"])]


UseNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


class NewVersion(BaseModel):
    """What to freeze: the samples that the query finds, or all that are not in the trash."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "for run 12", "query": ""}]}
    )

    name: str = Field(default="", max_length=versions.NAME_LENGTH)
    note: str = Field(default="", max_length=versions.NOTE_LENGTH)
    query: str = Field(default="", max_length=10_000, examples=["status=approved&label=refund"])


class NewUse(BaseModel):
    """Which fine-tuning job a version was used for: a name, or an address."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"used_by": "ft-12"}]}
    )

    used_by: str = Field(min_length=1, max_length=versions.USE_LENGTH)


class NewRestore(BaseModel):
    """How a version becomes the new state."""

    model_config = ConfigDict(extra="forbid")

    exactly: bool = Field(
        default=False,
        description="put what the version's query finds now and it does not hold into the trash",
    )


class RestoreAnswer(BaseModel):
    """A restore that a job carries out; `batch` can be undone."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    job: int
    batch: str


class UseAnswer(BaseModel):
    """What somebody trained on a version."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    used_by: str
    actor: str
    created_at: datetime


class FrozenAnswer(BaseModel):
    """One sample as it was frozen."""

    id: int
    status: str
    edited_since: bool
    in_trash: bool
    kind: str = Field(description="chat, preference, kto or text")
    messages: list[dict[str, Any]]
    rejected: list[dict[str, Any]] = Field(description="of a preference, the other answer")
    answer_turns: int = Field(description="how many messages at the end are the answer")
    desirable: bool | None = Field(description="of kto, whether the answer is a good one")


class FrozenPage(BaseModel):
    """Samples of a version by id; `next` goes into `after`."""

    items: list[FrozenAnswer]
    next: int | None


class GaugeAnswer(BaseModel):
    """What one gauge read of two versions."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    old: float
    new: float
    same_board: bool


class VersionAnswer(BaseModel):
    """A frozen version. Its hash is sha256 over "fingerprint status\\n" of each sample, by id."""

    dataset: str
    number: int
    name: str
    note: str
    query: str
    rows: int
    hash: str
    statuses: dict[str, int]
    used_by: list[UseAnswer]
    actor: str
    created_at: datetime


class VersionPage(BaseModel):
    """Versions, newest first; `next` goes into `after`."""

    items: list[VersionAnswer]
    next: int | None


class ChangeAnswer(BaseModel):
    """Samples that changed in one way: how many, and the first 50 of them."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    samples: tuple[int, ...]


class DifferenceAnswer(BaseModel):
    """What lies between two versions; one sample may be edited and differ in status."""

    old: VersionAnswer
    new: VersionAnswer
    added: ChangeAnswer
    edited: ChangeAnswer
    removed: ChangeAnswer
    status_changed: ChangeAnswer
    gauges: list[GaugeAnswer]


@router.post("", status_code=201, response_model=VersionAnswer)
def freeze(slug: str, wish: NewVersion, once: Once) -> Response:
    def act(session: Session) -> VersionAnswer:
        told = {"query": wish.query, "name": wish.name, "note": wish.note}
        return describe(versions.freeze(session, slug, **told, actor=once.actor))

    return once(201, act)


@router.get("")
def list_versions(
    slug: str,
    session: ReadSession,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> VersionPage:
    found = versions.history(session, slug, before=after, limit=limit)
    return VersionPage(items=[describe(view) for view in found.versions], next=found.next)


@router.get("/{old}...{new}")
def compare(slug: str, old: Word, new: Word, session: ReadSession) -> DifferenceAnswer:
    pair = versions.read_pair(session, slug, f"{old}...{new}")
    return tell_difference(versions.compare(session, slug, *pair))


@router.get("/{number}")
def show(slug: str, number: Word, session: ReadSession) -> VersionAnswer:
    found = versions.read_number(session, slug, number)
    return describe(versions.get(session, slug, found))


@router.post("/{number}/uses", status_code=201, response_model=VersionAnswer)
def add_use(slug: str, number: Word, wish: NewUse, once: Once) -> Response:
    def act(session: Session) -> VersionAnswer:
        found = versions.read_number(session, slug, number)
        return describe(versions.add_use(session, slug, found, wish.used_by, actor=once.actor))

    return once(201, act)


@router.delete("/{number}/uses/{use}", response_model=VersionAnswer)
def remove_use(slug: str, number: Word, use: UseNumber, once: Once) -> Response:
    def act(session: Session) -> VersionAnswer:
        found = versions.read_number(session, slug, number)
        return describe(versions.remove_use(session, slug, found, use))

    return once(200, act)


@router.post("/{number}/restore", status_code=202, response_model=RestoreAnswer)
def restore(slug: str, number: Word, wish: NewRestore, once: Once) -> Response:
    def act(session: Session) -> RestoreAnswer:
        found = versions.read_number(session, slug, number)
        report = restoring.restore(session, slug, found, exactly=wish.exactly, actor=once.actor)
        return RestoreAnswer.model_validate(report)

    return once(202, act)


@frozen_router.get("/samples")
def list_frozen(
    slug: str,
    version: Word,
    session: ReadSession,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Cursor = 0,
) -> FrozenPage:
    number = versions.read_number(session, slug, version)
    found, more = version_page.frozen(session, slug, number, after=after, limit=limit)
    return FrozenPage(items=[_tell_frozen(one) for one in found], next=more)


def _tell_frozen(one: FrozenView) -> FrozenAnswer:
    return FrozenAnswer(
        id=one.id,
        status=one.status,
        edited_since=one.edited,
        in_trash=one.in_trash,
        kind=one.kind,
        messages=orjson.loads(one.messages),
        rejected=orjson.loads(one.rejected),
        answer_turns=one.answer_turns,
        desirable=one.desirable,
    )


def tell_difference(found: DifferenceView) -> DifferenceAnswer:
    """The difference as the API tells it."""
    kinds = ("added", "edited", "removed", "status_changed")
    changes = {kind: ChangeAnswer.model_validate(getattr(found, kind)) for kind in kinds}
    gauges = [GaugeAnswer.model_validate(gauge) for gauge in found.gauges]
    old, new = describe(found.old), describe(found.new)
    return DifferenceAnswer(old=old, new=new, gauges=gauges, **changes)


def describe(view: VersionView) -> VersionAnswer:
    """The view as the API tells it."""
    return VersionAnswer(
        dataset=view.dataset,
        number=view.number,
        name=view.name,
        note=view.note,
        query=view.query,
        rows=view.rows,
        hash=view.hash,
        statuses=dict(view.statuses),
        used_by=[UseAnswer.model_validate(use) for use in view.uses],
        actor=view.actor,
        created_at=view.created_at,
    )
