"""The search field's second button, and saved views."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Response
from fastapi import Query as FromQuery
from fastapi.responses import RedirectResponse

from app.curation import queries, saved_views
from app.curation.queries import Query
from app.curation.sample_rows import href
from app.web.asked import AskedOfPage, Looked
from app.web.deps import ActorName, WriteSession

router = APIRouter(prefix="/d/{slug}")

ViewId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Name = Annotated[str, Form(max_length=1_000)]


@router.get("/throw")
def throw(slug: str, q: Annotated[str, FromQuery(max_length=10_000)] = "") -> Response:
    query = queries.parse([("like", q)]) if q.strip() else Query()
    return RedirectResponse(href(slug, "samples", query), 303)


@router.post("/views")
def save_view(
    slug: str, query: AskedOfPage, look: Looked, session: WriteSession, actor: ActorName,
    name: Name = "",
) -> Response:  # fmt: skip
    view = saved_views.save(session, slug, name, query, sort=look.sort, actor=actor)
    return RedirectResponse(saved_views.address(slug, view), 303)


@router.post("/views/{view}")
def rename_view(slug: str, view: ViewId, session: WriteSession, name: Name = "") -> Response:
    found = saved_views.rename(session, slug, view, name)
    return RedirectResponse(saved_views.address(slug, found), 303)


@router.post("/views/{view}/delete")
def delete_view(
    slug: str, view: ViewId, query: AskedOfPage, look: Looked, session: WriteSession
) -> Response:
    saved_views.remove(session, slug, view)
    further = {"sort": look.sort} if look.sort else {}
    return RedirectResponse(href(slug, "samples", query, **further), 303)
