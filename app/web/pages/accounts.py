"""Accounts: one's own, one's tokens, and, for an admin, everybody's."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from app.curation import logins, people, people_page, token_page
from app.curation.people import Invitation
from app.curation.token_page import TokenWish
from app.errors import DartboardError
from app.web import cookies
from app.web.deps import (
    ActorName,
    Asker,
    FrontDep,
    HouseDep,
    Place,
    ReadSession,
    RenderDep,
    WriteSession,
)
from app.web.errors import status_of

router = APIRouter(prefix="/settings")

ME, USERS, TOKENS = "/settings/me", "/settings/users", "/settings/tokens"

Line = Annotated[str, Form(max_length=200)]


class NewPassword(BaseModel):
    """The old password and the new one."""

    model_config = ConfigDict(extra="forbid")

    old: str = Field("", max_length=1_000)
    new: str = Field("", max_length=1_000)


class NewToken(BaseModel):
    """What a token is to be for."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=200)
    scopes: list[str] = Field([], max_length=8)
    dataset: str = Field("", max_length=200)
    days: int | None = Field(None, ge=1, le=366)


class NewPerson(BaseModel):
    """Who is invited, and what they will be."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field("", max_length=200)
    role: str = Field("", max_length=20)
    dataset: str = Field("", max_length=200)
    dataset_role: str = Field("viewer", max_length=20)


@router.get("")
def show_settings() -> Response:
    return RedirectResponse(ME, 303)


@router.get("/me")
def show_me(
    session: ReadSession, asker: Asker, house: HouseDep, render: RenderDep, done: str = ""
) -> Response:
    told: dict[str, Any] = {"done": done, "message": "", "provider": house.provider_name}
    return render("settings/me.html", block="content", me=logins.me(session, asker), **told)


@router.post("/me/password")
def change_password(
    front: FrontDep, asker: Asker, form: Annotated[NewPassword, Form()]
) -> Response:
    house, browser = front.house, front.browser
    try:
        opened = logins.change_password(house.read, house.write, asker, form.old, form.new, browser)
    except DartboardError as error:
        told: dict[str, Any] = {"done": "", "message": str(error), "provider": house.provider_name}
        with house.read() as session:
            me = logins.me(session, asker)
        return front.render("settings/me.html", status=status_of(error), me=me, **told)
    welcome = RedirectResponse(f"{ME}?done=password", 303)
    return cookies.give(welcome, front.request, opened.secret)


@router.post("/me/sessions")
def end_sessions(session: WriteSession, asker: Asker, key: Line = "") -> Response:
    if key:
        logins.end_session(session, asker, key)
    else:
        logins.end_other_sessions(session, asker)
    return RedirectResponse(f"{ME}?done=sessions", 303)


@router.get("/tokens")
def show_tokens(session: ReadSession, asker: Asker, render: RenderDep) -> Response:
    shown = token_page.view(session, asker)
    return render("settings/tokens.html", block="content", page=shown, made="", message="")


@router.post("/tokens")
def make_token(
    session: WriteSession, asker: Asker, render: RenderDep, form: Annotated[NewToken, Form()]
) -> Response:
    wish = TokenWish(form.name, tuple(form.scopes), form.dataset, form.days)
    made, message, status = "", "", 200
    try:
        made = token_page.give(session, wish, asker)
    except DartboardError as error:
        message, status = str(error), status_of(error)
    told: dict[str, Any] = {"made": made, "message": message}
    shown = token_page.view(session, asker)
    return render("settings/tokens.html", status=status, page=shown, **told)


@router.post("/tokens/{token_id}/revoke")
def revoke_token(token_id: str, session: WriteSession, asker: Asker) -> Response:
    token_page.revoke(session, token_id, asker)
    return RedirectResponse(TOKENS, 303)


@router.get("/users")
def show_people(session: ReadSession, asker: Asker, render: RenderDep) -> Response:
    shown = people_page.everybody(session, asker.user_id)
    return render("settings/users.html", block="content", page=shown, link="", link_for="")


@router.post("/users/invitations")
def invite(
    session: WriteSession,
    asker: Asker,
    render: RenderDep,
    place: Place,
    form: Annotated[NewPerson, Form()],
) -> Response:
    asked = Invitation(form.note, form.role, form.dataset, form.dataset_role)
    link = f"{place}/join?token={people.invite(session, asked, asker.name)}"
    shown, name = people_page.everybody(session, asker.user_id), form.note or "somebody new"
    return render("settings/users.html", page=shown, link=link, link_for=name)


@router.post("/users/invitations/{key}/remove")
def take_back(key: str, session: WriteSession, actor: ActorName) -> Response:
    people_page.take_back(session, key, actor)
    return RedirectResponse(USERS, 303)


@router.post("/users/{person_id}/role")
def change_role(
    person_id: int, session: WriteSession, actor: ActorName, role: Line = ""
) -> Response:
    people.change_role(session, person_id, role, actor)
    return RedirectResponse(USERS, 303)


@router.post("/users/{person_id}/reset")
def reset_password(
    person_id: int, session: WriteSession, asker: Asker, render: RenderDep, place: Place
) -> Response:
    link = f"{place}/join?token={people.reset_link(session, person_id, asker.name)}"
    shown = people_page.everybody(session, asker.user_id)
    name = next(one.name for one in shown.people if one.id == person_id)
    return render("settings/users.html", page=shown, link=link, link_for=name)


@router.post("/users/{person_id}/remove")
def remove(person_id: int, session: WriteSession, actor: ActorName) -> Response:
    people.remove(session, person_id, actor)
    return RedirectResponse(USERS, 303)


@router.post("/users/{person_id}/restore")
def bring_back(person_id: int, session: WriteSession, actor: ActorName) -> Response:
    people.bring_back(session, person_id, actor)
    return RedirectResponse(USERS, 303)
