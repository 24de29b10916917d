"""The people of a data set, their disagreements and assignments; comments; the inbox."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response
from fastapi import Query as FromQuery
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlmodel import Session

from app.curation import assigning, commenting, inboxes, opinions, review, team
from app.curation.review import Change
from app.web.answers import FormKey, SentOnce
from app.web.deps import ActorName, Reading, ReadSession, RenderDep, Speaking, WriteSession
from app.web.ids import Id
from app.web.render import Render

router = APIRouter()


class AssignmentForm(BaseModel):
    """Who is asked to do which part."""

    person: str = Field(max_length=200)
    query: str = Field(default="", max_length=20_000)
    note: str = Field(default="", max_length=4_000)
    key: FormKey = ""


class Saying(BaseModel):
    """What somebody says about a sample."""

    text: str = Field(default="", max_length=20_000)
    key: FormKey = ""


class SettlingForm(BaseModel):
    """What a disagreement comes to."""

    status: Literal["approved", "rejected", "needs_work"]
    version: int = Field(ge=1, le=2**31 - 1)
    key: FormKey = ""


@router.get("/d/{slug}/team")
def show_team(
    slug: str,
    session: ReadSession,
    reader: Reading,
    render: RenderDep,
    query: Annotated[str, FromQuery(max_length=20_000)] = "",
) -> Response:
    found = team.show(session, slug, reader, query=query)
    return render("team/show.html", block="content", head=found.head, team=found)


@router.post("/d/{slug}/team/overlap")
def set_overlap(
    slug: str,
    session: WriteSession,
    actor: ActorName,
    people: Annotated[int, Form(ge=0, le=1_000)],
) -> Response:
    opinions.set_overlap(session, slug, people, actor=actor)
    return RedirectResponse(f"/d/{slug}/team", 303)


@router.post("/d/{slug}/s/{sample_id}/settling")
def settle(
    slug: str, sample_id: Id, form: Annotated[SettlingForm, Form()], once: SentOnce
) -> Response:
    if once.is_first(form.key, slug, sample_id, form.model_dump()):
        change = Change(status=form.status, final=True)
        review.decide(once.session, slug, sample_id, change, version=form.version, actor=once.actor)
    return RedirectResponse(f"/d/{slug}/team#disagreements", 303)


@router.post("/d/{slug}/assignments")
def assign(slug: str, form: Annotated[AssignmentForm, Form()], once: SentOnce) -> Response:
    if once.is_first(form.key, slug, form.model_dump()):
        assigning.assign(
            once.session, slug, form.person, query=form.query, note=form.note, actor=once.actor
        )
    return RedirectResponse(f"/d/{slug}/team#assignments", 303)


@router.post("/d/{slug}/assignments/{assignment_id}/done")
def finish(slug: str, assignment_id: Id, session: WriteSession) -> Response:
    assigning.finish(session, slug, assignment_id)
    return RedirectResponse(f"/d/{slug}/team#assignments", 303)


@router.post("/d/{slug}/s/{sample_id}/comments")
def comment(
    slug: str, sample_id: Id, form: Annotated[Saying, Form()], once: SentOnce, render: RenderDep
) -> Response:
    if once.is_first(form.key, slug, sample_id, form.model_dump()):
        commenting.add(once.session, slug, sample_id, form.text, actor=once.actor)
    return _comments(once.session, slug, sample_id, render)


@router.post("/d/{slug}/s/{sample_id}/comments/{comment_id}/withdraw")
def withdraw(
    slug: str,
    sample_id: Id,
    comment_id: Id,
    session: WriteSession,
    speaker: Speaking,
    render: RenderDep,
) -> Response:
    commenting.withdraw(session, slug, sample_id, comment_id, speaker)
    return _comments(session, slug, sample_id, render)


@router.get("/inbox")
def show_inbox(session: ReadSession, actor: ActorName, render: RenderDep) -> Response:
    return render("team/inbox.html", block="content", inbox=inboxes.show(session, actor))


@router.post("/inbox/seen")
def see(session: WriteSession, actor: ActorName) -> Response:
    inboxes.see(session, actor)
    return RedirectResponse("/inbox", 303)


def _comments(session: Session, slug: str, sample_id: int, render: Render) -> Response:
    if not render.is_fragment:
        return RedirectResponse(f"/d/{slug}/s/{sample_id}#comments", 303)
    said = commenting.of_sample(session, sample_id)
    return render("team/comments.html", block="comments", slug=slug, id=sample_id, comments=said)
