"""Queries about the texts a sample has had."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.storage.tables import RevisionRow, SampleRow


def keep(session: Session, sample: SampleRow, *, actor: str) -> None:
    """Keep the sample's text as it stands, under its revision number; once is enough."""
    if session.get(RevisionRow, (sample.id, sample.revision)) is None:
        session.add(
            RevisionRow(
                sample_id=sample.id,
                number=sample.revision,
                fingerprint=sample.fingerprint,
                messages=sample.messages,
                actor=actor,
            )
        )
        session.flush()


def of_sample(session: Session, sample_id: int) -> Sequence[RevisionRow]:
    """Every kept text of a sample, oldest first; none if it was never changed."""
    query = select(RevisionRow).where(RevisionRow.sample_id == sample_id)
    return session.exec(query.order_by(col(RevisionRow.number))).all()
