"""Queries about the texts a sample has had."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from app.errors import NotFoundError
from app.storage.tables import RevisionRow, SampleRow


class RevisionNotFoundError(NotFoundError):
    """The sample never had such a text."""


def keep(session: Session, sample: SampleRow, *, actor: str) -> None:
    """Keep the sample's text as it stands, under its revision number; once is enough."""
    if session.get(RevisionRow, (sample.id, sample.revision)) is None:
        session.add(
            RevisionRow(
                sample_id=sample.id,
                number=sample.revision,
                fingerprint=sample.fingerprint,
                messages=sample.messages,
                rest=sample.rest,
                actor=actor,
            )
        )
        session.flush()


def of_sample(session: Session, sample_id: int) -> Sequence[RevisionRow]:
    """Every kept text of a sample, oldest first; none if it was never changed."""
    query = select(RevisionRow).where(RevisionRow.sample_id == sample_id)
    return session.exec(query.order_by(col(RevisionRow.number))).all()


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
    session: Session, sample_id: int, number: int, text: Mapping[str, Any], *, actor: str
) -> None:
    """Keep a new text of a sample; `text` has its fingerprint, messages and rest."""
    session.add(
        RevisionRow(
            sample_id=sample_id,
            number=number,
            fingerprint=text["fingerprint"],
            messages=text["messages"],
            rest=text["rest"],
            actor=actor,
        )
    )
    session.flush()
