"""How changes of samples are written: the rows, and one event for each, in one transaction.

A batch is one act of one person. Undoing it is the batch `<act>.1`, redoing it
`<act>.2`, and so on: the name says which act it is about, and odd means undone.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.curation import preparing
from app.formats.sample import load_sample
from app.storage import datasets, events, jobs, revisions, samples
from app.storage.events import REVIEW_BATCH, Event

CHUNK = 1_000
"""Most samples that one transaction changes; above it an act becomes a job."""


@dataclass(frozen=True, slots=True)
class Move:
    """One sample's change: the columns that change, before and after."""

    sample_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what, and under which batch; `told` goes into every event beside the change."""

    kind: str
    actor: str
    batch: str
    told: Mapping[str, Any]


def new_batch() -> str:
    """The name of a new act."""
    return f"{REVIEW_BATCH}{secrets.token_hex(10)}"


def new_remark() -> str:
    """The name of an act that changes nothing, so that there is nothing to undo."""
    return f"n{secrets.token_hex(10)}"


def root_of(batch: str) -> tuple[str, int]:
    """Which act a batch is about, and how often that act was undone or redone before it."""
    root, _, step = batch.partition(".")
    return root, int(step or 0)


def apply(session: Session, dataset_id: int, moves: Sequence[Move], act: Act) -> None:
    """Change the samples and note it. The caller holds the data set's lock and has checked."""
    for after, ids in _alike(moves):
        if "revision" in after:
            for sample_id in ids:
                text = _text(session, sample_id, after["revision"])
                samples.change(session, [sample_id], **after, **text)
        else:
            samples.change(session, ids, **after)
    noted = [
        Event(move.sample_id, act.kind, {"from": move.before, "to": move.after, **act.told})
        for move in moves
    ]
    if noted:
        events.append(session, dataset_id, noted, actor=act.actor, batch=act.batch)
    if any("revision" in move.after for move in moves):
        _ask_for_vectors(session, dataset_id)


def _alike(moves: Sequence[Move]) -> list[tuple[Mapping[str, Any], list[int]]]:
    """The samples that get the same values, together."""
    groups: dict[tuple[tuple[str, Any], ...], list[int]] = {}
    for move in moves:
        groups.setdefault(tuple(sorted(move.after.items())), []).append(move.sample_id)
    return [(dict(values), ids) for values, ids in groups.items()]


def _text(session: Session, sample_id: int, number: int) -> dict[str, Any]:
    kept = revisions.get(session, sample_id, number)
    text = preparing.text_columns(load_sample(kept.messages, kept.rest))
    return {**text, **revisions.beside_of(kept.rest)}


def _ask_for_vectors(session: Session, dataset_id: int) -> None:
    dataset = datasets.get_by_id(session, dataset_id)
    jobs.enqueue(session, "embed", dataset_id, title=f"Embed {dataset.name}", side="input")
