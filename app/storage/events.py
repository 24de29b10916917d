"""The append-only log of a data set: who did what to which sample, chained by hashes."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import insert
from sqlmodel import Session, col, select

from app.storage.tables import DatasetRow, EventRow, now

COLUMNS_PER_INSERT = 1_000


@dataclass(frozen=True, slots=True)
class Event:
    """What is about to be noted; `sample_id` is None for an act on the data set."""

    sample_id: int | None
    kind: str
    body: dict[str, Any]


def append(
    session: Session, dataset_id: int, events: Iterable[Event], *, actor: str, batch: str
) -> int:
    """Add events to the data set's chain, in order; return how many.

    The data set's row is locked first, so that two writers cannot continue the
    chain from the same link.
    """
    dataset = session.exec(
        select(DatasetRow).where(DatasetRow.id == dataset_id).with_for_update()
    ).one()
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
    return len(rows)


def link_of(prev_hash: str, dataset_id: int, event: Event, *, actor: str, batch: str) -> str:
    """The hash of one event: sha256 over the previous hash and its canonical JSON."""
    told = [dataset_id, event.sample_id, batch, actor, event.kind, event.body]
    body = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(prev_hash.encode() + body).hexdigest()


def of_sample(session: Session, sample_id: int) -> Sequence[EventRow]:
    """Everything that happened to a sample, oldest first."""
    query = select(EventRow).where(EventRow.sample_id == sample_id)
    return session.exec(query.order_by(col(EventRow.seq))).all()


def of_batch(session: Session, batch: str) -> Sequence[EventRow]:
    """The events of one act, oldest first."""
    return session.exec(
        select(EventRow).where(EventRow.batch == batch).order_by(col(EventRow.seq))
    ).all()


def newest_of(
    session: Session, dataset_id: int, actor: str, *, limit: int = 200
) -> Sequence[EventRow]:
    """What this person did last in this data set, newest first."""
    query = select(EventRow).where(EventRow.dataset_id == dataset_id, EventRow.actor == actor)
    return session.exec(query.order_by(col(EventRow.seq).desc()).limit(limit)).all()


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
