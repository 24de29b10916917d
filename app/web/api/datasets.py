"""Data sets over REST."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi import Query as FromQuery
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session

from app.curation import catalogue
from app.curation.catalogue import DatasetCard
from app.web import problems
from app.web.answers import Once
from app.web.deps import Asker, ReadSession

router = APIRouter(
    prefix="/api/v1/datasets", tags=["datasets"], responses=problems.documented(404, 409, 422)
)

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Task = Annotated[str, StringConstraints(max_length=4_000)]


class NewDataset(BaseModel):
    """What a new data set is called, and what a model should learn from it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Support", "task": "Answer billing questions"}]},
    )

    name: Name
    task: Task = ""
    side: Literal["input", "output", "pair"] = "input"


class DatasetPatch(BaseModel):
    """What is to be different; the address (slug) never changes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Billing"}]})

    name: Name | None = None
    task: Task | None = None


class DatasetAnswer(BaseModel):
    """A data set, and how far its review is."""

    slug: str
    name: str
    task: str
    side: str
    samples: int
    pending: int
    approved: int
    rejected: int
    needs_work: int
    created_at: datetime
    changed_at: datetime


class DatasetPage(BaseModel):
    """Some data sets, and the cursor to go on with."""

    items: list[DatasetAnswer]
    next: str | None


class Cursor(BaseModel):
    """Where a list goes on, and how far."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, StringConstraints(pattern="^[0-9]{0,18}$")] = ""
    limit: int = Field(default=100, ge=1, le=200)


@router.get("")
def list_datasets(cursor: Annotated[Cursor, FromQuery()], session: ReadSession) -> DatasetPage:
    found, following = catalogue.page(session, after=int(cursor.after or 0), limit=cursor.limit)
    return DatasetPage(
        items=[describe(card) for card in found], next=str(following) if following else None
    )


@router.post("", status_code=201, response_model=DatasetAnswer)
def create_dataset(wish: NewDataset, once: Once, asker: Asker) -> Response:
    def act(session: Session) -> DatasetAnswer:
        owner, told = asker.user_id, wish.model_dump()
        return describe(catalogue.create(session, actor=once.actor, owner=owner, **told))

    return once(201, act)


@router.get("/{slug}")
def show_dataset(slug: str, session: ReadSession) -> DatasetAnswer:
    return describe(catalogue.show(session, slug))


@router.patch("/{slug}", response_model=DatasetAnswer)
def rename_dataset(slug: str, wish: DatasetPatch, once: Once) -> Response:
    def act(session: Session) -> DatasetAnswer:
        return describe(
            catalogue.rename(session, slug, actor=once.actor, name=wish.name, task=wish.task)
        )

    return once(200, act)


@router.delete("/{slug}", status_code=204)
def trash_dataset(slug: str, once: Once) -> Response:
    once(204, lambda session: catalogue.trash(session, slug, actor=once.actor))
    return Response(status_code=204)


@router.post("/{slug}/restore", response_model=DatasetAnswer)
def restore_dataset(slug: str, once: Once) -> Response:
    return once(200, lambda session: describe(catalogue.restore(session, slug, actor=once.actor)))


def describe(card: DatasetCard) -> DatasetAnswer:
    """The card as the API tells it."""
    counts = card.counts
    return DatasetAnswer(
        slug=card.slug,
        name=card.name,
        task=card.task,
        side=card.side,
        samples=counts.total,
        pending=counts.pending,
        approved=counts.approved,
        rejected=counts.rejected,
        needs_work=counts.needs_work,
        created_at=card.created_at,
        changed_at=card.changed_at,
    )
