"""Queries about selections: what people drew round on a board or a map."""

import secrets
from typing import Any

from sqlmodel import Session

from app.errors import NotFoundError
from app.storage.dart_tables import SelectionRow


class SelectionNotFoundError(NotFoundError):
    """There is no such selection."""


def add(session: Session, **values: Any) -> SelectionRow:
    """Keep a selection under a new name."""
    row = SelectionRow(id=f"s_{secrets.token_hex(6)}", **values)
    session.add(row)
    session.flush()
    return row


def get(session: Session, dataset_id: int, name: str) -> SelectionRow:
    """The selection of this data set, or raise SelectionNotFoundError."""
    row = session.get(SelectionRow, name)
    if row is None or row.dataset_id != dataset_id:
        raise SelectionNotFoundError
    return row
