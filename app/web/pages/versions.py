"""Frozen versions: `/d/{slug}@v7` and `/d/{slug}@latest`, and what is done with them."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from app.curation import restoring, version_page, versions
from app.web.deps import ActorName, HouseDep, ReadSession, RenderDep, WriteSession
from app.web.ids import Cursor
from app.web.pages import exports

# Asked before all other pages: to them "faq@v7" would be the name of a data set.
router = APIRouter(prefix="/d/{slug}")


@router.get("@{version}")
def show_version(slug: str, version: str, session: ReadSession, render: RenderDep) -> Response:
    page = version_page.page(session, slug, versions.read_number(session, slug, version))
    return render("versions/show.html", block="content", head=page.head, page=page)


@router.get("@{version}/samples")
def list_samples(
    slug: str, version: str, session: ReadSession, render: RenderDep, after: Cursor = 0
) -> Response:
    number = versions.read_number(session, slug, version)
    page = version_page.page(session, slug, number, after=after)
    return render("versions/show.html", block="content", head=page.head, page=page)


@router.get("@{version}/board")
def show_board(slug: str, version: str, session: ReadSession) -> Response:
    number = versions.read_number(session, slug, version)
    return RedirectResponse(f"/d/{slug}/board?version={number}", 303)


@router.get("@{version}/export")
def show_export(
    slug: str, version: str, session: ReadSession, render: RenderDep, house: HouseDep
) -> Response:
    number = versions.read_number(session, slug, version)
    return exports.show_order(slug, number, session, (render, house))


@router.post("/versions")
def freeze(
    slug: str,
    session: WriteSession,
    actor: ActorName,
    query: Annotated[str, Form(max_length=10_000)] = "",
    name: Annotated[str, Form(max_length=versions.NAME_LENGTH)] = "",
    note: Annotated[str, Form(max_length=versions.NOTE_LENGTH)] = "",
) -> Response:
    view = versions.freeze(session, slug, query=query, name=name, note=note, actor=actor)
    return RedirectResponse(f"/d/{slug}@v{view.number}", 303)


@router.post("/versions/{number}/uses")
def add_use(
    slug: str,
    number: int,
    session: WriteSession,
    actor: ActorName,
    used_by: Annotated[str, Form(max_length=versions.USE_LENGTH)] = "",
) -> Response:
    versions.add_use(session, slug, number, used_by, actor=actor)
    return RedirectResponse(f"/d/{slug}@v{number}", 303)


@router.post("/versions/{number}/uses/{use}/remove")
def remove_use(slug: str, number: int, use: int, session: WriteSession) -> Response:
    versions.remove_use(session, slug, number, use)
    return RedirectResponse(f"/d/{slug}@v{number}", 303)


@router.post("/versions/{number}/restore")
def restore(
    slug: str,
    number: int,
    session: WriteSession,
    actor: ActorName,
    exactly: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    restoring.restore(session, slug, number, exactly=bool(exactly), actor=actor)
    return RedirectResponse(f"/d/{slug}@v{number}", 303)
