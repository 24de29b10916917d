"""What happened: to a sample with every change of its text, and to a data set, page by page."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.curation import browsing, telling, turns
from app.curation.board_views import DatasetHead
from app.curation.turns import TurnChange
from app.curation.walking import Walk
from app.storage import datasets, events, revisions, samples
from app.storage.tables import EventRow, RevisionRow

EVENTS = 100
LAST = 2**62

ACTS = {
    "created": "Made the data set",
    "upload": "Uploaded a file",
    "side": "Chose which side of the samples the board shows",
    "topic": "Named a topic of the board",
    "labels": "Changed the labels",
    "version": "Froze a version",
    "bulk": "Decided about many",
    "turned": "Undid or did again",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that somebody did."""

    seq: int
    who: str
    at: datetime
    kind: str
    sentence: str
    remark: str  # the reason or the note that came with it
    sample_id: int | None
    changes: tuple[TurnChange, ...]  # of the text, nothing where it did not change
    hash: str


@dataclass(frozen=True, slots=True)
class SampleHistory:
    """Everything that templates/samples/history.html may show; the newest first."""

    head: DatasetHead
    id: int
    lines: tuple[Happening, ...]
    back_href: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Everything that templates/samples/activity.html may show; the newest first."""

    head: DatasetHead
    lines: tuple[Happening, ...]
    older: int | None  # the seq before which the next page begins


def of_sample(session: Session, slug: str, sample_id: int, walk: Walk) -> SampleHistory:
    """Who did what to a sample, with the words that each edit changed."""
    dataset = datasets.get(session, slug)
    sample = samples.get(session, dataset.id, sample_id)
    kept = {row.number: row for row in revisions.of_sample(session, sample.id)}
    told = reversed(events.of_sample(session, sample.id))
    return SampleHistory(
        head=browsing.head_of(session, dataset),
        id=sample.id,
        lines=tuple(_line(event, _changes(event, kept)) for event in told),
        back_href=walk.href(slug, f"s/{sample.id}"),
    )


def of_dataset(session: Session, slug: str, *, before: int = 0) -> Activity:
    """What happened to a data set and its samples, a page at a time."""
    dataset = datasets.get(session, slug)
    found = events.page(session, dataset.id, before=before or LAST, limit=EVENTS + 1)
    return Activity(
        head=browsing.head_of(session, dataset),
        lines=tuple(_line(event, ()) for event in found[:EVENTS]),
        older=found[EVENTS - 1].seq if len(found) > EVENTS else None,
    )


def _line(event: EventRow, changes: tuple[TurnChange, ...]) -> Happening:
    return Happening(
        seq=event.seq, who=event.actor, at=event.at, kind=event.kind, sentence=_sentence(event),
        remark=telling.remark(event), sample_id=event.sample_id, changes=changes, hash=event.hash,
    )  # fmt: skip


def _sentence(event: EventRow) -> str:
    if event.sample_id is not None:
        return telling.line(event.kind, event.body)
    if event.kind == "bulk":
        matched = int(event.body.get("matched", 0))
        return telling.bulk(event.body.get("to", {}), matched, matched)
    return ACTS.get(event.kind, event.kind.replace("_", " ").capitalize())


def _changes(event: EventRow, kept: dict[int, RevisionRow]) -> tuple[TurnChange, ...]:
    old = kept.get(event.body.get("from", {}).get("revision", 0))
    new = kept.get(event.body.get("to", {}).get("revision", 0))
    if old is None or new is None:
        return ()
    found = turns.compared(turns.load(old.messages, old.rest), turns.load(new.messages, new.rest))
    return tuple(change for change in found if change.kind != "same")
