"""Who may pass: every request is stopped here unless the permission table lets it in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.curation import access, people
from app.curation.access import Recognised
from app.curation.actors import TOKEN, Actor
from app.storage import asker, sight
from app.storage.access import Role
from app.storage.asker import Asker
from app.web import cookies, csrf, matching, sizes
from app.web.deps import House
from app.web.errors import API, answer, show
from app.web.matching import Target
from app.web.rates import TooManyRequestsError

PUBLIC: Final = "public"
"""Instead of a role: anybody may ask, without being known."""
KNOWN: Final = "known"
"""Instead of a role: whoever is known may ask, and is shown no more than what is theirs."""
Permissions = Mapping[tuple[str, str], Role | Literal["public", "known"]]

LOGIN, SETUP = "/login", "/setup"
# What a person does with their own account or other people's: no token comes near it.
SETTINGS = "/settings"
# The one address that names its data set in the query.
SEARCH = "/api/v1/search"
# Nothing of any data set is in these, so that a token bound to one may ask for them.
COMMON = frozenset({"/api/v1/openapi.json"})


class Doors:
    """The middleware that knows who asks and says no. Its order is its meaning:

    own page (CSRF)? -> public? -> who is it? -> known route? -> visible data set? -> role -> size.
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
        nul = _holding_nul(request)
        if nul:
            await nul(scope, receive, send)
            return
        target = matching.target_of(scope["app"], scope)
        is_public = self.permissions.get(_line(request, target)) == PUBLIC
        known = None if is_public else await run_in_threadpool(recognise, request)
        request.state.actor = known.actor if known else None
        refusal = _too_often(request)
        if not (refusal or is_public or known):
            refusal = await run_in_threadpool(_unknown, request)
        refusal = refusal or self._refusal(request, target, request.state.actor)
        limit = self._limit(request, target)
        refusal = refusal or _too_large(request, limit.most)
        # What this actor may not see is not there for any query of this request.
        with asker.asked_by(_asker(request)), sight.narrowed(known.visible if known else None):
            await (refusal or self.app)(scope, sizes.limited(receive, limit), send)
        if known and known.stale:  # after the answer: nobody waits for this
            await run_in_threadpool(_note, scope["app"].state.house, known)

    def _refusal(
        self, request: Request, target: Target | None, actor: Actor | None
    ) -> Response | None:
        if not csrf.is_allowed(request):
            return _foreign(request)
        if target is None:
            return answer(request, 404, "not_found", "There is no such page.")
        if actor is None:  # nobody in particular, before a page that is for everybody
            return None
        if not target.found:
            allowed = ", ".join(sorted(target.methods))
            refused = answer(request, 405, "method_not_allowed", f"This address takes {allowed}.")
            refused.headers["Allow"] = allowed
            return refused
        return _outside(request, target, actor) or self._lacking(request, target, actor)

    def _lacking(self, request: Request, target: Target, actor: Actor) -> Response | None:
        needed = self.permissions.get(_line(request, target))
        if needed == KNOWN:
            return None
        if not isinstance(needed, Role):
            sentence = "Nobody may do this: the permission table has no line for it."
            return answer(request, 403, "not_listed", sentence)
        if not actor.covers(needed):
            yours = f"yours is {actor.role}" if actor.role else "you have none here"
            sentence = f"This takes the role {needed}; {yours}."
            return answer(request, 403, "role_too_low", sentence)
        if not actor.may(needed, reading=request.method in csrf.SAFE):
            sentence = "This token was not made for that: its scopes do not allow it."
            return answer(request, 403, "scope_missing", sentence)
        return None

    def _limit(self, request: Request, target: Target | None) -> sizes.Limit:
        house: House = request.app.state.house
        is_large = target is not None and target.template in self.large
        return house.upload_limit if is_large else house.body_limit


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks, with the role they have where they ask, and the data sets that exist for them."""

    actor: Actor
    visible: frozenset[int] | None
    recognised: Recognised

    @property
    def stale(self) -> bool:
        """Whether this use should be written down."""
        return self.recognised.stale


def recognise(request: Request) -> Known | None:
    """Who asks: by the token of the Authorization header, else by the session cookie."""
    house: House = request.app.state.house
    with house.read() as session:
        found = _recognised(session, request)
        if found is None:
            return None
        actor = found.actor
        if actor.roles or actor.visible is not None:
            kind, key = _thing(request)
            here = access.owner_of(session, kind, key) if kind else None
            return Known(actor.within(here) if kind else actor, actor.visible, found)
        return Known(actor, None, found)


def _recognised(session: Session, request: Request) -> Recognised | None:
    if csrf.is_by_cookie(request.headers):
        secret = cookies.session_secret(request)
        return access.by_session(session, secret) if secret else None
    scheme, _, token = request.headers["authorization"].partition(" ")
    return access.by_token(session, token.strip()) if scheme.lower() == "bearer" else None


def _holding_nul(request: Request) -> Response | None:
    """An address with a NUL is of nothing: SQLite would look for it, Postgres fail."""
    if "\0" in request.scope["path"]:
        return answer(request, 404, "not_found", "There is no such page.")
    if b"%00" in request.scope["query_string"]:
        return answer(request, 422, "nul_character", "An address cannot hold the character NUL.")
    return None


def _line(request: Request, target: Target | None) -> tuple[str, str]:
    method = "GET" if request.method == "HEAD" else request.method
    return (method, target.template if target and target.found else "")


def _foreign(request: Request) -> Response:
    sentence = "This request did not come from one of Dartboard's own pages."
    return answer(request, 403, "foreign_origin", sentence)


def _unknown(request: Request) -> Response:
    house: House = request.app.state.house
    with house.read() as session:
        is_set_up = people.is_set_up(session)
    if _wants_page(request):
        return RedirectResponse(LOGIN if is_set_up else SETUP, 303)
    sentence = "Log in first: open /login, or send an API token as Authorization: Bearer dbt_..."
    if not is_set_up:
        sentence = "Nobody has set this Dartboard up yet: open /setup first."
    refused = answer(request, 401, "not_authenticated", sentence)
    refused.headers["WWW-Authenticate"] = "Bearer"
    return refused


def _wants_page(request: Request) -> bool:
    """Whether a browser would show the answer, rather than a script read it."""
    is_api = request.scope["path"].startswith(API)
    is_fragment = request.headers.get("HX-Request") == "true"
    mode = request.headers.get("sec-fetch-mode", "navigate")
    return not is_api and not is_fragment and mode == "navigate"


def _outside(request: Request, target: Target, actor: Actor) -> Response | None:
    """What is in no data set of this actor's is not there, nor is it said to exist."""
    if actor.kind == TOKEN and target.template.startswith(SETTINGS):
        sentence = "This is for people who are logged in, not for tokens."
        return answer(request, 403, "not_for_tokens", sentence)
    kind, _ = _thing(request)
    if kind and actor.role is None:
        return answer(request, 404, "not_found", "There is no such thing here.")
    if actor.dataset_id is not None and not kind and target.template not in COMMON:
        sentence = "This token is for one data set only."
        return answer(request, 403, "token_is_bound", sentence)
    return None


def _thing(request: Request) -> tuple[str, str]:
    """What an address is about: "/d/recipes@3/board" -> ("datasets", "recipes")."""
    path = request.scope["path"]
    if path == SEARCH and request.query_params.get("dataset"):
        return "datasets", request.query_params["dataset"]
    parts = path.removeprefix("/api/v1").split("/")[1:]
    kind = {"d": "datasets", "datasets": "datasets", "samples": "samples", "jobs": "jobs"}
    if len(parts) < 2 or not parts[1] or parts[0] not in kind:
        return "", ""
    key = parts[1].partition("@")[0] if kind[parts[0]] == "datasets" else parts[1]
    return kind[parts[0]], key


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
    allowed = house.rates.allowed
    return Asker(actor.name if actor else "", allowed.jobs_per_person, allowed.exports_per_person)


def _note(house: House, known: Known) -> None:
    with house.write() as session:
        access.note_visit(session, known.recognised)


def _too_large(request: Request, limit: int) -> Response | None:
    if not sizes.is_declared_too_large(request.headers, limit):
        return None
    sentence = f"The request is larger than the {limit:,} bytes that are allowed here."
    return answer(request, 413, "too_large", sentence)
