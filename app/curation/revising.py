"""A sample gets another text: both are kept, and everything derived follows."""

from typing import Any

from sqlmodel import Session

from app.formats.sample import Message, Sample, dump_messages, text_hash
from app.storage import events, revisions
from app.storage.events import Event
from app.storage.tables import SampleRow

PREVIEW = 300


def replace(
    session: Session,
    row: SampleRow,
    messages: tuple[Message, ...],
    *,
    actor: str,
    batch: str,
    kind: str = "edited",
) -> None:
    """Make these messages the sample's head revision and note it as an event.

    The text before is kept as a revision at its first change; the new one too.
    """
    before = row.revision
    revisions.keep(session, row, actor=actor)
    for name, value in text_columns(messages).items():
        setattr(row, name, value)
    row.revision, row.version = revisions.next_number(session, row), row.version + 1
    session.flush()
    revisions.keep(session, row, actor=actor)
    body = {"from": {"revision": before}, "to": {"revision": row.revision}}
    events.append(session, row.dataset_id, [Event(row.id, kind, body)], actor=actor, batch=batch)


def text_columns(messages: tuple[Message, ...]) -> dict[str, Any]:
    """The columns of a sample that follow from its messages alone."""
    sample = Sample(messages)
    asked = sample.input_text
    return {
        "fingerprint": sample.fingerprint,
        "input_hash": text_hash(asked),
        "output_hash": text_hash(sample.output_text),
        "turns": len(messages),
        "length": sum(len(message.content) for message in messages),
        "preview": asked[:PREVIEW].replace("\0", ""),
        "messages": dump_messages(messages).decode(),
    }
