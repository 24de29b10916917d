"""Queries about measurements: what the gauges read of all samples, of a version, of a query."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert
from sqlmodel import Session, col, select

from app.storage.measurement_tables import MeasuredQueryRow, MeasurementRow
from app.storage.release_tables import VersionRow


@dataclass(frozen=True, slots=True)
class Part:
    """Of which samples of a data set gauges are read: a version's, a query's, or else all."""

    dataset_id: int
    version_id: int | None = None
    query_id: int | None = None


def replace(
    session: Session, part: Part, frame_id: int, rows: Sequence[dict[str, Any]], *, at: datetime
) -> None:
    """Keep what the gauges read (name, value, low, high, body), in place of what they did.

    `at` is when the samples were looked at.
    """
    session.execute(delete(MeasurementRow).where(*_of(part)))
    for row in rows:
        session.add(MeasurementRow(**asdict(part), frame_id=frame_id, at=at, **row))
    session.flush()


def of_part(session: Session, part: Part) -> Sequence[MeasurementRow]:
    """What the gauges read last, in the order in which they were written."""
    query = select(MeasurementRow).where(*_of(part))
    return session.exec(query.order_by(col(MeasurementRow.id))).all()


def find(session: Session, part: Part, frame_id: int, name: str) -> MeasurementRow | None:
    """What one gauge read last of the samples on this frame, or None."""
    table = MeasurementRow
    query = select(table).where(*_of(part), table.frame_id == frame_id, table.name == name)
    return session.exec(query).first()


def keep(session: Session, dataset_id: int, version_id: int, *, leaving: Collection[str]) -> None:
    """Note what the gauges read of all samples as that of a version that holds just these.

    `leaving` names what of their bodies is about the board of now, and is not kept.
    """
    rows: list[dict[str, Any]] = [
        {
            "dataset_id": dataset_id,
            "frame_id": row.frame_id,
            "version_id": version_id,
            "name": row.name,
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "body": {name: told for name, told in row.body.items() if name not in leaving},
            "at": row.at,
        }
        for row in of_part(session, Part(dataset_id))
    ]
    session.execute(insert(MeasurementRow), rows)


def of_version(session: Session, version_id: int) -> Sequence[MeasurementRow]:
    """What the gauges read of a version, in their order."""
    table = MeasurementRow
    query = select(table).where(table.version_id == version_id)
    return session.exec(query.order_by(col(table.id))).all()


def find_query(session: Session, dataset_id: int, query: str) -> int | None:
    """The id of a query, in normal form, that was asked for; or None."""
    table = MeasuredQueryRow
    known = select(table.id).where(table.dataset_id == dataset_id, table.query == query)
    return session.exec(known.limit(1)).first()


def add_query(session: Session, dataset_id: int, query: str, *, most: int) -> int:
    """The id of a query that is asked for; of a data set the newest few are remembered."""
    known = find_query(session, dataset_id, query)
    if known is not None:
        return known
    row = MeasuredQueryRow(dataset_id=dataset_id, query=query)
    session.add(row)
    session.flush()
    table = MeasuredQueryRow
    newest = select(table.id).where(table.dataset_id == dataset_id).order_by(col(table.id).desc())
    for old in session.exec(newest.offset(most)).all():
        session.execute(delete(MeasurementRow).where(col(MeasurementRow.query_id) == old))
        session.execute(delete(table).where(col(table.id) == old))
    return row.id


def read_query(session: Session, query_id: int) -> str | None:
    """The query of that id, or None when it was forgotten."""
    row = session.get(MeasuredQueryRow, query_id)
    return row.query if row else None


def trend(session: Session, dataset_id: int, *, limit: int = 12) -> list[tuple[int, str, float]]:
    """(version, name, value) of the newest versions that were measured, oldest version first."""
    table = MeasurementRow
    measured = select(table.version_id).where(
        table.dataset_id == dataset_id, col(table.version_id).is_not(None)
    )
    newest = (
        select(VersionRow.id)
        .where(col(VersionRow.id).in_(measured))
        .order_by(col(VersionRow.number).desc())
        .limit(limit)
    )
    query = (
        select(VersionRow.number, table.name, table.value)
        .join(VersionRow, col(VersionRow.id) == table.version_id)
        .where(col(table.version_id).in_(newest))
        .order_by(col(VersionRow.number), col(table.id))
    )
    return [(number, name, value) for number, name, value in session.exec(query)]


def _of(part: Part) -> list[ColumnElement[bool]]:
    table = MeasurementRow
    return [
        col(table.dataset_id) == part.dataset_id,
        col(table.version_id).is_not_distinct_from(part.version_id),
        col(table.query_id).is_not_distinct_from(part.query_id),
    ]
