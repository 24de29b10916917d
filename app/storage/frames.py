"""Queries about frames: the frozen boards of a data set."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast
from sqlmodel import Session, col, func, select

from app.errors import NotFoundError
from app.storage.board_tables import FrameRow
from app.storage.database import read_json
from app.storage.tables import DatasetRow


class FrameNotFoundError(NotFoundError):
    """There is no such board."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A frame without its geometry: quick to read, however large the board."""

    id: int
    number: int
    facts: Mapping[str, Any]

    @property
    def cells(self) -> Sequence[dict[str, Any]]:
        """Id, topic and words of each cell; the index is the cell's number."""
        told: Sequence[dict[str, Any]] = self.facts.get("cells", ())
        return told

    @property
    def far(self) -> float:
        """The distance beyond which a sample lies far from every topic."""
        return float(self.facts.get("far", math.inf))


def add(session: Session, **values: Any) -> FrameRow:
    """Freeze a new frame under the data set's next number."""
    dataset_id = values["dataset_id"]
    newest_number = session.exec(
        select(func.max(FrameRow.number)).where(FrameRow.dataset_id == dataset_id)
    ).one()
    row = FrameRow(number=(newest_number or 0) + 1, **values)
    session.add(row)
    session.flush()
    return row


def newest(session: Session, dataset_id: int) -> FrameRow | None:
    """The frame in force, or None before the first board.

    That is the newest of the data set's side; while that side has none yet, the newest.
    """
    query = select(FrameRow).where(FrameRow.dataset_id == dataset_id)
    return session.exec(query.order_by(*_in_force()).limit(1)).first()


def outline(session: Session, dataset_id: int) -> Outline | None:
    """What the frame in force says about its cells, without its geometry; None before the first."""
    told = cast(col(FrameRow.facts), Text)
    query = select(FrameRow.id, FrameRow.number, told).where(FrameRow.dataset_id == dataset_id)
    row = session.exec(query.order_by(*_in_force()).limit(1)).first()
    return None if row is None else Outline(row[0], row[1], _facts(row[2]))


@lru_cache(maxsize=8)
def _facts(told: str) -> Mapping[str, Any]:
    """What the text of a column says: 100 kB, the same for every card of a data set."""
    return MappingProxyType(read_json(told))


def get(session: Session, dataset_id: int, number: int) -> FrameRow:
    """The frame of this number, or raise FrameNotFoundError."""
    query = select(FrameRow).where(FrameRow.dataset_id == dataset_id, FrameRow.number == number)
    row = session.exec(query).one_or_none()
    if row is None:
        raise FrameNotFoundError
    return row


def of_side(session: Session, dataset_id: int, side: str) -> FrameRow | None:
    """The newest frame of a side, or None."""
    query = select(FrameRow).where(FrameRow.dataset_id == dataset_id, FrameRow.side == side)
    return session.exec(query.order_by(col(FrameRow.number).desc()).limit(1)).first()


def encoder_of(session: Session, dataset_id: int, side: str) -> str | None:
    """The encoder of the newest frame of a side; None before the first."""
    query = select(FrameRow.encoder).where(FrameRow.dataset_id == dataset_id, FrameRow.side == side)
    return session.exec(query.order_by(col(FrameRow.number).desc()).limit(1)).first()


def _in_force() -> tuple[ColumnElement[int], ColumnElement[int]]:
    side = select(DatasetRow.side).where(DatasetRow.id == FrameRow.dataset_id).scalar_subquery()
    asked = case((col(FrameRow.side) == side, 1), else_=0)
    return asked.desc(), col(FrameRow.number).desc()
