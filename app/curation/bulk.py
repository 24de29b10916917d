"""One act on many samples: at once up to CHUNK of them, above it as a job.

The act begins with an event that says what is asked. The job carries the name
of the batch only and reads the rest there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from app.curation import changing, moves, queries
from app.curation.moves import CHUNK, Act, Move
from app.curation.queries import Query
from app.curation.review_fold import State
from app.storage import events, frames, jobs, samples
from app.storage.events import Event
from app.storage.filters import Filter
from app.storage.tables import JobRow, Status

BEGUN = "bulk"


@dataclass(frozen=True, slots=True)
class Wish:
    """What all samples of a query should be."""

    query: Query
    to: Mapping[str, Any]
    kind: str
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a bulk act.

    Attributes:
        matched: how many samples the query finds.
        changed: how many of them are (or, in a preview, would be) different now.
        batch: the name of the act, "" when nothing was to do.
        job: the job that does it, None when it is done.
    """

    matched: int
    changed: int
    batch: str
    job: int | None = None


def preview(session: Session, dataset_id: int, wish: Wish) -> BatchReport:
    """What the act would do."""
    wanted = queries.resolve(session, dataset_id, wish.query)
    matched = samples.count(session, dataset_id, wanted)
    already = _count_so_already(session, dataset_id, wanted, wish.to)
    if "unmark" in wish.to:
        already = matched - already
    return BatchReport(matched, matched - already, "")


def begin(session: Session, dataset_id: int, wish: Wish, *, actor: str) -> BatchReport:
    """Do the act, or ask for the job that does."""
    events.lock(session, dataset_id)
    wanted = queries.resolve(session, dataset_id, wish.query)
    matched = samples.count(session, dataset_id, wanted)
    if not matched:
        return BatchReport(0, 0, "")
    through = samples.highest_id(session, dataset_id)
    batch = moves.new_batch()
    _note_begin(session, dataset_id, wish, (matched, through), Act(BEGUN, actor, batch, {}))
    if matched > CHUNK:
        title = f"{wish.kind.capitalize()}: {matched:,} samples"
        job = jobs.enqueue(session, "decide", dataset_id, title=title, batch=batch)
        return BatchReport(matched, 0, batch, job.id)
    ids = samples.ids_matching(session, dataset_id, wanted)
    act = Act(wish.kind, actor, batch, dict(wish.why))
    return BatchReport(matched, _move_all(session, dataset_id, ids, wish.to, act), batch)


def run_chunk(session: Session, job: JobRow, batch: str) -> bool:
    """Change the next CHUNK samples of an act; False when it is finished, or undone meanwhile."""
    dataset_id = int(job.dataset_id or 0)
    events.lock(session, dataset_id)
    begun = events.head_of_batch(session, batch)
    undone = events.head_of_batch(session, f"{batch}.1") is not None
    if begun is None or undone:
        return False
    asked, cursor = begun.body, job.cursor or {"after": 0, "done": 0}
    query = queries.parse_string(asked["query"])
    wanted = queries.resolve(session, dataset_id, query, frame_id=asked["frame"])
    wanted = replace(wanted, through=asked["through"])
    rows = samples.page(session, dataset_id, wanted, after=cursor["after"], limit=CHUNK)
    ids = [row.id for row in rows]
    act = Act(asked["kind"], begun.actor, batch, asked["why"])
    _move_all(session, dataset_id, ids, asked["to"], act)
    if ids:
        _advance(session, job, {"after": ids[-1], "done": cursor["done"] + len(ids)}, asked)
    return len(ids) == CHUNK


def _advance(
    session: Session, job: JobRow, cursor: dict[str, Any], asked: Mapping[str, Any]
) -> None:
    total = max(asked["matched"], cursor["done"])
    jobs.checkpoint(session, job, cursor=cursor, phase="decide", done=cursor["done"], total=total)
    job.cursor = cursor


def _move_all(
    session: Session, dataset_id: int, ids: list[int], to: Mapping[str, Any], act: Act
) -> int:
    found = samples.movable(session, ids)
    states = [(sample_id, State(**found[sample_id])) for sample_id in ids]
    todo = [
        Move(sample_id, state.part(new), new)
        for sample_id, state in states
        if (new := state.after(to)) and not changing.has_too_many_marks(new)
    ]
    moves.apply(session, dataset_id, todo, act)
    return len(todo)


def _count_so_already(
    session: Session, dataset_id: int, wanted: Filter, to: Mapping[str, Any]
) -> int:
    """How many samples are as wished, or have the mark, before anybody does anything."""
    if to.get("deleted", wanted.deleted) != wanted.deleted:
        return 0
    mark = to.get("mark") or to.get("unmark")
    so = Filter(
        statuses=(Status(to["status"]),) if "status" in to else (),
        facets=(("label", (to["label"],)),) if "label" in to else (),
        flagged=to.get("flagged"),
        qualities=(to["quality"],) if "quality" in to else (),
        marks=(mark,) if mark else (),
        deleted=wanted.deleted,
    )
    return samples.count(session, dataset_id, wanted, also=so)


def _note_begin(
    session: Session, dataset_id: int, wish: Wish, size: tuple[int, int], act: Act
) -> None:
    frame = frames.outline(session, dataset_id) if wish.query.about_board else None
    body = {
        "query": queries.write(wish.query),
        "frame": frame.id if frame else None,
        "to": dict(wish.to),
        "kind": wish.kind,
        "why": dict(wish.why),
        "matched": size[0],
        "through": size[1],
    }
    event = Event(None, act.kind, body)
    events.append(session, dataset_id, [event], actor=act.actor, batch=act.batch)
