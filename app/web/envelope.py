"""What every response gets, whoever made it: safe headers, an id, a line in the log."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.curation import audit
from app.web import csp
from app.web.errors import API, problem

STATIC, VENDORED = "/static/", "/static/vendor/"
ONE_YEAR = "public, max-age=31536000, immutable"

log = structlog.get_logger("access")


@dataclass(slots=True)
class _Sent:
    status: int = 0


class Envelope:
    """The outermost middleware. An error nobody answered becomes a plain 500 here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer; add what every answer needs."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, sent = Request(scope), _Sent()
        request.state.nonce = secrets.token_urlsafe(18)
        request.state.request_id = secrets.token_hex(8)
        request.state.actor = None

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent.status = message["status"]
                _add_headers(MutableHeaders(scope=message), request)
            await send(message)

        with _logged(request, sent), audit.coming_from(_origin(request)):
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception:
                if not sent.status:
                    await _broken(request)(scope, receive, send_with_headers)
                raise  # the server logs it with its traceback


def _origin(request: Request) -> audit.Origin:
    """Where the request came from: the audit log writes it beside each act."""
    ip = request.client.host if request.client else ""
    return audit.Origin(ip, request.state.request_id)


def _add_headers(headers: MutableHeaders, request: Request) -> None:
    for name, value in csp.ALWAYS.items():
        headers[name] = value
    headers["X-Request-ID"] = request.state.request_id
    disposition = headers.get("Content-Disposition", "")
    # Set here whatever the route has set: no page may loosen its own policy.
    headers["Content-Security-Policy"] = csp.policy(request.state.nonce, disposition)
    if not headers.get("Cache-Control"):
        headers["Cache-Control"] = _cache(request.scope["path"])


def _cache(path: str) -> str:
    if path.startswith(VENDORED):
        return ONE_YEAR  # the folder's name holds the version
    return "no-cache" if path.startswith(STATIC) else "no-store"


def _broken(request: Request) -> Response:
    """Made without a template: a template may be what broke."""
    sentence = "Something broke in Dartboard. Its log has the details under this id: "
    told = sentence + request.state.request_id
    if request.scope["path"].startswith(API):
        return problem(500, "internal_error", told)
    if request.headers.get("HX-Request") == "true":
        return HTMLResponse(f'<p role="alert">{told}</p>', 500)
    page = f'<!doctype html><html lang="en"><title>Broken - Dartboard</title><p>{told}</p></html>'
    return HTMLResponse(page, 500)


@contextmanager
def _logged(request: Request, sent: _Sent) -> Iterator[None]:
    """One line per request: never the query string, a cookie or a header."""
    began = time.perf_counter()
    try:
        yield
    finally:
        actor = request.state.actor
        log.info(
            "request",
            request_id=request.state.request_id,
            method=request.method,
            path=request.scope["path"],
            status=sent.status or 500,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            actor=actor.name if actor else None,
        )
