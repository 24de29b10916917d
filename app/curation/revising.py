"""A sample gets another text: both are kept, and everything derived follows."""

from dataclasses import replace as changed

from sqlmodel import Session

from app.curation import preparing
from app.formats.sample import Message, Sample, load_sample
from app.storage import events, revisions, samples, text_search
from app.storage.events import Event
from app.storage.tables import SampleRow


def replace(
    session: Session,
    row: SampleRow,
    sample: Sample,
    *,
    actor: str,
    batch: str,
    kind: str = "edited",
) -> None:
    """Make this the text of the row's head revision and note it as an event.

    The text before is kept as a revision at its first change; the new one too.
    """
    before = row.revision
    revisions.keep(session, row, actor=actor)
    for name, value in preparing.text_columns(sample).items():
        setattr(row, name, value)
    row.revision, row.version = revisions.next_number(session, row), row.version + 1
    row.changed_ms = samples.now_ms()
    session.flush()
    text_search.write(session, [(row.id, text_search.words_in(row.messages, row.rest))])
    revisions.keep(session, row, actor=actor)
    body = {"from": {"revision": before}, "to": {"revision": row.revision}}
    events.append(session, row.dataset_id, [Event(row.id, kind, body)], actor=actor, batch=batch)


def edited(row: SampleRow, messages: tuple[Message, ...]) -> Sample:
    """The sample saying something else: a pair keeps its other answer, a verdict stays."""
    before = load_sample(row.messages, row.rest)
    turns = max(1, min(before.answer_turns, len(messages)))
    return changed(before, messages=messages, answer_turns=turns)


def paired(
    row: SampleRow, messages: tuple[Message, ...], other: tuple[Message, ...], answer_turns: int
) -> Sample:
    """The pair with both its answers anew: `answer_turns` of the messages are the better one."""
    before = load_sample(row.messages, row.rest)
    return changed(before, messages=messages, rejected=other, answer_turns=answer_turns)
