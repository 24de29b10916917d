"""The review queue: one sample at a time, each before one reviewer only."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from sqlmodel import Session

from app.curation import browsing, orders, queries, sample_page, telling
from app.curation.orders import Course
from app.curation.sample_page import Context
from app.curation.sample_views import CountsView, QueueEnd, RecentView, SampleView
from app.curation.walking import Walk
from app.storage import card_leases, datasets, events, listed, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status

RECENT = 10
TRIES = 20
MANY = 50_000
"""Samples from which counts are kept for a while: to count a million takes longer than a card."""
KEPT_SECONDS = 10.0

_kept: dict[tuple[str, str], tuple[float, CountsView, int]] = {}

LETTERS = {"approved": "A", "rejected": "X", "needs_work": "N", "pending": "P"}


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who looks; only one who may decide has a sample before them alone."""

    name: str
    may_decide: bool


def hand_out(
    read: Sessions, write: Sessions, slug: str, walk: Walk, reviewer: Reviewer, *, after: int = 0
) -> SampleView | QueueEnd:
    """The next sample that waits and is before nobody else, or the end of the queue.

    It is before this reviewer for ten minutes then. What somebody decides later all the same
    meets the sample's version, as every decision does. Nobody's decision waits while a card is
    looked for and counted: each step has a transaction of its own, and only the lease is written.
    """
    walk = replace(walk, queue=True)
    with read() as session:
        dataset = datasets.get(session, slug)
        wanted = waiting(session, dataset, walk, reviewer.name)
        others = card_leases.of_others(session, dataset.id, reviewer.name)
        course = _course(dataset, wanted, walk, others)
        found = orders.following(session, course, after)
    for _ in range(TRIES):
        if found is None or not reviewer.may_decide:
            break
        with write() as session:
            is_mine = card_leases.take(session, dataset.id, found, reviewer.name)
        if is_mine:
            break
        with read() as session:
            found = orders.following(session, course, found)
    with read() as session:
        told = _counts(session, dataset, walk, wanted)
        if found is None:
            return _end(session, dataset, walk, told[0], (told[1], len(others)))
        return card(session, dataset, found, walk, reviewer, told)


def card(
    session: Session, dataset: DatasetRow, sample_id: int, walk: Walk, reviewer: Reviewer,
    told: tuple[CountsView, int],
) -> SampleView:  # fmt: skip
    """One sample as the queue shows it; `told` are the counts, and how many are left."""
    counts, left = told
    head = browsing.head_from(session, dataset, counts)
    context = Context(walk, None, head, counts, left=left)
    sample = samples.get(session, dataset.id, sample_id)
    shown = sample_page.describe(session, dataset, sample, context)
    return replace(shown, recent=recent(session, dataset, walk, reviewer.name))


def show(session: Session, slug: str, sample_id: int, walk: Walk, reviewer: Reviewer) -> SampleView:
    """A sample's page: a card of the queue, or one of the list."""
    if not walk.queue:
        return browsing.show(session, slug, sample_id, walk)
    dataset = datasets.get(session, slug)
    wanted = waiting(session, dataset, walk, reviewer.name)
    told = _counts(session, dataset, walk, wanted)
    return card(session, dataset, sample_id, walk, reviewer, told)


def recent(session: Session, dataset: DatasetRow, walk: Walk, actor: str) -> tuple[RecentView, ...]:
    """What this person decided last, the newest first."""
    found: dict[int, RecentView] = {}
    for sample_id, kind, body in events.recent_of(session, dataset.id, actor, limit=4 * RECENT):
        if sample_id in found:
            continue
        to = body.get("to", {})
        letter = LETTERS.get(to.get("status", ""), "E" if "revision" in to else "L")
        address = walk.href(dataset.slug, f"s/{sample_id}")
        said = f"{telling.line(kind, body)}: sample {sample_id}"
        found[sample_id] = RecentView(sample_id, letter, said, address)
        if len(found) == RECENT:
            break
    return tuple(found.values())


def waiting(session: Session, dataset: DatasetRow, walk: Walk, name: str) -> Filter:
    """What of a query waits for a decision; a query about statuses says itself what that is.

    Where reviewers disagree a decision stands already, and the question is whether it is right.
    Where several people judge each sample, what this one has judged does not come again.
    """
    query = walk.query
    if not query.values("status") and walk.order != "uncertain":
        query = query.but("status", Status.PENDING.value)
    wanted = queries.resolve(session, dataset.id, query)
    return replace(wanted, unjudged_by=name) if dataset.overlap > 1 else wanted


def _course(dataset: DatasetRow, wanted: Filter, walk: Walk, others: list[int]) -> Course:
    free = replace(wanted, leaving=listed.write(np.asarray(others))) if others else wanted
    return Course(dataset, free, walk.order, walk.seed)


def _end(
    session: Session, dataset: DatasetRow, walk: Walk, counts: CountsView, left: tuple[int, int]
) -> QueueEnd:
    return QueueEnd(
        head=browsing.head_from(session, dataset, counts),
        counts=counts,
        skipped=left[0],
        elsewhere=min(left),
        again_href=walk.href(dataset.slug, "review"),
        list_href=walk.plain(dataset.slug, "samples"),
        query=queries.write(walk.query),
    )


def _counts(
    session: Session, dataset: DatasetRow, walk: Walk, wanted: Filter
) -> tuple[CountsView, int]:
    """The counts of the data set and how many samples wait under this query."""

    def count() -> tuple[CountsView, int]:
        counts = browsing.counts_of(session, dataset)
        plain = not (walk.query.terms or wanted.unjudged_by or walk.order == "uncertain")
        return counts, counts.pending if plain else samples.count(session, dataset.id, wanted)

    return _remembered(
        (str(dataset.created_at), f"{dataset.slug} {walk} {wanted.unjudged_by}"), count
    )


def _remembered(
    key: tuple[str, str], count: Callable[[], tuple[CountsView, int]]
) -> tuple[CountsView, int]:
    moment = time.monotonic()
    if key in _kept and moment - _kept[key][0] < KEPT_SECONDS:
        return _kept[key][1:]
    counts, left = count()
    if counts.total >= MANY:
        if len(_kept) > 100:
            _kept.clear()
        _kept[key] = (moment, counts, left)
    return counts, left
