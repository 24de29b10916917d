"""Queries about data sets. What may not be seen is not there: see sight."""

import re
import unicodedata
from collections.abc import Sequence

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.errors import ConflictError, InvalidError, NotFoundError
from app.storage import sight
from app.storage.tables import DatasetRow, now

SLUG_LENGTH = 60


class DatasetNotFoundError(NotFoundError):
    """There is no such data set."""


class DatasetNameError(InvalidError):
    """A data set needs a name of 1 to 200 characters with a letter or a digit in it."""


class DatasetExistsError(ConflictError):
    """A data set of that name exists already."""


def add(session: Session, name: str, *, task: str = "", side: str = "input") -> DatasetRow:
    """Add an empty data set; its slug is made from its name."""
    slug = slug_of(name)
    if session.exec(select(DatasetRow.id).where(DatasetRow.slug == slug)).first() is not None:
        raise DatasetExistsError
    row = DatasetRow(name=name.strip(), slug=slug, task=task, side=side)
    session.add(row)
    session.flush()
    return row


def get(session: Session, slug: str) -> DatasetRow:
    """Return the data set, or raise DatasetNotFoundError; one in the trash is not there."""
    row = find(session, slug)
    if row is None:
        raise DatasetNotFoundError
    return row


def get_by_id(session: Session, dataset_id: int) -> DatasetRow:
    """Return the data set with this id, or raise DatasetNotFoundError."""
    row = session.get(DatasetRow, dataset_id) if sight.includes(dataset_id) else None
    if row is None or row.deleted_at is not None:
        raise DatasetNotFoundError
    return row


def slug_by_id(session: Session, dataset_id: int) -> str:
    """The slug of a data set, in the trash or not; "" when there is none."""
    query = select(DatasetRow.slug).where(DatasetRow.id == dataset_id)
    return session.exec(query).first() or ""


def find(session: Session, slug: str) -> DatasetRow | None:
    """Return the data set with this slug, or None."""
    query = _seen().where(DatasetRow.slug == slug, col(DatasetRow.deleted_at).is_(None))
    return session.exec(query).one_or_none()


def all_of(session: Session) -> Sequence[DatasetRow]:
    """Every data set that is not in the trash, the newest change first."""
    query = _seen().where(col(DatasetRow.deleted_at).is_(None))
    return session.exec(query.order_by(col(DatasetRow.changed_at).desc())).all()


def page(session: Session, *, after: int, limit: int) -> Sequence[DatasetRow]:
    """The next data sets by id, those in the trash left out."""
    query = _seen().where(col(DatasetRow.deleted_at).is_(None), DatasetRow.id > after)
    return session.exec(query.order_by(col(DatasetRow.id)).limit(limit)).all()


def get_in_trash(session: Session, slug: str) -> DatasetRow:
    """Return the data set from the trash, or raise DatasetNotFoundError."""
    query = _seen().where(DatasetRow.slug == slug, col(DatasetRow.deleted_at).is_not(None))
    row = session.exec(query).one_or_none()
    if row is None:
        raise DatasetNotFoundError
    return row


def touch(session: Session, dataset_id: int) -> None:
    """Note that something in the data set changed just now."""
    get_by_id(session, dataset_id).changed_at = now()


def slug_of(name: str) -> str:
    """The name as it stands in an address: lower case letters, digits, single dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-")
    if not slug or len(name.strip()) > 200:
        raise DatasetNameError
    return slug


def _seen() -> SelectOfScalar[DatasetRow]:
    return select(DatasetRow).where(sight.within(col(DatasetRow.id)))
