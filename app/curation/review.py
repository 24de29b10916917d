"""Decisions about samples: one at a time or all that match, every one an act that can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlmodel import Session

from app.curation import bulk, moves, queries, revising, texts, undoing
from app.curation.moves import Act, Move
from app.curation.queries import Query
from app.curation.review_fold import State
from app.errors import ConflictError, InvalidError
from app.formats import messages as dialect
from app.formats import turn_lists, values
from app.formats.dialect import missing
from app.formats.entries import DEFAULT, Fault
from app.formats.sample import Message, Sample, load_sample
from app.storage import datasets, events, revisions, samples
from app.storage.database import Sessions
from app.storage.events import Event
from app.storage.tables import JobRow, Origin, SampleRow, Status

LONGEST_REMARK = 4_000
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to be so; None leaves a thing as it is.

    `messages` are records with role and content. `reason` goes with the
    decision, `note` is a remark of its own.
    """

    status: str | None = None
    label: str | None = None
    deleted: bool | None = None
    messages: Sequence[Mapping[str, object]] | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a change of one sample; `batch` is "" when nothing changed."""

    sample_id: int
    version: int
    status: str
    label: str
    revision: int
    deleted: bool
    batch: str

    @property
    def changed(self) -> bool:
        """Whether anything is different now."""
        return bool(self.batch)


class StaleSampleError(ConflictError):
    """Somebody changed this sample since you read it."""

    code = "stale"

    def __init__(self, theirs: Mapping[str, object], yours: Mapping[str, object]) -> None:
        super().__init__()
        self.theirs, self.yours = theirs, yours

    @property
    def facts(self) -> Mapping[str, object]:
        """Both sides: the sample as it is now, and what was asked."""
        return {"theirs": self.theirs, "yours": self.yours}


class SameTextError(ConflictError):
    """Another sample of this data set says exactly the same."""

    code = "same_text"

    def __init__(self, sample_id: int) -> None:
        super().__init__(f"Sample {sample_id} says exactly the same already.")
        self.sample_id = sample_id

    @property
    def facts(self) -> Mapping[str, object]:
        """Which sample that is."""
        return {"samples": [self.sample_id]}


class ChangeError(InvalidError):
    """This is nothing that a sample can be."""

    code = "change"


def decide(
    session: Session, slug: str, sample_id: int, change: Change, *, version: int, actor: str
) -> Decision:
    """Change one sample that stands at `version`; all of the change is one act.

    Raises:
        SampleNotFoundError: there is no such sample in this data set.
        StaleSampleError: it is at another version by now.
        SameTextError: the new text is another sample's.
        ChangeError: a value is not allowed.
    """
    dataset_id = datasets.get(session, slug).id
    check(change)
    events.lock(session, dataset_id)
    row = samples.get(session, dataset_id, sample_id)
    if row.version != version:
        raise StaleSampleError(_theirs(row), _yours(change))
    wanted = _wanted(row, change)
    batch = moves.new_batch() if wanted or wish_of(change) else moves.new_remark()
    done = [
        _edit(session, row, wanted, Act("edited", actor, batch, _why(change))),
        _set(session, row, change, Act(_kind(change), actor, batch, _why(change))),
        _note(session, row, change, actor=actor, batch=batch),
    ]
    session.refresh(row)
    return _told(row, batch if any(done) else "")


def decide_many(
    session: Session, slug: str, query: Query, change: Change, *, actor: str, preview: bool = False
) -> bulk.BatchReport:
    """Change all samples that match, as one act; above CHUNK samples it becomes a job.

    With `preview` nothing is changed: the report says what would be.
    """
    check(change)
    if change.messages is not None or not wish_of(change):
        raise ChangeError("A bulk decision sets a status, a label or the trash.")
    wish = bulk.Wish(query, wish_of(change), _kind(change), _why(change))
    dataset_id = datasets.get(session, slug).id
    if preview:
        return bulk.preview(session, dataset_id, wish)
    return bulk.begin(session, dataset_id, wish, actor=actor)


def run_batch(write: Sessions, job: JobRow) -> None:
    """Do a bulk act, or turn one back, in chunks. Runs in the worker."""
    batch = str(job.params["batch"])
    run_chunk = undoing.run_chunk if moves.root_of(batch)[1] else bulk.run_chunk
    more = True
    while more:
        with write() as session:
            more = run_chunk(session, job, batch)


def by_ids(ids: Sequence[int]) -> Query:
    """The query for exactly these samples; none at all would ask for every sample."""
    if not ids:
        raise ChangeError("No samples are chosen.")
    return queries.parse([("ids", ",".join(map(str, ids)))])


def check(change: Change) -> None:
    """Refuse values that no sample can have."""
    if change.status is not None and change.status not in set(Status):
        known = ", ".join(status.value for status in Status)
        raise ChangeError(f"{change.status[:60]!r} is not a status; there is {known}.")
    for name, text, most in (
        ("label", change.label or "", LONGEST_LABEL),
        ("reason", change.reason, LONGEST_REMARK),
        ("note", change.note, LONGEST_REMARK),
    ):
        if len(text) > most:
            raise ChangeError(f"A {name} has at most {most:,} characters.")
        if not texts.is_storable(text):
            raise ChangeError(f"The {name} holds a character that no text can hold.")


def read_messages(
    records: Sequence[Mapping[str, object]], *, answered: bool = True
) -> tuple[Message, ...]:
    """Messages as a person or a program wrote them, held to what an upload is held to.

    A bare text is one message that nobody answers.
    """
    try:
        written = orjson.dumps({"messages": list(records)})
    except TypeError as error:
        raise ChangeError("A turn holds a character that no text can hold.") from error
    value = values.load(written, DEFAULT)
    parse = dialect.parse if answered else _parse_bare
    read = value if isinstance(value, Fault) else parse(value)
    if not isinstance(read, Sample):
        raise ChangeError(read.reason)
    return read.messages


def _parse_bare(value: Mapping[str, object]) -> Sample | Fault:
    said = turn_lists.read(value["messages"])
    if isinstance(said, Fault):
        return said
    return Sample(said) if any(one.content.strip() for one in said) else missing("text")


def wish_of(change: Change) -> dict[str, Any]:
    """The columns that a change names, as events write them."""
    named = {"status": change.status, "label": change.label, "deleted": change.deleted}
    return {name: value for name, value in named.items() if value is not None}


def _wanted(row: SampleRow, change: Change) -> Sample | None:
    if change.messages is None:
        return None
    bare = load_sample(row.messages, row.rest).kind == "text"
    return revising.edited(row, read_messages(change.messages, answered=not bare))


def _edit(session: Session, row: SampleRow, wanted: Sample | None, act: Act) -> bool:
    """Keep the new text as the next revision and move the sample to it."""
    if wanted is None:
        return False
    text = revising.text_columns(wanted)
    if text["fingerprint"] == row.fingerprint:
        return False
    twin = samples.find_by_fingerprint(session, row.dataset_id, text["fingerprint"])
    if twin is not None:
        raise SameTextError(twin)
    number = revisions.next_number(session, row)
    revisions.keep(session, row, actor=f"upload {row.upload_id}")
    revisions.add(session, row.id, number, text, actor=act.actor)
    before = {"revision": row.revision, "origin": str(row.origin)}
    after = {"revision": number, "origin": str(Origin.EDITED)}
    new = {name: value for name, value in after.items() if before[name] != value}
    old = {name: before[name] for name in new}
    moves.apply(session, row.dataset_id, [Move(row.id, old, new)], act)
    return True


def _set(session: Session, row: SampleRow, change: Change, act: Act) -> bool:
    state = State(**samples.movable(session, [row.id])[row.id])
    new = state.after(wish_of(change))
    if not new:
        return False
    moves.apply(session, row.dataset_id, [Move(row.id, state.part(new), new)], act)
    return True


def _note(session: Session, row: SampleRow, change: Change, *, actor: str, batch: str) -> bool:
    if not change.note.strip():
        return False
    event = Event(row.id, "noted", {"from": {}, "to": {}, "note": change.note.strip()})
    events.append(session, row.dataset_id, [event], actor=actor, batch=batch)
    return True


def _kind(change: Change) -> str:
    if change.deleted is not None:
        return "trashed" if change.deleted else "restored"
    return "decided" if change.status is not None else "labelled"


def _why(change: Change) -> dict[str, str]:
    return {"reason": change.reason.strip()} if change.reason.strip() else {}


def _theirs(row: SampleRow) -> dict[str, object]:
    return {
        "id": row.id,
        "version": row.version,
        "status": str(row.status),
        "label": row.label,
        "messages": orjson.loads(row.messages),
    }


def _yours(change: Change) -> dict[str, object]:
    asked: dict[str, object] = dict(wish_of(change))
    if change.messages is not None:
        asked["messages"] = [dict(record) for record in change.messages]
    return asked


def _told(row: SampleRow, batch: str) -> Decision:
    return Decision(
        sample_id=row.id,
        version=row.version,
        status=str(row.status),
        label=row.label,
        revision=row.revision,
        deleted=row.deleted,
        batch=batch,
    )
