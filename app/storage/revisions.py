"""Queries about the texts a sample has had."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlmodel import Session, col, func, select

from app.errors import NotFoundError
from app.storage import listed
from app.storage.tables import RevisionRow, SampleRow

TEXT = ("fingerprint", "messages", "rest")
"""What is kept of a text."""
_BESIDE = '{"beside":'
_RAW = ',"raw":'  # inside a text it would be written with backslashes
_CONVERSATION = {"kind": "chat", "answer_turns": 1, "rejected": [], "desirable": None}


class RevisionNotFoundError(NotFoundError):
    """The sample never had such a text."""


def keep(session: Session, sample: SampleRow, *, actor: str) -> None:
    """Keep the sample's text as it stands, under its revision number; once is enough."""
    if session.get(RevisionRow, (sample.id, sample.revision)) is None:
        session.add(head_of(sample, actor=actor))
        session.flush()


def remember(
    sample: SampleRow, kept: list[RevisionRow], beside: Mapping[str, str], *, actor: str
) -> int:
    """Have what stands beside the texts so far kept, before an import brings something else.

    Return the number of the next text. `kept` are all that are kept, and the head joins them.

    From then on every text of the sample says what stood beside it. Only the first text is the
    record that was read: the others have no `raw`.
    """
    if all(row.number != sample.revision for row in kept):
        kept.append(head_of(sample, actor=actor))
    for row in kept:
        if not is_beside(row.rest):
            raw = beside["raw"] if row.number == 1 else ""
            row.rest = _with_beside(row.rest, {**beside, "raw": raw})
    return max(row.number for row in kept) + 1


def head_of(
    sample: SampleRow, *, actor: str, beside: Mapping[str, str] | None = None
) -> RevisionRow:
    """The text of a sample as it stands, to be kept with what stands beside it."""
    text = {name: getattr(sample, name) for name in TEXT}
    if beside:
        text["rest"] = _with_beside(sample.rest, beside)
    return RevisionRow(sample_id=sample.id, number=sample.revision, actor=actor, **text)


def is_beside(rest: str) -> bool:
    """Whether a kept text says what stood beside it."""
    return rest.startswith(_BESIDE)


def beside_of(rest: str) -> dict[str, str]:
    """What stood beside a kept text, by column; nothing where that was always the same."""
    return dict(orjson.loads(rest)["beside"]) if is_beside(rest) else {}


def columns_of(rest: str) -> str:
    """The same as it is written, without the record itself: `raw` is the last of the columns."""
    return rest.partition(_RAW)[0] if is_beside(rest) else ""


def of_sample(session: Session, sample_id: int) -> Sequence[RevisionRow]:
    """Every kept text of a sample, oldest first; none if it was never changed."""
    query = select(RevisionRow).where(RevisionRow.sample_id == sample_id)
    return session.exec(query.order_by(col(RevisionRow.number))).all()


def of_samples(session: Session, sample_ids: Sequence[int]) -> dict[int, list[RevisionRow]]:
    """The same of many samples, by the sample; of each at least an empty list."""
    found: dict[int, list[RevisionRow]] = {sample_id: [] for sample_id in sample_ids}
    for part in listed.parts(sample_ids):
        query = select(RevisionRow).where(col(RevisionRow.sample_id).in_(part))
        for row in session.exec(
            query.order_by(col(RevisionRow.sample_id), col(RevisionRow.number))
        ):
            found[row.sample_id].append(row)
    return found


def get(session: Session, sample_id: int, number: int) -> RevisionRow:
    """One kept text of a sample, or raise RevisionNotFoundError."""
    row = session.get(RevisionRow, (sample_id, number))
    if row is None:
        raise RevisionNotFoundError
    return row


def next_number(session: Session, sample: SampleRow) -> int:
    """The number of the sample's next text; after an undo the head is not the newest."""
    query = select(func.max(RevisionRow.number)).where(RevisionRow.sample_id == sample.id)
    return max(session.exec(query).one() or 0, sample.revision) + 1


def add(
    session: Session,
    sample_id: int,
    number: int,
    text: Mapping[str, Any],
    *,
    actor: str,
    beside: Mapping[str, str] | None = None,
) -> None:
    """Keep a new text of a sample; `text` has its fingerprint, messages and rest.

    `beside` holds the columns beside it, where they differ from one revision to another.
    """
    session.add(
        RevisionRow(
            sample_id=sample_id,
            number=number,
            fingerprint=text["fingerprint"],
            messages=text["messages"],
            rest=_with_beside(text["rest"], beside) if beside else text["rest"],
            actor=actor,
        )
    )
    session.flush()


def _with_beside(rest: str, beside: Mapping[str, str]) -> str:
    told = orjson.loads(rest) if rest else _CONVERSATION
    return orjson.dumps({"beside": beside, **told}).decode()
