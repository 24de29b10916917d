"""Queries about saved views: queries under a name."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from app.errors import ConflictError, NotFoundError
from app.storage.search_tables import SavedViewRow


class ViewNotFoundError(NotFoundError):
    """There is no such view."""


class ViewExistsError(ConflictError):
    """There is a view of this name already."""

    code = "view_exists"


def add(session: Session, **values: Any) -> SavedViewRow:
    """Keep a query under a name, or raise ViewExistsError."""
    _check_free(session, values["dataset_id"], values["name"])
    row = SavedViewRow(**values)
    session.add(row)
    session.flush()
    return row


def get(session: Session, dataset_id: int, view_id: int) -> SavedViewRow:
    """The view of this data set, or raise ViewNotFoundError."""
    row = session.get(SavedViewRow, view_id)
    if row is None or row.dataset_id != dataset_id:
        raise ViewNotFoundError
    return row


def of_dataset(session: Session, dataset_id: int) -> Sequence[SavedViewRow]:
    """All views of a data set, by name."""
    query = select(SavedViewRow).where(SavedViewRow.dataset_id == dataset_id)
    return session.exec(query.order_by(func.lower(SavedViewRow.name), col(SavedViewRow.id))).all()


def rename(session: Session, row: SavedViewRow, name: str) -> None:
    """Give a view another name, or raise ViewExistsError."""
    if name != row.name:
        _check_free(session, row.dataset_id, name)
        row.name = name
        session.flush()


def remove(session: Session, row: SavedViewRow) -> None:
    """Forget a view; the samples it finds stay."""
    session.delete(row)
    session.flush()


def _check_free(session: Session, dataset_id: int, name: str) -> None:
    query = select(SavedViewRow.id).where(
        SavedViewRow.dataset_id == dataset_id, SavedViewRow.name == name
    )
    if session.exec(query).first() is not None:
        raise ViewExistsError(f"There is a view named \u201c{name}\u201d already.")
