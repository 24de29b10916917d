"""The one cookie of a browser that is logged in."""

from starlette.requests import Request
from starlette.responses import Response

SESSION = "dartboard_session"
FOURTEEN_DAYS = 14 * 24 * 3600


def session_secret(request: Request) -> str:
    """What the session cookie holds, or nothing."""
    return request.cookies.get(name_for(request), "")


def name_for(request: Request) -> str:
    """Over https the prefix makes browsers refuse a cookie that another host has set."""
    return f"__Host-{SESSION}" if request.url.scheme == "https" else SESSION


def give(response: Response, request: Request, secret: str) -> Response:
    """Let the browser keep the session."""
    return _set(response, request, secret, FOURTEEN_DAYS)


def take(response: Response, request: Request) -> Response:
    """Let the browser forget the session."""
    return _set(response, request, "", 0)


def _set(response: Response, request: Request, secret: str, seconds: int) -> Response:
    response.set_cookie(
        name_for(request),
        secret,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response
