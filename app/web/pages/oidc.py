"""The way in by an OpenID provider.

These two routes are async, unlike all others: Authlib's client for Starlette is.
"""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from app.curation import access, identities
from app.curation.identities import Identity
from app.curation.logins import Opened
from app.errors import NotFoundError
from app.web import cookies, csrf
from app.web.deps import Front, FrontDep, Place
from app.web.oidc import Provider, ProviderRefusedError

router = APIRouter(prefix="/oidc")

LINKING = "linking"


class NoProviderError(NotFoundError):
    """No OpenID provider is configured here."""


@router.get("")
async def begin(front: FrontDep, place: Place) -> Response:
    if not csrf.is_opened_by_hand(front.request.headers):
        return RedirectResponse("/login", 303)
    provider = _provider(front)
    # The session of a person who wants to link an account; of nobody, to log in.
    front.request.session[LINKING] = access.digest(front.browser.previous)
    return await provider.send_away(front.request, f"{place}/oidc/callback")


@router.get("/callback")
async def end(front: FrontDep) -> Response:
    provider = _provider(front)
    begun_by = front.request.session.pop(LINKING, None)
    if begun_by is None:
        raise ProviderRefusedError
    identity = await provider.take_back(front.request)
    is_same = begun_by == access.digest(front.browser.previous)
    opened = await run_in_threadpool(_enter, front, identity, provider, linking=is_same)
    if opened is None:
        return RedirectResponse("/settings/me?done=linked", 303)
    return cookies.give(RedirectResponse("/", 303), front.request, opened.secret)


def _provider(front: Front) -> Provider:
    if front.house.provider is None:
        raise NoProviderError
    return front.house.provider


def _enter(front: Front, identity: Identity, provider: Provider, *, linking: bool) -> Opened | None:
    """Link the account with who is logged in, else log in whom it is linked with."""
    with front.house.write() as session:
        here = access.by_session(session, front.browser.previous) if linking else None
        if here is not None:
            identities.link(session, int(here.actor.user_id or 0), identity)
            return None
        return identities.enter(session, identity, provider.domains, front.browser)
