"""Saved views over REST."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlmodel import Session

from app.curation import queries, saved_views
from app.curation.saved_views import SavedView
from app.web import problems
from app.web.answers import Once
from app.web.deps import ReadSession

router = APIRouter(
    prefix="/api/v1/datasets/{slug}/views",
    tags=["views"],
    responses=problems.documented(404, 409, 422),
)

ViewId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class NewView(BaseModel):
    """A query to be kept under a name."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Refunds", "query": "q=refund&status=pending"}]},
    )

    name: Name
    query: Annotated[str, StringConstraints(max_length=20_000)] = ""
    sort: Annotated[str, StringConstraints(max_length=20)] = ""


class ViewPatch(BaseModel):
    """Another name."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "May"}]})

    name: Name


class ViewAnswer(BaseModel):
    """A saved view; its query is what `GET .../samples` takes."""

    id: int
    name: str
    query: str
    sort: str
    actor: str
    created_at: datetime


class ViewPage(BaseModel):
    """All views of the data set, by name."""

    items: list[ViewAnswer]
    next: None = None


@router.get("")
def list_views(slug: str, session: ReadSession) -> ViewPage:
    return ViewPage(items=[_answer(view) for view in saved_views.listing(session, slug)])


@router.post("", status_code=201, response_model=ViewAnswer)
def save_view(slug: str, wish: NewView, once: Once) -> Response:
    query = queries.parse_string(wish.query)

    def act(session: Session) -> ViewAnswer:
        return _answer(
            saved_views.save(session, slug, wish.name, query, sort=wish.sort, actor=once.actor)
        )

    return once(201, act)


@router.patch("/{view}", response_model=ViewAnswer)
def rename_view(slug: str, view: ViewId, wish: ViewPatch, once: Once) -> Response:
    return once(200, lambda session: _answer(saved_views.rename(session, slug, view, wish.name)))


@router.delete("/{view}", status_code=204)
def delete_view(slug: str, view: ViewId, once: Once) -> Response:
    once(204, lambda session: saved_views.remove(session, slug, view))
    return Response(status_code=204)


def _answer(view: SavedView) -> ViewAnswer:
    return ViewAnswer(
        id=view.id, name=view.name, query=view.query, sort=view.sort, actor=view.actor,
        created_at=view.created_at,
    )  # fmt: skip
