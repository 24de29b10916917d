"""What people say of samples, as exports ask for it: for ten thousand of them at a time."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import String, or_, type_coerce
from sqlmodel import Session, col, select

from app.storage import listed
from app.storage.database import fetch
from app.storage.tables import EventRow, SampleRow


class Said(NamedTuple):
    """What people say of a sample beside its text and their notes."""

    status: str
    label: str
    marks: str
    flagged: bool
    quality: int


def now(session: Session, ids: Sequence[int]) -> dict[int, Said]:
    """What people say of these samples now, by id."""
    row = SampleRow
    query = select(  # type: ignore[call-overload]
        row.id,
        type_coerce(col(row.status), String),
        row.label,
        row.marks,
        row.flagged,
        row.quality,
    )
    found = fetch(session, query.where(listed.is_among(row.id, ids)))
    return {
        number: Said(status, label, marks, bool(flagged), quality)
        for number, status, label, marks, flagged, quality in found
    }


def notes_and_later(
    session: Session, ids: Sequence[int], seq: int
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """(seq, sample id, body) of every note on these samples, and of all that came after a seq.

    In order for each sample.
    """
    row = EventRow
    query = select(row.seq, row.sample_id, row.body).where(
        listed.is_among(row.sample_id, ids), or_(col(row.kind) == "noted", col(row.seq) > seq)
    )
    for found in session.execute(query.order_by(col(row.sample_id), col(row.seq))):
        yield found[0], found[1], found[2]
