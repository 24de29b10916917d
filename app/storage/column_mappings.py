"""Queries about remembered mappings."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.errors import NotFoundError
from app.storage.import_tables import MappingRow
from app.storage.tables import now


class MappingNotFoundError(NotFoundError):
    """There is no mapping of this name."""


def save(session: Session, wanted: MappingRow) -> MappingRow:
    """Keep a mapping; one that has the name already becomes this one."""
    row = find(session, wanted.dataset_id, wanted.name)
    if row is None:
        session.add(wanted)
        session.flush()
        return wanted
    for name in ("signature", "read_as", "columns", "actor"):
        setattr(row, name, getattr(wanted, name))
    row.used_at = now()
    session.flush()
    return row


def find(session: Session, dataset_id: int, name: str) -> MappingRow | None:
    """The mapping of this name, or None."""
    query = select(MappingRow).where(MappingRow.dataset_id == dataset_id, MappingRow.name == name)
    return session.exec(query).one_or_none()


def get(session: Session, dataset_id: int, name: str) -> MappingRow:
    """The mapping of this name, or MappingNotFoundError."""
    row = find(session, dataset_id, name)
    if row is None:
        raise MappingNotFoundError
    return row


def find_for(session: Session, dataset_id: int, signature: str) -> MappingRow | None:
    """The mapping that was last used for files with these columns, or None."""
    query = select(MappingRow).where(
        MappingRow.dataset_id == dataset_id, MappingRow.signature == signature
    )
    return session.exec(query.order_by(col(MappingRow.used_at).desc())).first()


def of_dataset(session: Session, dataset_id: int) -> Sequence[MappingRow]:
    """All mappings of a data set, by name."""
    query = select(MappingRow).where(MappingRow.dataset_id == dataset_id)
    return session.exec(query.order_by(col(MappingRow.name))).all()


def remove(session: Session, row: MappingRow) -> None:
    """Forget a mapping."""
    session.delete(row)
    session.flush()
