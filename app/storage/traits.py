"""What decides where a sample of an export goes: a few small facts of each, in order of id."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, String, and_, literal, type_coerce
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from app.storage.board_tables import FrameRow, PlacementRow
from app.storage.database import fetch
from app.storage.filters import Filter, conditions
from app.storage.release_tables import VersionItemRow
from app.storage.tables import Origin, SampleRow, Status

ROWS_PER_FETCH = 10_000
NOWHERE = -2
"""The cell of a sample that has no place on the board; -1 is an outsider's."""
_BY_PEOPLE = frozenset((Origin.HUMAN.value, Origin.EDITED.value))


def _whole() -> "array[int]":
    return array("q")


def _yes_or_no() -> "array[int]":
    return array("b")


def _number() -> "array[float]":
    return array("d")


@dataclass(slots=True)
class Traits:
    """A column for each fact, n long: plain numbers, for an export may have millions of rows.

    `asked`, `own` and `parent` are numbers that are equal where texts are: the question, the
    external id, and the family (0: none), which is the external id of a parent or a name of its
    own. `placed` says whether the sample's text is the one that it has its place by.
    """

    ids: "array[int]" = field(default_factory=_whole)
    asked: "array[int]" = field(default_factory=_whole)
    own: "array[int]" = field(default_factory=_whole)
    parent: "array[int]" = field(default_factory=_whole)
    approved: "array[int]" = field(default_factory=_yes_or_no)
    by_people: "array[int]" = field(default_factory=_yes_or_no)
    label: "array[int]" = field(default_factory=_whole)
    cell: "array[int]" = field(default_factory=_whole)
    alike: "array[float]" = field(default_factory=_number)
    redundancy: "array[int]" = field(default_factory=_whole)
    placed: "array[int]" = field(default_factory=_yes_or_no)

    def column(self, name: str, kind: type[np.generic] = np.int64) -> NDArray[Any]:
        """One of them as an array of numpy's."""
        return np.array(getattr(self, name), dtype=kind)


def of_version(
    session: Session, version_id: int, statuses: Sequence[Status], frame: FrameRow | None
) -> Traits:
    """The traits of the samples of a frozen version that had these statuses."""
    item = VersionItemRow
    query = (
        _select(item.status, frame)
        .join(item, col(item.sample_id) == col(SampleRow.id))
        .where(item.version_id == version_id, col(item.status).in_(statuses))
    )
    return _read(session, query, col(item.sample_id))


def of_query(session: Session, dataset_id: int, wanted: Filter, frame: FrameRow | None) -> Traits:
    """The traits of the samples that match now."""
    query = _select(SampleRow.status, frame).where(*conditions(dataset_id, wanted))
    return _read(session, query, col(SampleRow.id))


def _select(status: Any, frame: FrameRow | None) -> Any:
    row, place = SampleRow, PlacementRow
    side = row.output_hash if frame is not None and frame.side == "output" else row.input_hash
    query = select(  # type: ignore[call-overload]
        row.id, row.input_hash, row.external_id, row.family, _bare(status), _bare(row.origin),
        row.label,
        *((place.cell, place.similarity, place.redundancy, col(place.text_hash) == col(side))
          if frame is not None
          else (literal(NOWHERE), literal(0.0), literal(-1), literal(0))),
    ).select_from(row)  # fmt: skip
    if frame is None:
        return query
    here = and_(col(place.frame_id) == frame.id, col(place.sample_id) == col(row.id))
    return query.outerjoin(place, here)


def _bare(column: Any) -> ColumnElement[str]:
    """The word itself: making the one of an enum that it names takes longer than reading it."""
    return type_coerce(col(column), String)


def _read(session: Session, query: Any, number: Mapped[int]) -> Traits:
    found, labels, after = Traits(), dict[str, int](), 0
    while True:
        part = query.where(number > after).order_by(number).limit(ROWS_PER_FETCH)
        rows = fetch(session, part)
        if not rows:
            return found
        _add(found, labels, rows)
        after = rows[-1][0]


def _add(found: Traits, labels: dict[str, int], rows: Iterable[Any]) -> None:
    """Some more rows, a column at a time: that takes half as long as one row after another."""
    number, asked, own, family, status, origin, label, cell, alike, redundancy, placed = zip(
        *rows, strict=True
    )
    found.ids.extend(number)
    found.asked.extend(map(hash, asked))
    found.own.extend([hash(one) if one else 0 for one in own])
    found.parent.extend([hash(one) if one else 0 for one in family])
    found.approved.extend([one == Status.APPROVED for one in status])
    found.by_people.extend([one in _BY_PEOPLE for one in origin])
    found.label.extend([labels.setdefault(one, len(labels)) for one in label])
    found.cell.extend([NOWHERE if one is None else one for one in cell])
    found.alike.extend([one or 0.0 for one in alike])
    found.redundancy.extend([-1 if one is None else one for one in redundancy])
    found.placed.extend(map(bool, placed))
