"""Samples: the list, one at a time, the queue, and what is decided there.

What is asked (the query language) stands in the address, also of a form; the
form itself holds only what is decided.
"""

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi import Query as FromQuery
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlmodel import Session

from app.curation import browsing, queries, review, telling, undoing
from app.curation.queries import Query
from app.curation.review import Change, StaleSampleError
from app.curation.sample_rows import href
from app.curation.sample_views import QueueEnd, SampleView
from app.curation.undoing import UndoReport
from app.web.asked import PLACE, AskedOfPage
from app.web.deps import ActorName, ReadSession, RenderDep, WriteSession
from app.web.render import Render

router = APIRouter(prefix="/d/{slug}")

SampleId = Annotated[int, Path(ge=1, le=2**63 - 1)]
After = Annotated[int, FromQuery(ge=0, le=2**63 - 1)]
Next = Annotated[str, Form(max_length=20_000)]


class Decision(BaseModel):
    """The form of a decision; `place` is where the person stands."""

    status: str = Field(max_length=20)
    version: int = Field(ge=1, le=2**31 - 1)
    reason: str = Field(default="", max_length=4_000)
    place: Literal["list", "sample", "queue"] = "sample"


class BulkDecision(BaseModel):
    """The form of a bulk decision: the ticked `ids`, or with `every` all that match."""

    ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(default=[], max_length=1_000)
    every: bool = False
    status: str | None = Field(default=None, max_length=20)
    label: str | None = Field(default=None, max_length=200)
    delete: bool | None = None
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who changes something from a page."""

    session: Session
    actor: str
    render: Render


def get_acting(session: WriteSession, actor: ActorName, render: RenderDep) -> Acting:
    """Who acts, in which transaction."""
    return Acting(session, actor, render)


Who = Annotated[Acting, Depends(get_acting)]


@router.get("/samples")
def list_samples(
    slug: str, query: AskedOfPage, session: ReadSession, render: RenderDep, after: After = 0
) -> Response:
    if after and render.is_fragment:
        rows = browsing.more(session, slug, query, after=after)
        return render("samples/list.html", block="rows", listing=rows)
    return _list(session, slug, query, render, after=after)


@router.get("/s/{sample_id}")
def show_sample(
    slug: str, sample_id: SampleId, query: AskedOfPage, session: ReadSession, render: RenderDep,
    queue: bool = False,  # noqa: FBT001, FBT002  a parameter of the address
) -> Response:  # fmt: skip
    return _page(render, browsing.show(session, slug, sample_id, query, queue=queue))


@router.get("/review")
def show_queue(
    slug: str, query: AskedOfPage, session: ReadSession, render: RenderDep, after: After = 0
) -> Response:
    return _page(render, browsing.next_in_queue(session, slug, query, after=after))


@router.post("/s/{sample_id}/decision")
def decide(
    slug: str, sample_id: SampleId, query: AskedOfPage, form: Annotated[Decision, Form()], who: Who
) -> Response:
    change, queue = Change(status=form.status, reason=form.reason), form.place == "queue"
    try:
        review.decide(who.session, slug, sample_id, change, version=form.version, actor=who.actor)
    except StaleSampleError:
        sample = browsing.show(who.session, slug, sample_id, query, queue=queue)
        return _conflict(who.render, sample, form.status)
    if who.render.is_fragment:
        return _decided(who, slug, sample_id, query, form)
    return RedirectResponse(_back(slug, sample_id, query, form), 303)


@router.post("/decisions")
def decide_many(
    slug: str, query: AskedOfPage, form: Annotated[BulkDecision, Form()], who: Who
) -> Response:
    chosen = query if form.every else review.by_ids(form.ids)
    change = Change(status=form.status, label=form.label or None, deleted=form.delete)
    report = review.decide_many(
        who.session, slug, chosen, change, actor=who.actor, preview=form.preview
    )
    said = telling.bulk(review.wish_of(change), report.changed, report.matched)
    if form.preview:
        listing = browsing.listing(who.session, slug, query, limit=1)
        return who.render(
            "samples/preview.html", block="preview", head=listing.head, listing=listing,
            report=report, form=form, said=said,
        )  # fmt: skip
    if report.job:
        return RedirectResponse(f"/jobs/{report.job}", 303)
    if who.render.is_fragment:
        return _list(who.session, slug, query, who.render, said=said)
    return RedirectResponse(href(slug, "samples", query), 303)


@router.post("/undo")
def undo(slug: str, request: Request, who: Who, next: Next = "") -> Response:  # noqa: A002
    return _turned(slug, request, who, undoing.undo(who.session, slug, who.actor), next)


@router.post("/redo")
def redo(slug: str, request: Request, who: Who, next: Next = "") -> Response:  # noqa: A002
    return _turned(slug, request, who, undoing.redo(who.session, slug, who.actor), next)


def _list(
    session: Session, slug: str, query: Query, render: Render, *, after: int = 0, said: str = ""
) -> Response:
    listing = browsing.listing(session, slug, query, after=after)
    return render(
        "samples/list.html", block="content", head=listing.head, listing=listing, said=said
    )


def _page(render: Render, found: SampleView | QueueEnd, said: str = "") -> Response:
    if isinstance(found, QueueEnd):
        return render("samples/done.html", block="content", head=found.head, end=found, said=said)
    return render(
        "samples/show.html", block="content", head=found.head, sample=found, said=said,
        section="review" if found.queue else "samples",
    )  # fmt: skip


def _conflict(render: Render, sample: SampleView, yours: str) -> Response:
    """Both sides: the sample as it is now, and what this person wanted."""
    return render(
        "samples/conflict.html", block="conflict", status=409, head=sample.head, sample=sample,
        yours=yours,
    )  # fmt: skip


def _decided(who: Acting, slug: str, sample_id: int, query: Query, form: Decision) -> Response:
    """The part of the page that is different now."""
    said = f"{telling.change({'status': form.status})}: sample {sample_id}"
    if form.place == "queue":
        following = browsing.next_in_queue(who.session, slug, query, after=sample_id)
        return _page(who.render, following, said)
    if form.place == "sample":
        sample = browsing.show(who.session, slug, sample_id, query)
        return who.render("samples/show.html", block="panel", sample=sample, said=said)
    row = browsing.row(who.session, slug, sample_id, query)
    counts = browsing.counts(who.session, slug)
    return who.render("samples/list.html", block="row", row=row, counts=counts, said=said)


def _back(slug: str, sample_id: int, query: Query, form: Decision) -> str:
    """Where a browser without HTMX goes on."""
    if form.place == "queue":
        return href(slug, "review", query, after=sample_id)
    if form.place == "sample":
        return href(slug, f"s/{sample_id}", query)
    return href(slug, "samples", query)


def _turned(
    slug: str, request: Request, who: Acting, report: UndoReport | None, asked: str
) -> Response:
    """Back to where the person stood; in the queue, to the sample that was undone."""
    back = _own_address(request, asked, slug)
    if report and report.sample_id and _in_queue(back):
        query = queries.parse_string(urlsplit(back).query, leaving=PLACE)
        back = href(slug, f"s/{report.sample_id}", query, queue=1)
    if not who.render.is_fragment:
        return RedirectResponse(back, 303)
    response = who.render(
        "samples/undone.html", block="said", report=report, back=back,
        counts=browsing.counts(who.session, slug),
    )  # fmt: skip
    response.headers["HX-Trigger"] = "samples:changed"
    return response


def _in_queue(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path.endswith("/review") or "queue=1" in parts.query.split("&")


def _own_address(request: Request, asked: str, slug: str) -> str:
    """The page that was asked for, with the filters it had; never another site's."""
    asked = asked if _is_path(asked) else f"/d/{slug}/samples"
    came_from = urlsplit(request.headers.get("referer", ""))
    if "?" not in asked and came_from.path == asked and came_from.query:
        return f"{asked}?{came_from.query}"
    return asked


def _is_path(asked: str) -> bool:
    plain = all(" " <= letter <= "~" for letter in asked) and "\\" not in asked
    return plain and asked.startswith("/") and not asked.startswith("//")
