"""Search over REST: by words, by meaning, and what is similar to a sample."""

from typing import Annotated

from fastapi import APIRouter, HTTPException
from fastapi import Query as FromQuery
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session

from app.curation import browsing, queries, sample_page, searching
from app.curation.queries import Query
from app.curation.sample_lists import Look
from app.curation.sample_views import RowView
from app.web import problems
from app.web.api.samples import Limit, SampleItem, item_of
from app.web.deps import ReadSession
from app.web.ids import Id

router = APIRouter(prefix="/api/v1", tags=["search"], responses=problems.documented(404, 409, 422))


class Mark(BaseModel):
    """A piece of a text; `found` when it is what was looked for."""

    text: str
    found: bool


class FoundItem(SampleItem):
    """A sample that was found; `score` is its cosine to what was asked for, 1 is the same."""

    dataset: str
    score: float | None = Field(description="null where only words were looked for")
    snippet: list[Mark] = Field(description="where the words stand; empty where none were asked")


class FoundGroup(BaseModel):
    """What one data set has of it; `next` goes on there, with `dataset` in the question."""

    dataset: str
    name: str
    found: int = Field(description="how many of the items are its")
    next: str | None
    fault: str = Field(description="why it could not be searched, else empty")


class FoundPage(BaseModel):
    """What was found, most alike first, and the cursor to go on with.

    Where all data sets were searched, the items of each stand together, in the order of `groups`.
    """

    items: list[FoundItem]
    next: str | None = None
    groups: list[FoundGroup] = []


class Search(BaseModel):
    """What is looked for, and where."""

    model_config = ConfigDict(extra="forbid")

    dataset: Annotated[str, StringConstraints(max_length=80)] = Field(
        default="", description="without it, every data set that you may see"
    )
    q: Annotated[str, StringConstraints(max_length=10_000)] = ""
    like: Annotated[str, StringConstraints(max_length=2_000)] = ""
    after: Annotated[str, StringConstraints(pattern="^[0-9]{0,18}$")] = ""
    limit: int = Field(default=20, ge=1, le=200, description="of all data sets, for each")


@router.get("/samples/{sample_id}/similar")
def list_similar(sample_id: Id, session: ReadSession, limit: Limit = 20) -> FoundPage:
    slug = sample_page.record(session, sample_id).dataset
    query = queries.parse([("near", str(sample_id))])
    found = browsing.more(session, slug, query, limit=limit + 1)
    return FoundPage(items=[_found(slug, row) for row in found.rows if row.id != sample_id][:limit])


@router.get("/search")
def search(session: ReadSession, wish: Annotated[Search, FromQuery()]) -> FoundPage:
    said = [("q", wish.q), ("like", wish.like)]
    query = queries.parse([(name, text) for name, text in said if text.strip()])
    if not query.terms:
        raise HTTPException(422, "Ask for words (q) or for a meaning (like).")
    if not wish.dataset:
        return _everywhere(session, query, wish)
    found = browsing.more(session, wish.dataset, query, Look(after=wish.after), limit=wish.limit)
    return FoundPage(
        items=[_found(wish.dataset, row) for row in found.rows], next=found.next_after or None
    )


def _everywhere(session: Session, query: Query, wish: Search) -> FoundPage:
    if wish.after:
        raise HTTPException(422, "To go on, name the data set beside `after`.")
    found = searching.everywhere(session, query, limit=wish.limit)
    return FoundPage(
        items=[_found(one.slug, row) for one in found for row in one.rows],
        groups=[
            FoundGroup(
                dataset=one.slug, name=one.name, found=len(one.rows),
                next=one.next_after or None, fault=one.fault,
            )
            for one in found
        ],
    )  # fmt: skip


def _found(slug: str, row: RowView) -> FoundItem:
    """A row of a list as something that was found."""
    return FoundItem(
        **item_of(row).model_dump(), dataset=slug, score=row.alike,
        snippet=[Mark(text=text, found=found) for text, found in row.snippet],
    )  # fmt: skip
