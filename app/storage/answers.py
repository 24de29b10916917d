"""Queries about the answers that were given to an Idempotency-Key."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.storage.access_tables import AnswerRow


def claim(session: Session, actor: str, key: str, request_hash: str) -> AnswerRow | None:
    """Reserve the key in this transaction; None when it has been used already.

    A second request that comes while the first one is still at work waits
    here until that one has committed or rolled back.
    """
    row = AnswerRow(actor=actor, key=key, request_hash=request_hash, status=0, body="")
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return None
    return row


def get(session: Session, actor: str, key: str) -> AnswerRow:
    """Return the answer that this actor once got for the key."""
    query = select(AnswerRow).where(AnswerRow.actor == actor, AnswerRow.key == key)
    return session.exec(query).one()


def forget(session: Session, actor: str, key: str) -> None:
    """Give the key free, as if it had never been used."""
    session.delete(get(session, actor, key))
    session.flush()


def forget_before(session: Session, moment: datetime, *, most: int) -> int:
    """Forget the oldest answers, so many at most, if they were given before a moment."""
    oldest = select(AnswerRow.id, AnswerRow.created_at).order_by(col(AnswerRow.id)).limit(most)
    old = [number for number, given in session.exec(oldest) if given < moment]
    if old:
        # Every one of them: what is older has a smaller id.
        session.execute(delete(AnswerRow).where(col(AnswerRow.id) <= max(old)))
    return len(old)
