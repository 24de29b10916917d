"""A version as the data set's new state: one act, done by a job in chunks, undone as one.

The samples of the version get back the text and the status that they had, and come out of the
trash. Where that is wanted, what matches the version's query now and is not in it goes to the
trash, so that freezing the query again gives the same content.
"""

from dataclasses import asdict, dataclass, replace

from sqlmodel import Session

from app.curation import audit, moves
from app.curation import versions as freezing
from app.curation.bulk import BEGUN
from app.curation.moves import CHUNK, Act, Move
from app.curation.review_fold import State
from app.storage import datasets, events, jobs, samples, versions
from app.storage.database import Sessions
from app.storage.events import Event
from app.storage.release_tables import VersionItemRow, VersionRow
from app.storage.tables import JobRow

KIND = "restored"


@dataclass(slots=True)
class _At:
    """How far a restore is: first what the version holds, then what it does not."""

    after: int = 0
    held: bool = True
    done: int = 0
    skipped: int = 0  # texts that another sample has by now


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A restore that was asked for: the job that does it, and the act that can be undone."""

    version: int
    job: int
    batch: str


def restore(
    session: Session, slug: str, number: int, *, exactly: bool, actor: str
) -> RestoreReport:
    """Ask for a version to be the new state.

    Args:
        session: of the request.
        slug: the data set.
        number: the version.
        exactly: whether samples that the version's query finds now and it does not hold go to the
            trash.
        actor: who may undo it.

    Raises:
        NotFoundError: no such data set or version.
        InvalidError: the version's query means nothing any more.
    """
    row = freezing.find_row(session, slug, number)
    if exactly:
        freezing.resolve(session, row.dataset_id, row.query)  # it may speak of a board that is gone
    batch = moves.new_batch()
    body = {
        "query": row.query, "to": {}, "kind": KIND, "why": {}, "matched": row.rows,
        "version": number, "exactly": exactly,
    }  # fmt: skip
    events.lock(session, row.dataset_id)
    begun = Event(None, BEGUN, body)
    events.append(session, row.dataset_id, [begun], actor=actor, batch=batch)
    audit.record(
        session, actor=actor, kind=audit.Kind.VERSION_RESTORED, subject=slug, version=number
    )
    title = f"Restore version {number} of {datasets.get(session, slug).name}"
    job = jobs.enqueue(session, "restore", row.dataset_id, title=title, batch=batch)
    return RestoreReport(number, job.id, batch)


def run(write: Sessions, job: JobRow) -> None:
    """Do it, a chunk a transaction. Runs in the worker; run again, it goes on where it stopped."""
    more = True
    while more:
        with write() as session:
            more = _run_chunk(session, job, str(job.params["batch"]))


def _run_chunk(session: Session, job: JobRow, batch: str) -> bool:
    """Change the next CHUNK samples; False when it is finished, or undone meanwhile."""
    dataset_id = int(job.dataset_id or 0)
    events.lock(session, dataset_id)
    begun = events.head_of_batch(session, batch)
    if begun is None or events.head_of_batch(session, f"{batch}.1") is not None:
        return False
    version = versions.get(session, dataset_id, begun.body["version"])
    at = _At(**(job.cursor or {}))
    act = Act(KIND, begun.actor, batch, {})
    after = (
        _put_back(session, version, at, act) if at.held else _put_aside(session, version, at, act)
    )
    more = after or (at.held and begun.body["exactly"])
    at = replace(at, after=after, held=at.held and bool(after))
    job.cursor = asdict(at)
    phase = f"restore, {at.skipped:,} left as they are" if at.skipped else "restore"
    jobs.checkpoint(
        session, job, cursor=job.cursor, phase=phase, done=min(at.done, version.rows),
        total=version.rows,
    )  # fmt: skip
    return bool(more)


def _put_back(session: Session, version: VersionRow, at: _At, act: Act) -> int:
    """Give the next samples of the version what they had; the last id, 0 after the last chunk."""
    items = versions.items(session, version.id, after=at.after, limit=CHUNK)
    found = samples.movable(session, [item.sample_id for item in items])
    todo: list[Move] = []
    for item in items:
        state = State(**found[item.sample_id])
        wanted = {"status": item.status.value, "revision": item.revision, "deleted": False}
        new = state.after(wanted)
        if "revision" in new and _is_anothers(session, version.dataset_id, item):
            del new["revision"]
            at.skipped += 1
        if new:
            todo.append(Move(item.sample_id, state.part(new), new))
    moves.apply(session, version.dataset_id, todo, act)
    at.done += len(items)
    return items[-1].sample_id if len(items) == CHUNK else 0


def _put_aside(session: Session, version: VersionRow, at: _At, act: Act) -> int:
    """Put the next samples that the version does not hold into the trash; the last id, or 0."""
    wanted = freezing.resolve(session, version.dataset_id, version.query)
    ids = versions.others(
        session, version.dataset_id, version.id, wanted, after=at.after, limit=CHUNK
    )
    todo = [Move(number, {"deleted": False}, {"deleted": True}) for number in ids]
    moves.apply(session, version.dataset_id, todo, act)
    return ids[-1] if len(ids) == CHUNK else 0


def _is_anothers(session: Session, dataset_id: int, item: VersionItemRow) -> bool:
    """Whether another sample says by now what this one said: no two may say the same."""
    twin = samples.find_by_fingerprint(session, dataset_id, item.fingerprint)
    return twin not in (None, item.sample_id)
