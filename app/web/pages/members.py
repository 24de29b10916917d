"""Who belongs to a data set."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from app.curation import people_page
from app.web.deps import ActorName, Asker, ReadSession, RenderDep, WriteSession

router = APIRouter(prefix="/d/{slug}/members")

Line = Annotated[str, Form(max_length=200)]


@router.get("")
def show_members(slug: str, session: ReadSession, asker: Asker, render: RenderDep) -> Response:
    shown = people_page.members(session, slug, asker)
    return render("members/list.html", block="content", page=shown, head=shown.head)


@router.post("")
def place(
    slug: str, session: WriteSession, actor: ActorName, name: Line = "", role: Line = ""
) -> Response:
    people_page.place(session, slug, name, role, actor)
    return RedirectResponse(f"/d/{slug}/members", 303)


@router.post("/{person_id}/remove")
def displace(slug: str, person_id: int, session: WriteSession, actor: ActorName) -> Response:
    people_page.displace(session, slug, person_id, actor)
    return RedirectResponse(f"/d/{slug}/members", 303)
