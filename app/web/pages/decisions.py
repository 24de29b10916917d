"""What is decided about samples on their pages: one, many, undone and done again.

What is asked (the query language) stands in the address, also of a form; the
form itself holds only what is decided.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlsplit

import orjson
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from app.curation import browsing, changing, queries, queueing, review, telling, undoing
from app.curation.bulk import BatchReport
from app.curation.changing import Change, StaleSampleError
from app.curation.orders import ORDERS, Order
from app.curation.queries import Query
from app.curation.queueing import Reviewer
from app.curation.sample_rows import href
from app.curation.undoing import UndoReport
from app.curation.walking import Walk
from app.web import formatting
from app.web.answers import FormKey, Sending, SentOnce
from app.web.asked import PLACE, AskedOfPage, AskedWalk, Looked
from app.web.deps import RenderDep
from app.web.ids import Id
from app.web.pages.samples import ReviewerDep, show_card, show_list
from app.web.render import Render

router = APIRouter(prefix="/d/{slug}")

Next = Annotated[str, Form(max_length=20_000)]


class Wish(BaseModel):
    """What a form about samples can ask for, of one or of many."""

    status: str | None = Field(default=None, max_length=20)
    label: str | None = Field(default=None, max_length=200)
    unlabel: bool = False
    mark: Annotated[str, Field(max_length=200)] = ""
    unmark: Annotated[str, Field(max_length=200)] = ""
    flagged: bool | None = None
    quality: int | None = Field(default=None, ge=0, le=5)
    delete: bool | None = None
    reason: str = Field(default="", max_length=4_000)

    @property
    def change(self) -> Change:
        """What the form asks for."""
        return Change(
            status=self.status,
            label="" if self.unlabel else self.label,
            deleted=self.delete,
            flagged=self.flagged,
            quality=self.quality,
            mark=self.mark,
            unmark=self.unmark,
            reason=self.reason,
        )


class Decision(Wish):
    """The form of a decision; `place` is where the person stands.

    A script that shows the next card by itself stands nowhere: `kept` is answered with the
    version only.
    """

    note: str = Field(default="", max_length=4_000)
    accepts: Id | None = None
    declines: Id | None = None
    version: int = Field(ge=1, le=2**31 - 1)
    place: Literal["list", "sample", "queue", "kept"] = "sample"

    @property
    def change(self) -> Change:
        """What the form asks for, with what is said of one sample alone."""
        return replace(super().change, note=self.note, accepts=self.accepts, declines=self.declines)

    @property
    def said(self) -> str:
        """What was done, as a sentence."""
        wish = changing.wish_of(self.change)
        return "Noted" if self.note and not wish else telling.change(wish)


class BulkDecision(Wish):
    """The form of a bulk decision: the ticked `ids`, or with `every` all that match."""

    ids: list[Id] = Field(default=[], max_length=1_000)
    every: bool = False
    preview: bool = False
    key: FormKey = ""

    @property
    def change(self) -> Change:
        """What the form asks for; a field of labels that was left empty asks for none."""
        asked = super().change
        return asked if self.unlabel else replace(asked, label=self.label or None)

    def chosen(self, query: Query) -> Query:
        """Which samples are meant, on a list that shows what `query` finds."""
        return query if self.every else review.by_ids(self.ids)


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who changes something from a page."""

    once: Sending
    reviewer: Reviewer
    render: Render


async def get_acting(once: SentOnce, reviewer: ReviewerDep, render: RenderDep) -> Acting:
    """Who acts, in which transaction."""
    return Acting(once, reviewer, render)


Who = Annotated[Acting, Depends(get_acting)]


@router.post("/s/{sample_id}/decision")
def decide(
    slug: str, sample_id: Id, walk: AskedWalk, form: Annotated[Decision, Form()], who: Who
) -> Response:
    walk = replace(walk, queue=form.place in ("queue", "kept"))
    session, told = who.once.session, form.model_dump(exclude={"place", "version"})
    version = who.once.earlier(slug, sample_id, told)
    if version is None:
        try:
            decided = review.decide(
                session, slug, sample_id, form.change, version=form.version, actor=who.once.actor
            )
        except StaleSampleError:
            who.once.release()
            return _conflict(who, slug, sample_id, walk, form)
        version = str(decided.version)
        who.once.keep(version)
    if form.place == "kept":
        return Response(status_code=204, headers={"ETag": f'"v{version}"'})
    leads_on = form.place == "queue" and form.status  # the next card is looked for afterwards
    if who.render.is_fragment and not leads_on:
        shown = _decided(who, slug, sample_id, walk, form)
        shown.headers["ETag"] = f'"v{version}"'
        return shown
    return RedirectResponse(_back(slug, sample_id, walk, form), 303)


@router.post("/decisions")
def decide_many(
    slug: str, query: AskedOfPage, look: Looked, form: Annotated[BulkDecision, Form()], who: Who
) -> Response:
    if form.preview:
        return _preview(who, slug, query, form)
    report, again = _act_once(who, slug, query, form)
    if report.job:
        return RedirectResponse(f"/jobs/{report.job}", 303)
    if who.render.is_fragment:
        said = telling.bulk(changing.wish_of(form.change), report.changed, report.matched)
        said = f"Sent twice, done once. {said}" if again else said
        return show_list(who.once.session, slug, query, who.render, look, said=said)
    return RedirectResponse(href(slug, "samples", query), 303)


@router.post("/undo")
def undo(slug: str, request: Request, who: Who, next: Next = "") -> Response:  # noqa: A002
    report = undoing.undo(who.once.session, slug, who.once.actor)
    return _turned(slug, request, who, report, next)


@router.post("/redo")
def redo(slug: str, request: Request, who: Who, next: Next = "") -> Response:  # noqa: A002
    report = undoing.redo(who.once.session, slug, who.once.actor)
    return _turned(slug, request, who, report, next)


def _preview(who: Acting, slug: str, query: Query, form: BulkDecision) -> Response:
    """What a bulk decision would do, and the question whether to do it."""
    session, chosen = who.once.session, form.chosen(query)
    report = review.decide_many(
        session, slug, chosen, form.change, actor=who.once.actor, preview=True
    )
    listing = browsing.listing(session, slug, query, limit=1)
    matched = formatting.plural(report.matched, "sample")
    asked = telling.question(changing.wish_of(form.change), matched)
    fields = _fields(form, "preview", "ids", "reason", "key")
    return who.render(
        "samples/preview.html", block="preview", head=listing.head, listing=listing,
        report=report, ids=form.ids, asked=asked, fields=fields, has_status=bool(form.status),
    )  # fmt: skip


def _act_once(who: Acting, slug: str, query: Query, form: BulkDecision) -> tuple[BatchReport, bool]:
    """What became of a bulk decision, and whether it had come before."""
    chosen = form.chosen(query)
    told = (slug, queries.write(chosen), form.model_dump())
    once = who.once.under(form.key, *told)
    earlier = once.earlier(*told)
    if earlier is not None:
        return BatchReport(**orjson.loads(earlier)), True
    report = review.decide_many(once.session, slug, chosen, form.change, actor=once.actor)
    once.keep(orjson.dumps(report).decode())
    return report, False


def _conflict(who: Acting, slug: str, sample_id: int, walk: Walk, form: Decision) -> Response:
    """Both sides: the sample as it is now, and what this person wanted."""
    sample = queueing.show(who.once.session, slug, sample_id, walk, who.reviewer)
    wanted = _fields(form, "version", "place")
    return who.render(
        "samples/conflict.html", block="conflict", status=409, head=sample.head, sample=sample,
        yours=form.said, fields=wanted,
    )  # fmt: skip


def _fields(form: BaseModel, *leaving: str) -> list[tuple[str, str]]:
    """What a form asks for, as the hidden fields of the next one."""
    told = form.model_dump(exclude={*leaving}, exclude_defaults=True)
    return [
        (name, str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in told.items()
    ]


def _decided(who: Acting, slug: str, sample_id: int, walk: Walk, form: Decision) -> Response:
    """The part of the page that is different now."""
    session, said = who.once.session, f"{form.said}: sample {sample_id}"
    if form.place != "list":
        sample = queueing.show(session, slug, sample_id, walk, who.reviewer)
        return who.render("samples/show.html", block="panel", sample=sample, said=said)
    row = browsing.row(session, slug, sample_id, walk.query)
    counts = browsing.counts(session, slug)
    return who.render("samples/list.html", block="row", row=row, counts=counts, said=said)


def _back(slug: str, sample_id: int, walk: Walk, form: Decision) -> str:
    """Where a browser without HTMX goes on."""
    if form.place == "queue" and form.status:
        return walk.href(slug, "review", after=sample_id)
    if form.place != "list":
        return walk.href(slug, f"s/{sample_id}")
    return walk.plain(slug, "samples")


def _turned(
    slug: str, request: Request, who: Acting, report: UndoReport | None, asked: str
) -> Response:
    """Back to where the person stood; in the queue, to the sample that was undone."""
    back = _own_address(request, asked, slug)
    if report and report.sample_id and _in_queue(back):
        back = _walk(back).href(slug, f"s/{report.sample_id}")
    if not who.render.is_fragment:
        return RedirectResponse(back, 303)
    if report and report.sample_id and _in_queue(back):
        walk = _walk(back)
        card = queueing.show(who.once.session, slug, report.sample_id, walk, who.reviewer)
        done = "Done again" if report.redone else "Undone"
        return show_card(who.render, card, f"{done}: {report.act}")
    response = who.render(
        "samples/undone.html", block="said", report=report, back=back,
        counts=browsing.counts(who.once.session, slug),
    )  # fmt: skip
    response.headers["HX-Trigger"] = "samples:changed"
    response.headers.update({"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
    return response


def _in_queue(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path.endswith("/review") or "queue=1" in parts.query.split("&")


def _walk(address: str) -> Walk:
    """The way through the queue that an address is on."""
    asked = urlsplit(address).query
    told = dict(parse_qsl(asked))
    order: Order = next((one for one in ORDERS if one == told.get("order")), "oldest")
    seed = told.get("seed", "")
    number = int(seed) if seed.isdecimal() and len(seed) < 10 else 0
    return Walk(queries.parse_string(asked, leaving=PLACE), queue=True, order=order, seed=number)


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
