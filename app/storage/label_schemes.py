"""Queries about label schemes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from app.storage.review_tables import LabelSchemeRow


def find(session: Session, dataset_id: int) -> LabelSchemeRow | None:
    """The scheme of the data set, or None before the first."""
    return session.get(LabelSchemeRow, dataset_id)


def save(
    session: Session, dataset_id: int, guideline: str, labels: Sequence[Mapping[str, Any]]
) -> int:
    """Make this the data set's scheme; return its version."""
    row = find(session, dataset_id)
    if row is None:
        row = LabelSchemeRow(dataset_id=dataset_id, version=0, labels=[])
        session.add(row)
    row.version, row.guideline, row.labels = row.version + 1, guideline, [dict(it) for it in labels]
    session.flush()
    return row.version
