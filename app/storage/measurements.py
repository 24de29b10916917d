"""Queries about measurements: what the gauges read now, and what they read of each version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from app.storage.measurement_tables import MeasurementRow
from app.storage.release_tables import VersionRow


def replace(
    session: Session, board: tuple[int, int], rows: Sequence[dict[str, Any]], *, at: datetime
) -> None:
    """Keep what the gauges read (name, value, low, high, body), in place of what they did.

    `board` is the data set and the frame, `at` when the samples were looked at.
    """
    dataset_id, frame_id = board
    table = MeasurementRow
    session.execute(
        delete(table).where(col(table.dataset_id) == dataset_id, col(table.version_id).is_(None))
    )
    for row in rows:
        session.add(table(dataset_id=dataset_id, frame_id=frame_id, at=at, **row))
    session.flush()


def current(session: Session, dataset_id: int) -> Sequence[MeasurementRow]:
    """What the gauges read last, in the order in which they were written."""
    table = MeasurementRow
    query = select(table).where(table.dataset_id == dataset_id, col(table.version_id).is_(None))
    return session.exec(query.order_by(col(table.id))).all()


def find(session: Session, frame_id: int, name: str) -> MeasurementRow | None:
    """What one gauge read last of the samples on this frame, or None."""
    table = MeasurementRow
    query = select(table).where(
        table.frame_id == frame_id, col(table.version_id).is_(None), table.name == name
    )
    return session.exec(query).first()


def keep(session: Session, dataset_id: int, version_id: int) -> None:
    """Note what the gauges read now as that of a version, without what they found in detail."""
    if session.exec(
        select(MeasurementRow.id).where(MeasurementRow.version_id == version_id).limit(1)
    ).first():
        return
    rows: list[dict[str, Any]] = [
        {
            "dataset_id": dataset_id,
            "frame_id": row.frame_id,
            "version_id": version_id,
            "name": row.name,
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "body": {},
            "at": row.at,
        }
        for row in current(session, dataset_id)
    ]
    if rows:
        session.execute(insert(MeasurementRow), rows)


def of_version(session: Session, version_id: int) -> Sequence[MeasurementRow]:
    """What the gauges read of a version when it was frozen, in their order."""
    table = MeasurementRow
    query = select(table).where(table.version_id == version_id)
    return session.exec(query.order_by(col(table.id))).all()


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
