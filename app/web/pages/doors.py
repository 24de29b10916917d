"""The ways in: a one-time link, a name and a password, an invitation; and the way out."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from app.curation import access, logins, people
from app.curation.logins import Opened
from app.errors import DartboardError
from app.web import cookies, csrf
from app.web.deps import Front, FrontDep, ReadSession, RenderDep, WriteSession
from app.web.errors import status_of

router = APIRouter()

USED = "This link has been used already, or it is too old."
FOREIGN = "Another site opened this link. If you trust it, paste it into the address bar."
NO_TOKEN = "That is not the set-up token, or it has been used."  # noqa: S105  a sentence


class Entry(BaseModel):
    """What somebody enters who wants to come in."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field("", max_length=200)
    name: str = Field("", max_length=200)
    password: str = Field("", max_length=1_000)


EntryForm = Annotated[Entry, Form()]


@router.get("/login")
def show_login(front: FrontDep, token: str = "") -> Response:
    if not token:
        with front.house.read() as session:
            is_set_up = people.is_set_up(session)
        return _login_page(front) if is_set_up else RedirectResponse("/setup", 303)
    if not csrf.is_opened_by_hand(front.request.headers):
        return _login_page(front, 403, FOREIGN)
    front.house.rates.check_login(front.request, front.house.read, "")
    with front.house.write() as session:
        secret = access.log_in(session, token, front.browser)
    if secret is None:
        return _login_page(front, 403, USED)
    # Without the query, so that no history keeps the token.
    return cookies.give(RedirectResponse("/", 303), front.request, secret)


@router.post("/login")
def log_in(front: FrontDep, entry: EntryForm) -> Response:
    house = front.house
    try:
        house.rates.check_login(front.request, house.read, logins.knocking_as(entry.name))
        opened = logins.log_in(house.read, house.write, entry.name, entry.password, front.browser)
    except DartboardError as error:
        return _login_page(front, status_of(error), str(error), entry.name)
    return _welcome(front, opened)


@router.post("/logout")
def log_out(request: Request, session: WriteSession) -> Response:
    access.log_out(session, cookies.session_secret(request))
    return cookies.take(RedirectResponse("/login", 303), request)


@router.get("/setup")
def show_setup(session: ReadSession, render: RenderDep, token: str = "") -> Response:
    if people.is_set_up(session):
        return RedirectResponse("/login", 303)
    return render("doors/setup.html", message="", token=token, name="admin")


@router.post("/setup")
def set_up(front: FrontDep, entry: EntryForm) -> Response:
    told: dict[str, Any] = {"token": entry.token, "name": entry.name}
    try:
        opened = _arrive(front, entry, setup=True)
    except people.LinkUsedError:
        return front.render("doors/setup.html", status=403, message=NO_TOKEN, **told)
    except DartboardError as error:
        status = status_of(error)
        return front.render("doors/setup.html", status=status, message=str(error), **told)
    front.house.setup_file.unlink(missing_ok=True)
    return _welcome(front, opened)


@router.get("/join")
def show_invitation(session: ReadSession, render: RenderDep, token: str = "") -> Response:
    try:
        link = people.look_at_link(session, token, setup=False)
    except people.LinkUsedError as error:
        return render("doors/join.html", status=403, link=None, message=str(error))
    return render("doors/join.html", link=link, token=token, name=link.name, message="")


@router.post("/join")
def join(front: FrontDep, entry: EntryForm) -> Response:
    try:
        return _welcome(front, _arrive(front, entry, setup=False))
    except people.LinkUsedError as error:
        return front.render("doors/join.html", status=403, link=None, message=str(error))
    except DartboardError as error:
        status, told = status_of(error), {"token": entry.token, "name": entry.name}
        with front.house.read() as session:
            link = people.look_at_link(session, entry.token, setup=False)
        page: dict[str, Any] = {**told, "link": link, "message": str(error)}
        return front.render("doors/join.html", status=status, **page)


def _arrive(front: Front, entry: Entry, *, setup: bool) -> Opened:
    arrival = people.Arrival(entry.token.strip(), entry.name, entry.password, front.browser)
    return people.arrive(front.house.read, front.house.write, arrival, setup=setup)


def _login_page(front: Front, status: int = 200, message: str = "", name: str = "") -> Response:
    with front.house.read() as session:
        by_password = logins.is_by_password(session)
    provider = front.house.provider_name
    told: dict[str, Any] = {"by_password": by_password, "provider": provider}
    return front.render("doors/login.html", status=status, message=message, name=name, **told)


def _welcome(front: Front, opened: Opened) -> Response:
    return cookies.give(RedirectResponse("/", 303), front.request, opened.secret)
