"""Frozen versions over REST."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.curation import versions
from app.curation.versions import DifferenceView, VersionView
from app.web.answers import Once
from app.web.deps import ReadSession

router = APIRouter(prefix="/api/v1/datasets/{slug}/versions", tags=["versions"])


class NewVersion(BaseModel):
    """What to freeze: the samples that the query finds, or all that are not in the trash."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "for run 12", "query": ""}]}
    )

    name: str = Field(default="", max_length=versions.NAME_LENGTH)
    query: str = Field(default="", max_length=10_000, examples=["status=approved&label=refund"])


class VersionAnswer(BaseModel):
    """A frozen version. Its hash is sha256 over "fingerprint status\\n" of each sample, by id."""

    dataset: str
    number: int
    name: str
    query: str
    rows: int
    hash: str
    statuses: dict[str, int]
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


@router.post("", status_code=201, response_model=VersionAnswer)
def freeze(slug: str, wish: NewVersion, once: Once) -> Response:
    def act(session: Session) -> VersionAnswer:
        view = versions.freeze(session, slug, query=wish.query, name=wish.name, actor=once.actor)
        return describe(view)

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
def compare(slug: str, old: int, new: int, session: ReadSession) -> DifferenceAnswer:
    return tell_difference(versions.compare(session, slug, old, new))


def tell_difference(found: DifferenceView) -> DifferenceAnswer:
    """The difference as the API tells it."""
    kinds = ("added", "edited", "removed", "status_changed")
    changes = {kind: ChangeAnswer.model_validate(getattr(found, kind)) for kind in kinds}
    return DifferenceAnswer(old=describe(found.old), new=describe(found.new), **changes)


def describe(view: VersionView) -> VersionAnswer:
    """The view as the API tells it."""
    return VersionAnswer(
        dataset=view.dataset,
        number=view.number,
        name=view.name,
        query=view.query,
        rows=view.rows,
        hash=view.hash,
        statuses=dict(view.statuses),
        actor=view.actor,
        created_at=view.created_at,
    )
