"""Queries about exports, and the samples that go into one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import Mapped
from sqlmodel import Session, and_, col, func, or_, select

from app.errors import NotFoundError
from app.storage import revisions
from app.storage.filters import Filter, conditions
from app.storage.release_tables import ExportRow, VersionItemRow
from app.storage.tables import JobRow, JobState, RevisionRow, SampleRow, Status


class ExportNotFoundError(NotFoundError):
    """There is no such export."""


class Content(NamedTuple):
    """What one sample brings into a file. `raw` is empty once its text was edited."""

    sample_id: int
    messages: str
    rest: str
    extra: str
    dialect: str
    raw: str


def add(session: Session, export: ExportRow) -> ExportRow:
    """Store a new export and give it its id."""
    session.add(export)
    session.flush()
    return export


def get(session: Session, dataset_id: int, export_id: int) -> ExportRow:
    """Return the export of this data set, or raise ExportNotFoundError."""
    row = session.get(ExportRow, export_id)
    if row is None or row.dataset_id != dataset_id:
        raise ExportNotFoundError
    return row


def find(session: Session, export_id: int) -> ExportRow | None:
    """The export of any data set, or None."""
    return session.get(ExportRow, export_id)


def remove(session: Session, export: ExportRow) -> None:
    """Forget an export."""
    session.delete(export)
    session.flush()


def of_dataset(
    session: Session, dataset_id: int, *, limit: int = 50, before: int | None = None
) -> Sequence[ExportRow]:
    """The exports of a data set, newest first; `before` is an id to go on below."""
    query = select(ExportRow).where(ExportRow.dataset_id == dataset_id)
    if before is not None:
        query = query.where(ExportRow.id < before)
    return session.exec(query.order_by(col(ExportRow.id).desc()).limit(limit)).all()


def open_of(session: Session, actor: str) -> Sequence[ExportRow]:
    """The exports that this person asked for and that wait or run, oldest first."""
    query = (
        select(ExportRow)
        .join(JobRow, col(JobRow.id) == col(ExportRow.job_id))
        .where(ExportRow.actor == actor, col(JobRow.state).in_((JobState.QUEUED, JobState.RUNNING)))
    )
    return session.exec(query.order_by(col(ExportRow.id))).all()


def count_frozen(session: Session, version_id: int, statuses: Sequence[Status]) -> int:
    """How many samples of a version had one of these statuses when it was frozen."""
    query = select(func.count()).select_from(VersionItemRow)
    return session.exec(query.where(*_frozen(version_id, statuses))).one()


def frozen(
    session: Session, version_id: int, statuses: Sequence[Status], *, after: int, limit: int
) -> Sequence[Content]:
    """The next samples of a version by id, each with the text of its frozen revision."""
    item, sample, older = VersionItemRow, SampleRow, RevisionRow
    head = col(item.revision) == col(sample.revision)
    # A text that is no longer the head was kept as a revision when it was replaced; every text
    # but the first is, and may say what stood beside it.
    kept = and_(
        col(older.sample_id) == col(item.sample_id),
        col(older.number) == col(item.revision),
        or_(col(item.revision) > 1, ~head),
    )
    query = (
        select(  # type: ignore[call-overload]
            item.sample_id,
            func.coalesce(col(older.messages), col(sample.messages)),
            func.coalesce(col(older.rest), col(sample.rest)),
            sample.extra,
            sample.dialect,
            _raw_of(col(item.revision)),
        )
        .select_from(item)
        .join(sample, col(sample.id) == col(item.sample_id))
        .outerjoin(older, kept)
        .where(*_frozen(version_id, statuses), col(item.sample_id) > after)
        .order_by(col(item.sample_id))
        .limit(limit)
    )
    return _contents(session, query)


def live(
    session: Session, dataset_id: int, wanted: Filter, *, after: int, limit: int
) -> Sequence[Content]:
    """The next samples that match now, by id: what freezing them would export."""
    row, kept = SampleRow, RevisionRow
    is_head = and_(
        col(kept.sample_id) == col(row.id),
        col(kept.number) == col(row.revision),
        col(row.revision) > 1,
    )
    query = (
        select(  # type: ignore[call-overload]
            row.id,
            row.messages,
            func.coalesce(col(kept.rest), col(row.rest)),
            row.extra,
            row.dialect,
            _raw_of(col(row.revision)),
        )
        .outerjoin(kept, is_head)
        .where(*conditions(dataset_id, wanted), col(row.id) > after)
        .order_by(col(row.id))
        .limit(limit)
    )
    return _contents(session, query)


def _contents(session: Session, query: Any) -> list[Content]:
    # Past the ORM, and past the rows of the layer below it: both take longer than the database.
    with session.connection().execute(query) as found:
        rows = found.cursor.fetchall()
    return [_content(row) if row[2] else Content._make(row) for row in rows]


def _content(row: Any) -> Content:
    """A sample that is more than its messages, with what stood beside them when it was frozen."""
    content = Content._make(row)
    beside = revisions.beside_of(content.rest)
    if not beside:
        return content
    return content._replace(extra=beside["extra"], dialect=beside["dialect"], raw=beside["raw"])


def _frozen(version_id: int, statuses: Sequence[Status]) -> list[ColumnElement[bool]]:
    item = VersionItemRow
    return [col(item.version_id) == version_id, col(item.status).in_(statuses)]


def _raw_of(revision: Mapped[int]) -> ColumnElement[str]:
    # The record as it came says nothing about a text that was edited since.
    return case((revision == 1, col(SampleRow.raw)), else_="")
