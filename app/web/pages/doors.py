"""The way in by a one-time link, and the way out."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.curation import access
from app.web import csrf, doors
from app.web.deps import HouseDep, RenderDep, WriteSession

router = APIRouter()

FOURTEEN_DAYS = 14 * 24 * 3600
USED = "This link has been used already, or it is too old."
FOREIGN = "Another site opened this link. If you trust it, paste it into the address bar."


@router.get("/login")
def log_in(request: Request, house: HouseDep, render: RenderDep, token: str = "") -> Response:
    if not token:
        return render("doors/login.html", message="")
    if not csrf.is_opened_by_hand(request.headers):
        return render("doors/login.html", status=403, message=FOREIGN)
    house.rates.check_login(request, house.read, "")
    with house.write() as session:
        previous = doors.session_secret(request)
        secret = access.log_in(session, token, previous=previous)
    if secret is None:
        return render("doors/login.html", status=403, message=USED)
    welcome = RedirectResponse("/", 303)  # without the query, so that no history keeps the token
    _set_cookie(welcome, request, secret, FOURTEEN_DAYS)
    return welcome


@router.post("/logout")
def log_out(request: Request, session: WriteSession) -> Response:
    access.log_out(session, doors.session_secret(request))
    farewell = RedirectResponse("/login", 303)
    _set_cookie(farewell, request, "", 0)
    return farewell


def _set_cookie(response: Response, request: Request, secret: str, seconds: int) -> None:
    response.set_cookie(
        doors.cookie_name(request),
        secret,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
