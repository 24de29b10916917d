"""Who may pass: every request is stopped here unless the permission table lets it in."""

from collections.abc import Mapping
from typing import Final, Literal

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.curation import access
from app.curation.access import Actor, Recognised
from app.storage import asker
from app.storage.access import Role
from app.storage.asker import Asker
from app.web import csrf, matching, sizes
from app.web.deps import House
from app.web.errors import API, answer, show
from app.web.matching import Target
from app.web.rates import TooManyRequestsError

PUBLIC: Final = "public"
"""Instead of a role: anybody may ask, without being known."""
Permissions = Mapping[tuple[str, str], Role | Literal["public"]]

COOKIE = "dartboard_session"
LOGIN = "/login"
# Nothing of any data set is in these, so that a token bound to one may ask for them.
COMMON = frozenset({"/api/v1/openapi.json"})


class Doors:
    """The middleware that knows who asks and says no. Its order is its meaning:

    known route? -> public? -> who is it? -> own page (CSRF)? -> role -> own data set? -> size.
    """

    def __init__(self, app: ASGIApp, permissions: Permissions, large: frozenset[str]) -> None:
        self.app = app
        self.permissions = {
            (method, matching.anonymous(template)): role
            for (method, template), role in permissions.items()
        }
        self.large = frozenset(matching.anonymous(template) for template in large)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] == "websocket":  # there are none, so nobody may open one
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        target = matching.target_of(scope["app"], scope)
        if self._is_public(request, target):
            refusal = _too_often(request)
            await (refusal or self.app)(
                scope, sizes.limited(receive, self._limit(request, None)), send
            )
            return
        known = await run_in_threadpool(recognise, request)
        request.state.actor = known.actor if known else None
        refusal = _too_often(request) or self._refusal(request, target, known)
        refusal = refusal or await _outside(request, target)
        limit = self._limit(request, target)
        refusal = refusal or _too_large(request, limit.most)
        with asker.asked_by(_asker(request)):
            await (refusal or self.app)(scope, sizes.limited(receive, limit), send)
        if known and known.stale:  # after the answer: nobody waits for this
            await run_in_threadpool(_note, scope["app"].state.house, known)

    def _is_public(self, request: Request, target: Target | None) -> bool:
        return self.permissions.get(_line(request, target)) == PUBLIC

    def _refusal(
        self, request: Request, target: Target | None, known: Recognised | None
    ) -> Response | None:
        if known is None:
            return _unknown(request)
        if _is_foreign(request):
            sentence = "This request did not come from one of Dartboard's own pages."
            return answer(request, 403, "foreign_origin", sentence)
        if target is None:
            return answer(request, 404, "not_found", "There is no such page.")
        if not target.found:
            allowed = ", ".join(sorted(target.methods))
            refused = answer(request, 405, "method_not_allowed", f"This address takes {allowed}.")
            refused.headers["Allow"] = allowed
            return refused
        return self._lacking(request, target, known.actor)

    def _lacking(self, request: Request, target: Target, actor: Actor) -> Response | None:
        needed = self.permissions.get(_line(request, target))
        if not isinstance(needed, Role):
            sentence = "Nobody may do this: the permission table has no line for it."
            return answer(request, 403, "not_listed", sentence)
        if not actor.role.covers(needed):
            sentence = f"This takes the role {needed}; yours is {actor.role}."
            return answer(request, 403, "role_too_low", sentence)
        return None

    def _limit(self, request: Request, target: Target | None) -> sizes.Limit:
        house: House = request.app.state.house
        is_large = target is not None and target.template in self.large
        return house.upload_limit if is_large else house.body_limit


def recognise(request: Request) -> Recognised | None:
    """Who asks: by the token of the Authorization header, else by the session cookie."""
    house: House = request.app.state.house
    with house.read() as session:
        if _by_cookie(request.headers):
            secret = session_secret(request)
            return access.by_session(session, secret) if secret else None
        scheme, _, token = request.headers["authorization"].partition(" ")
        return access.by_token(session, token.strip()) if scheme.lower() == "bearer" else None


def session_secret(request: Request) -> str:
    """What the session cookie holds, or nothing."""
    return request.cookies.get(cookie_name(request), "")


def cookie_name(request: Request) -> str:
    """Over https the prefix makes browsers refuse a cookie that another host has set."""
    return f"__Host-{COOKIE}" if request.url.scheme == "https" else COOKIE


def _by_cookie(headers: Headers) -> bool:
    return "authorization" not in headers


def _is_foreign(request: Request) -> bool:
    """A browser adds a cookie to other sites' requests too; a bearer token it never adds."""
    changes = request.method not in csrf.SAFE
    return changes and _by_cookie(request.headers) and not csrf.is_own(request.headers)


def _line(request: Request, target: Target | None) -> tuple[str, str]:
    method = "GET" if request.method == "HEAD" else request.method
    return (method, target.template if target and target.found else "")


def _unknown(request: Request) -> Response:
    if _wants_page(request):
        return RedirectResponse(LOGIN, 303)
    sentence = "Log in first: open /login, or send an API token as Authorization: Bearer dbt_..."
    refused = answer(request, 401, "not_authenticated", sentence)
    refused.headers["WWW-Authenticate"] = "Bearer"
    return refused


def _wants_page(request: Request) -> bool:
    """Whether a browser would show the answer, rather than a script read it."""
    is_api = request.scope["path"].startswith(API)
    is_fragment = request.headers.get("HX-Request") == "true"
    mode = request.headers.get("sec-fetch-mode", "navigate")
    return not is_api and not is_fragment and mode == "navigate"


async def _outside(request: Request, target: Target | None) -> Response | None:
    """A bound token finds nothing outside its data set, not even that it exists."""
    actor: Actor | None = request.state.actor
    if actor is None or actor.dataset_id is None or target is None or target.template in COMMON:
        return None
    kind, key = _thing(request.scope["path"])
    if not kind:
        sentence = "This token is for one data set only."
        return answer(request, 403, "token_is_bound", sentence)
    owner = await run_in_threadpool(_owner_of, request.app.state.house, kind, key)
    if owner == actor.dataset_id:
        return None
    return answer(request, 404, "not_found", "There is no such thing here.")


def _thing(path: str) -> tuple[str, str]:
    """What an address is about: "/d/recipes/board" -> ("datasets", "recipes")."""
    parts = path.removeprefix("/api/v1").split("/")[1:]
    kind = {"d": "datasets", "datasets": "datasets", "samples": "samples", "jobs": "jobs"}
    if len(parts) < 2 or not parts[1] or parts[0] not in kind:
        return "", ""
    return kind[parts[0]], parts[1]


def _owner_of(house: House, kind: str, key: str) -> int | None:
    with house.read() as session:
        return access.owner_of(session, kind, key)


def _too_often(request: Request) -> Response | None:
    house: House = request.app.state.house
    actor: Actor | None = request.state.actor
    try:
        house.rates.note_request(request, actor.name if actor else None)
    except TooManyRequestsError as error:
        return show(request, error)
    return None


def _asker(request: Request) -> Asker:
    house: House = request.app.state.house
    actor: Actor | None = request.state.actor
    return Asker(actor.name if actor else "", house.rates.allowed.jobs_per_person)


def _note(house: House, known: Recognised) -> None:
    with house.write() as session:
        access.note_visit(session, known)


def _too_large(request: Request, limit: int) -> Response | None:
    if not sizes.is_declared_too_large(request.headers, limit):
        return None
    sentence = f"The request is larger than the {limit:,} bytes that are allowed here."
    return answer(request, 413, "too_large", sentence)
