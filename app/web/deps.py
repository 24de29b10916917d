"""What routes ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from jinja2_fragments.fastapi import Jinja2Blocks
from sqlmodel import Session

from app.curation.access import Browser
from app.curation.actors import Actor
from app.curation.commenting import Commenter
from app.curation.nearness import FINDER, Finder
from app.curation.opinions import Reader
from app.curation.probe_page import ModelFacts
from app.storage.access import Role
from app.storage.database import Sessions
from app.web import cookies
from app.web.oidc import Provider
from app.web.rates import Rates
from app.web.render import Render
from app.web.sizes import Limit


@dataclass(frozen=True, slots=True)
class House:
    """What the running app is made of; `request.app.state.house`."""

    read: Sessions
    write: Sessions
    templates: Jinja2Blocks
    spool: Path
    exports: Path
    tokenizers: Path
    demo: Path  # the sample set
    finder: Finder
    upload_limit: Limit
    body_limit: Limit
    rates: Rates
    model: ModelFacts
    encoder: str
    setup_file: Path
    """Holds the token by which the first admin is made, until they are."""
    public_url: str
    """Where people reach it: https://dartboard.example; "" when nobody said."""
    provider: Provider | None

    @property
    def provider_name(self) -> str:
        """What the OpenID provider is called; "" when there is none."""
        return self.provider.name if self.provider else ""


def house_of(request: Request) -> House:
    """The app's parts."""
    house: House = request.app.state.house
    return house


def render_for(request: Request) -> Render:
    """Pages and fragments for this request."""
    return Render(house_of(request).templates, request)


def asker_of(request: Request) -> Actor:
    """Who asks; the doors have set it."""
    actor: Actor = request.state.actor
    return actor


def open_reader(request: Request) -> Iterator[Session]:
    """A session for pages that only show."""
    house = house_of(request)
    with house.read() as session:
        session.info[FINDER] = house.finder
        yield session


def open_writer(request: Request) -> Iterator[Session]:
    """One transaction per request: commit when the route returns, roll back if it raises."""
    house = house_of(request)
    with house.write() as session:
        session.info[FINDER] = house.finder
        yield session


# Nothing below waits for anything, hence `async`: FastAPI gives each plain function a thread, and
# a decision went through a dozen of them.
async def get_house(request: Request) -> House:
    """The app's parts."""
    return house_of(request)


async def get_render(request: Request) -> Render:
    """Pages and fragments for this request."""
    return render_for(request)


async def get_asker(request: Request) -> Actor:
    """Who asks; the doors have set it."""
    return asker_of(request)


async def get_actor(request: Request) -> str:
    """The name under which this request's acts are noted."""
    return asker_of(request).name


async def get_reading(request: Request) -> Reader:
    """Who reads what several people judged; curators see all of it at once."""
    actor = asker_of(request)
    return Reader(actor.name, actor.covers(Role.CURATOR))


async def get_commenter(request: Request) -> Commenter:
    """Who takes a comment back; curators may take back anybody's."""
    actor = asker_of(request)
    return Commenter(actor.name, actor.covers(Role.CURATOR))


def browser_of(request: Request) -> Browser:
    """The browser that asks, for the list of a person's sessions."""
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    return Browser(agent, address, cookies.session_secret(request))


@dataclass(frozen=True, slots=True)
class Front:
    """Who stands at the door, and what is needed to answer there."""

    request: Request
    house: House
    render: Render
    browser: Browser


async def get_front(request: Request) -> Front:
    """What the pages by which one comes in are made with."""
    return Front(request, house_of(request), render_for(request), browser_of(request))


async def get_place(request: Request) -> str:
    """Where links that are sent to somebody begin: the public address, else this one."""
    return house_of(request).public_url or str(request.base_url).rstrip("/")


# scope="function" ends the transaction before the response is sent, so that
# the next request (the redirect, the poll) sees what this one wrote.
ReadSession = Annotated[Session, Depends(open_reader, scope="function")]
WriteSession = Annotated[Session, Depends(open_writer, scope="function")]
RenderDep = Annotated[Render, Depends(get_render)]
HouseDep = Annotated[House, Depends(get_house)]
ActorName = Annotated[str, Depends(get_actor)]
Asker = Annotated[Actor, Depends(get_asker)]
Reading = Annotated[Reader, Depends(get_reading)]
Speaking = Annotated[Commenter, Depends(get_commenter)]
FrontDep = Annotated[Front, Depends(get_front)]
Place = Annotated[str, Depends(get_place)]
