"""Samples: the list, one at a time, and the queue. What is asked stands in the address."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from app.curation import browsing, queueing
from app.curation.queries import Query
from app.curation.queueing import Reviewer
from app.curation.sample_lists import BEGINNING, Look
from app.curation.sample_views import QueueEnd, SampleView
from app.web.asked import AskedOfPage, AskedWalk, Looked
from app.web.deps import HouseDep, ReadSession, RenderDep
from app.web.ids import Cursor, Id
from app.web.render import Render

router = APIRouter(prefix="/d/{slug}")


async def get_reviewer(request: Request) -> Reviewer:
    """Who looks at the queue."""
    actor = request.state.actor
    return Reviewer(actor.name, actor.role != "viewer")


ReviewerDep = Annotated[Reviewer, Depends(get_reviewer)]


@router.get("/samples")
def list_samples(
    slug: str, query: AskedOfPage, look: Looked, session: ReadSession, render: RenderDep
) -> Response:
    if look.after and render.is_fragment and not render.is_whole:
        rows = browsing.more(session, slug, query, look)
        return render("samples/list.html", block="rows", listing=rows)
    return show_list(session, slug, query, render, look)


@router.get("/s/{sample_id}")
def show_sample(
    slug: str, sample_id: Id, walk: AskedWalk, session: ReadSession, render: RenderDep,
    reviewer: ReviewerDep,
) -> Response:  # fmt: skip
    return show_card(render, queueing.show(session, slug, sample_id, walk, reviewer))


@router.get("/review")
def show_queue(
    slug: str, walk: AskedWalk, house: HouseDep, render: RenderDep, reviewer: ReviewerDep,
    after: Cursor = 0,
) -> Response:  # fmt: skip
    found = queueing.hand_out(house.read, house.write, slug, walk, reviewer, after=after)
    return show_card(render, found)


def show_list(
    session: Session, slug: str, query: Query, render: Render, look: Look = BEGINNING,
    *, said: str = "",
) -> Response:  # fmt: skip
    listing = browsing.listing(session, slug, query, look)
    return render(
        "samples/list.html", block="content", head=listing.head, listing=listing, said=said
    )


def show_card(render: Render, found: SampleView | QueueEnd, said: str = "") -> Response:
    if isinstance(found, QueueEnd):
        return render("samples/done.html", block="content", head=found.head, end=found, said=said)
    return render(
        "samples/show.html", block="content", head=found.head, sample=found, said=said,
        section="review" if found.queue else "samples",
    )  # fmt: skip
