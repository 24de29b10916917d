"""Decisions about samples: one at a time or all that match, every one an act that can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import orjson
from sqlmodel import Session

from app.curation import bulk, changing, moves, opinions, preparing, queries, revising, undoing
from app.curation.changing import (
    Change,
    ChangeError,
    Decision,
    SameTextError,
    StaleSampleError,
)
from app.curation.moves import Act, Move
from app.curation.queries import Query
from app.curation.review_fold import State
from app.formats import messages as dialect
from app.formats import turn_lists, values
from app.formats.dialect import missing
from app.formats.entries import DEFAULT, Fault
from app.formats.sample import Message, Sample, load_sample
from app.storage import card_leases, datasets, events, revisions, samples
from app.storage.database import Sessions
from app.storage.events import Event
from app.storage.tables import DatasetRow, JobRow, Origin, SampleRow

__all__ = [
    "Change", "ChangeError", "Decision", "SameTextError", "StaleSampleError",
    "by_ids", "decide", "decide_many", "read_messages", "run_batch",
]  # fmt: skip


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
    dataset = datasets.get(session, slug)
    dataset_id = dataset.id
    changing.check(change)
    events.lock(session, dataset_id)
    row = samples.get(session, dataset_id, sample_id)
    if row.version != version:
        raise StaleSampleError(_theirs(row), _yours(change))
    wanted = _wanted(row, change)
    moving = wanted is not None or changing.is_about_columns(change)
    batch, why = moves.new_batch() if moving else moves.new_remark(), changing.why_of(change)
    standing = _judge(session, dataset, row, change, Act(opinions.JUDGED, actor, batch, why))
    if not standing.follows:
        change = replace(change, status=None)
    done = [
        standing.noted,
        _edit(session, row, wanted, Act("edited", actor, batch, why)),
        _set(session, row, change, Act(changing.kind_of(change), actor, batch, why)),
        _note(session, row, change, actor=actor, batch=batch),
    ]
    _decline(session, row, change, actor=actor)
    card_leases.release(session, sample_id)
    session.refresh(row)
    return _told(row, batch if any(done) else "")


def decide_many(
    session: Session, slug: str, query: Query, change: Change, *, actor: str, preview: bool = False
) -> bulk.BatchReport:
    """Change all samples that match, as one act; above CHUNK samples it becomes a job.

    With `preview` nothing is changed: the report says what would be.
    """
    changing.check(change)
    asked = changing.wish_of(change)
    if change.messages is not None or change.marks is not None or not asked:
        raise ChangeError("A bulk decision sets a status, label, mark, flag, quality or the trash.")
    wish = bulk.Wish(query, asked, changing.kind_of(change), changing.why_of(change))
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


def _wanted(row: SampleRow, change: Change) -> Sample | None:
    if change.messages is None:
        return None
    kind = load_sample(row.messages, row.rest).kind
    messages = read_messages(change.messages, answered=kind != "text")
    if change.rejected is None:
        return revising.edited(row, messages)
    if kind != "preference":
        raise ChangeError("Only a preference pair has another answer.")
    return revising.paired(row, messages, _other_answer(change), change.answer_turns or 1)


def _other_answer(change: Change) -> tuple[Message, ...]:
    read = read_messages(change.rejected or ())
    if change.answer_turns is not None and not 1 <= change.answer_turns <= len(
        change.messages or ()
    ):
        raise ChangeError("An answer has at least one turn.")
    return read


def _edit(session: Session, row: SampleRow, wanted: Sample | None, act: Act) -> bool:
    """Keep the new text as the next revision and move the sample to it."""
    if wanted is None:
        return False
    text = preparing.text_columns(wanted)
    if text["fingerprint"] == row.fingerprint:
        return False
    twin = samples.find_by_fingerprint(session, row.dataset_id, text["fingerprint"])
    if twin is not None:
        raise SameTextError(twin)
    number = revisions.next_number(session, row)
    revisions.keep(session, row, actor=f"upload {row.upload_id}")
    head = revisions.get(session, row.id, row.revision)
    beside = {**told, "raw": ""} if (told := revisions.beside_of(head.rest)) else None
    revisions.add(session, row.id, number, text, actor=act.actor, beside=beside)
    before = {"revision": row.revision, "origin": str(row.origin)}
    after = {"revision": number, "origin": str(Origin.EDITED)}
    new = {name: value for name, value in after.items() if before[name] != value}
    old = {name: before[name] for name in new}
    moves.apply(session, row.dataset_id, [Move(row.id, old, new)], act)
    return True


def _judge(
    session: Session, dataset: DatasetRow, row: SampleRow, change: Change, act: Act
) -> opinions.Standing:
    """Keep this person's judgement, and say whether the status follows it."""
    if change.status is None or change.final:
        return opinions.Standing(follows=True, noted=False)
    return opinions.give(session, dataset, opinions.Opinion(row, change.status), act)


def _set(session: Session, row: SampleRow, change: Change, act: Act) -> bool:
    state = State(**samples.state_of(row))
    new = changing.wanted_of(change, state)
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


def _decline(session: Session, row: SampleRow, change: Change, *, actor: str) -> None:
    """Note that a person does not want a suggestion; there is nothing to undo in it."""
    if change.declines is None:
        return
    event = Event(row.id, "declined", {"from": {}, "to": {}, "declines": change.declines})
    events.append(session, row.dataset_id, [event], actor=actor, batch=moves.new_remark())


def _theirs(row: SampleRow) -> dict[str, object]:
    return {
        "id": row.id,
        "version": row.version,
        "status": str(row.status),
        "label": row.label,
        "messages": orjson.loads(row.messages),
    }


def _yours(change: Change) -> dict[str, object]:
    asked: dict[str, object] = dict(changing.wish_of(change))
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
