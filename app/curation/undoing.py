"""Undo and redo, per person and data set, by events that turn back what earlier events did.

A sample that somebody else changed since is left alone and reported.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.curation import moves, telling
from app.curation.moves import CHUNK, Act, Move
from app.curation.review_fold import State, merged
from app.errors import NotFoundError
from app.storage import datasets, events, jobs, judgements, revisions, samples
from app.storage.events import Event
from app.storage.tables import EventRow, JobRow

BEGUN = "turned"
LAST = 2**62
BY_OTHERS = "Somebody else changed it since."
CHANGED = "It was changed since."
SAME_TEXT = "Another sample says exactly this now."
SHOWN_SKIPPED = 100


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sample that was left as it is, and why."""

    sample_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What became of an undo, or of a redo.

    Attributes:
        batch: the name of the act that was undone.
        act: what it had done, as a sentence.
        redone: whether it was done again rather than undone.
        changed: how many samples are different now; 0 while a job works on it.
        skipped: the samples that were left alone, at most SHOWN_SKIPPED of them.
        sample_id: the first sample it is about, to show it.
        job: the job that does it, None when it is done.
    """

    batch: str
    act: str
    redone: bool
    changed: int
    skipped: tuple[Skipped, ...]
    sample_id: int | None
    job: int | None = None


class BatchNotFoundError(NotFoundError):
    """There is no such act of yours that could be undone."""


def undo(session: Session, slug: str, actor: str, *, batch: str = "") -> UndoReport | None:
    """Take back this person's last act, or the named one; None when there is none.

    Raises:
        BatchNotFoundError: the named act is not this person's, or is undone already.
    """
    dataset_id = events.lock(session, datasets.get(session, slug).id).id
    seen: set[str] = set()
    for root, step in _steps(session, dataset_id, actor):
        if root not in seen and step % 2 == 0 and batch in ("", root):
            return _turn(session, dataset_id, root, step, actor)
        seen.add(root)
    if batch:
        raise BatchNotFoundError
    return None


def redo(session: Session, slug: str, actor: str) -> UndoReport | None:
    """Do again what this person undid last, unless they did something new since."""
    dataset_id = events.lock(session, datasets.get(session, slug).id).id
    seen: set[str] = set()
    for root, step in _steps(session, dataset_id, actor):
        if root not in seen and step % 2 == 1:
            return _turn(session, dataset_id, root, step, actor)
        if step == 0:
            return None
        seen.add(root)
    return None


def run_chunk(session: Session, job: JobRow, batch: str) -> bool:
    """Turn back the next CHUNK events of an act; False when there are none left."""
    dataset_id = int(job.dataset_id or 0)
    events.lock(session, dataset_id)
    begun = events.head_of_batch(session, batch)
    if begun is None:
        return False
    cursor, source = job.cursor or {"after": 0, "done": 0}, str(begun.body["turns"])
    part = events.part_of_batch(session, source, after=cursor["after"], limit=CHUNK)
    if not part:
        return False
    act = Act(_kind(moves.root_of(batch)[1]), begun.actor, batch, {})
    _turn_back(session, dataset_id, part, act)
    cursor = {"after": part[-1].seq, "done": cursor["done"] + len(part)}
    total = events.count_of_batch(session, source)
    jobs.checkpoint(session, job, cursor=cursor, phase=act.kind, done=cursor["done"], total=total)
    job.cursor = cursor
    return len(part) == CHUNK


def _steps(session: Session, dataset_id: int, actor: str) -> Iterator[tuple[str, int]]:
    """This person's acts, undos and redos as (act, step), each once, the newest first."""
    before, seen, large = LAST, set[str](), list[str]()
    while steps := events.steps_of(session, dataset_id, actor, before=before, leaving=large):
        names = dict.fromkeys(name for _, name in steps)
        yield from (moves.root_of(name) for name in names if name not in seen)
        seen |= set(names)
        if len(names) == 1:
            large += names  # a bulk act: let the database step over the rest of it
        before = steps[-1][0]


def _turn(session: Session, dataset_id: int, root: str, step: int, actor: str) -> UndoReport:
    """Turn back the newest step of an act, at once or by a job."""
    source = f"{root}.{step}" if step else root
    act = Act(_kind(step + 1), actor, f"{root}.{step + 1}", {})
    size = events.count_of_batch(session, source)
    part = events.part_of_batch(session, source, limit=CHUNK)
    told = telling.act(events.head_of_batch(session, root))
    begun = Event(None, BEGUN, {"turns": source, "matched": size})
    events.append(session, dataset_id, [begun], actor=actor, batch=act.batch)
    judgements.turn(session, root, void=step % 2 == 0)
    first = part[0].sample_id if part else None
    if size > CHUNK:
        title = f"{act.kind.capitalize()}: {told}"
        job = jobs.enqueue(session, "decide", dataset_id, title=title, batch=act.batch)
        return UndoReport(root, told, bool(step % 2), 0, (), first, job.id)
    changed, skipped = _turn_back(session, dataset_id, part, act)
    return UndoReport(root, told, bool(step % 2), changed, skipped[:SHOWN_SKIPPED], first)


def _turn_back(
    session: Session, dataset_id: int, part: Sequence[EventRow], act: Act
) -> tuple[int, tuple[Skipped, ...]]:
    """Set samples back to what they were before these events, where nobody else was there since."""
    by_sample: dict[int, list[EventRow]] = {}
    for event in part:
        by_sample.setdefault(int(event.sample_id or 0), []).append(event)
    found = samples.movable(session, list(by_sample))
    others = _touched_by_others(session, part, act.actor)
    todo: list[Move] = []
    skipped: list[Skipped] = []
    for sample_id, told in by_sample.items():
        before, after = merged(event.body for event in told)
        state = State(**found[sample_id])
        reason = _obstacle(state, after, others.get(sample_id, set()))
        if not reason and "revision" in before:
            reason = _same_text(session, dataset_id, sample_id, before["revision"])
        if reason:
            skipped.append(Skipped(sample_id, reason))
        elif before:
            todo.append(Move(sample_id, after, before))
    moves.apply(session, dataset_id, todo, act)
    return len(todo), tuple(skipped)


def _touched_by_others(
    session: Session, part: Sequence[EventRow], actor: str
) -> dict[int, set[str]]:
    """Which columns of these samples somebody else changed after these events."""
    last = {int(event.sample_id or 0): event.seq for event in part}
    touched: dict[int, set[str]] = {}
    if not part:
        return touched
    for sample_id, seq, body in events.by_others_since(
        session, list(last), seq=part[0].seq, actor=actor
    ):
        if seq > last[sample_id]:
            touched.setdefault(sample_id, set()).update(body.get("to", {}))
    return touched


def _obstacle(state: State, after: Mapping[str, Any], touched: set[str]) -> str:
    if touched & set(after):
        return BY_OTHERS
    return CHANGED if state.after(after) else ""


def _same_text(session: Session, dataset_id: int, sample_id: int, number: int) -> str:
    fingerprint = revisions.get(session, sample_id, number).fingerprint
    twin = samples.find_by_fingerprint(session, dataset_id, fingerprint)
    return SAME_TEXT if twin not in (None, sample_id) else ""


def _kind(step: int) -> str:
    return "undone" if step % 2 else "redone"
