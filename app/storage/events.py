"""The append-only log of a data set: who did what to which sample, chained by hashes."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, insert, or_
from sqlmodel import Session, col, func, select

from app.storage import listed
from app.storage.database import is_sqlite
from app.storage.tables import DatasetRow, EventRow, now

COLUMNS_PER_INSERT = 1_000
STEPS_PER_QUERY = 200
REVIEW_BATCH = "b"
"""How the batch of an act begins that a person may undo."""
UPLOAD_BATCH = "u"
"""How the batch of an upload begins; what it changed of samples that were there may be undone too.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """What is about to be noted; `sample_id` is None for an act on the data set."""

    sample_id: int | None
    kind: str
    body: dict[str, Any]


def append(
    session: Session, dataset_id: int, events: Iterable[Event], *, actor: str, batch: str
) -> int:
    """Add events to the data set's chain, in order; return how many."""
    dataset = lock(session, dataset_id)
    moment, head, rows = now(), dataset.event_head, []
    for event in events:
        link = link_of(head, dataset_id, event, actor=actor, batch=batch)
        rows.append(
            {
                "dataset_id": dataset_id,
                "sample_id": event.sample_id,
                "batch": batch,
                "actor": actor,
                "kind": event.kind,
                "body": event.body,
                "prev_hash": head,
                "hash": link,
                "at": moment,
            }
        )
        head = link
    for start in range(0, len(rows), COLUMNS_PER_INSERT):
        session.execute(insert(EventRow), rows[start : start + COLUMNS_PER_INSERT])
    dataset.event_head, dataset.changed_at = head, moment
    session.flush()
    return len(rows)


def lock(session: Session, dataset_id: int) -> DatasetRow:
    """Hold the data set's chain until the transaction ends.

    Two writers cannot continue the chain from the same link, and what is read
    after this, nobody else who notes events can change any more.
    """
    if is_sqlite(session):  # who writes holds the whole file, and read all this since
        return session.get_one(DatasetRow, dataset_id)
    query = select(DatasetRow).where(DatasetRow.id == dataset_id)
    query = query.with_for_update(key_share=True)  # adding samples need not wait
    # The session may know the row from before the lock, with a head that is old by now.
    return session.exec(query.execution_options(populate_existing=True)).one()


def link_of(prev_hash: str, dataset_id: int, event: Event, *, actor: str, batch: str) -> str:
    """The hash of one event: sha256 over the previous hash and its canonical JSON."""
    told = [dataset_id, event.sample_id, batch, actor, event.kind, event.body]
    body = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(prev_hash.encode() + body).hexdigest()


def of_sample(session: Session, sample_id: int) -> Sequence[EventRow]:
    """Everything that happened to a sample, oldest first."""
    query = select(EventRow).where(EventRow.sample_id == sample_id)
    return session.exec(query.order_by(col(EventRow.seq))).all()


def about(session: Session, sample_ids: Sequence[int]) -> Iterator[EventRow]:
    """Everything that happened to these samples, oldest first."""
    for part in listed.parts(sample_ids):
        query = select(EventRow).where(col(EventRow.sample_id).in_(part))
        yield from session.exec(query.order_by(col(EventRow.seq)))


def recent_of(
    session: Session, dataset_id: int, actor: str, *, limit: int
) -> Sequence[tuple[int, str, dict[str, Any]]]:
    """(sample id, kind, body) of what this person did in review last, newest first; or undid."""
    query = select(EventRow.sample_id, EventRow.kind, EventRow.body).where(
        EventRow.dataset_id == dataset_id,
        col(EventRow.sample_id).is_not(None),
        EventRow.actor == actor,
        col(EventRow.batch).startswith(REVIEW_BATCH),
    )
    rows = session.execute(query.order_by(col(EventRow.seq).desc()).limit(limit))
    return [(row[0], row[1], row[2]) for row in rows]


def page(session: Session, dataset_id: int, *, before: int, limit: int) -> Sequence[EventRow]:
    """What happened to a data set, the newest first, before a seq."""
    query = select(EventRow).where(EventRow.dataset_id == dataset_id, EventRow.seq < before)
    return session.exec(query.order_by(col(EventRow.seq).desc()).limit(limit)).all()


def steps_of(
    session: Session, dataset_id: int, actor: str, *, before: int, leaving: Sequence[str]
) -> list[tuple[int, str]]:
    """(seq, batch) of what this person did in review, newest first.

    Args:
        before: only events with a smaller seq.
        leaving: batches that are known well enough.
    """
    query = (
        select(EventRow.seq, EventRow.batch)
        .where(
            EventRow.dataset_id == dataset_id,
            EventRow.actor == actor,
            EventRow.seq < before,
            or_(col(EventRow.batch).startswith(REVIEW_BATCH), _changes_by_upload()),
            col(EventRow.batch).not_in(leaving),
        )
        .order_by(col(EventRow.seq).desc())
        .limit(STEPS_PER_QUERY)
    )
    return [(seq, batch) for seq, batch in session.exec(query)]


def _changes_by_upload() -> ColumnElement[bool]:
    """Events by which an upload changed a sample, or by which that was undone or redone."""
    batch = col(EventRow.batch)
    turned = batch.contains(".")
    return and_(batch.startswith(UPLOAD_BATCH), or_(col(EventRow.sample_id).is_not(None), turned))


def part_of_batch(
    session: Session, batch: str, *, after: int = 0, limit: int | None = None
) -> Sequence[EventRow]:
    """The events of one act that changed a sample, oldest first, from a seq on."""
    query = select(EventRow).where(
        EventRow.batch == batch, EventRow.seq > after, col(EventRow.sample_id).is_not(None)
    )
    return session.exec(query.order_by(col(EventRow.seq)).limit(limit)).all()


def count_since(session: Session, dataset_id: int, moment: datetime, *, most: int) -> int:
    """How many of the newest `most` events about samples came after a moment."""
    newest = (
        select(EventRow.at)
        .where(EventRow.dataset_id == dataset_id, col(EventRow.sample_id).is_not(None))
        .order_by(col(EventRow.seq).desc())
        .limit(most)
        .subquery()
    )
    query = select(func.count()).select_from(newest).where(newest.c.at > moment)
    return session.exec(query).one()


def head_of_batch(session: Session, batch: str) -> EventRow | None:
    """The event that began an act, or None."""
    query = select(EventRow).where(EventRow.batch == batch).order_by(col(EventRow.seq))
    return session.exec(query.limit(1)).first()


def count_of_batch(session: Session, batch: str) -> int:
    """How many samples' events an act has."""
    query = select(func.count()).where(
        EventRow.batch == batch, col(EventRow.sample_id).is_not(None)
    )
    return session.exec(query).one()


def by_others_since(
    session: Session, sample_ids: Sequence[int], *, seq: int, actor: str
) -> list[tuple[int, int, Mapping[str, Any]]]:
    """(sample, seq, body) of what other people did to these samples after an event."""
    query = select(EventRow.sample_id, EventRow.seq, EventRow.body).where(
        col(EventRow.sample_id).in_(sample_ids), EventRow.seq > seq, EventRow.actor != actor
    )
    return [(int(row[0] or 0), row[1], row[2]) for row in session.exec(query)]


def broken_link(session: Session, dataset_id: int) -> int | None:
    """The seq of the first event whose hash does not fit its content, or None."""
    head = ""
    query = select(EventRow).where(EventRow.dataset_id == dataset_id).order_by(col(EventRow.seq))
    for row in session.exec(query.execution_options(yield_per=1000)):
        event = Event(row.sample_id, row.kind, row.body)
        link = link_of(head, dataset_id, event, actor=row.actor, batch=row.batch)
        if (row.prev_hash, row.hash) != (head, link):
            return row.seq
        head = link
    return None
