"""A sample gets another text, or other columns beside it: what was there before is kept."""

from dataclasses import replace as changed

from app.curation import beside
from app.curation.beside import Columns
from app.formats.sample import Message, Sample, load_sample
from app.storage import revisions, samples
from app.storage.events import Event
from app.storage.tables import RevisionRow, SampleRow

KIND = "brought"
TEXT = (
    "fingerprint", "input_hash", "output_hash", "turns", "length", "preview", "messages", "rest",
)  # fmt: skip


def bring(
    row: SampleRow, kept: list[RevisionRow], record: Columns, base: Columns, *, actor: str
) -> Event:
    """Make a sample say what its record says by now, as a new revision; the event is returned.

    Nothing is written yet: `kept` are the sample's kept texts, and the new ones join them.

    What stood there before is kept as a revision, the new one too. The text and the label that a
    person gave stay, unless the record brings others than `base`, which was brought before.
    """
    before = samples.state_of(row)
    number = revisions.remember(row, kept, _kept(row), actor=actor)
    moved = {name: record[name] for name in beside.MOVED if record[name] != base[name]}
    is_new = record["fingerprint"] not in (row.fingerprint, base["fingerprint"])
    text = TEXT if is_new else ()
    for name in (*text, *beside.KEPT, *moved):
        setattr(row, name, record[name])
    row.revision, row.version = number, row.version + 1
    row.changed_ms = samples.now_ms()
    kept.append(revisions.head_of(row, actor=actor, beside=_kept(row)))
    after = samples.state_of(row)
    new = {name: value for name, value in after.items() if before[name] != value}
    told = {"from": beside.base_in(base), "to": beside.base_in(record)}
    body = {"from": {name: before[name] for name in new}, "to": new, beside.BROUGHT: told}
    return Event(row.id, KIND, body)


def _kept(row: SampleRow) -> dict[str, str]:
    return {name: getattr(row, name) for name in beside.KEPT}


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
