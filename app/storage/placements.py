"""Queries about darts: where samples lie in a frame."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, case, delete, insert, or_
from sqlmodel import Session, col, func, select

from app.storage.board_tables import FrameRow, PlacementRow
from app.storage.filters import NEAR_DUPLICATE, Filter, conditions
from app.storage.release_tables import VersionItemRow
from app.storage.tables import Origin, SampleRow, Status

COUNTED = (Status.PENDING, Status.APPROVED, Status.NEEDS_WORK)
"""What lies on the board: everything that nobody rejected."""


def replace(session: Session, frame_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write darts of a frame, in place of those of the same samples."""
    ids = [row["sample_id"] for row in rows]
    session.execute(
        delete(PlacementRow).where(
            col(PlacementRow.frame_id) == frame_id, col(PlacementRow.sample_id).in_(ids)
        )
    )
    if rows:
        session.execute(insert(PlacementRow), list(rows))


def remove_older(session: Session, frame: FrameRow) -> None:
    """Remove the darts of the frames that this one follows, of the same side."""
    older = select(FrameRow.id).where(
        FrameRow.dataset_id == frame.dataset_id,
        FrameRow.side == frame.side,
        FrameRow.number < frame.number,
    )
    session.execute(delete(PlacementRow).where(col(PlacementRow.frame_id).in_(older)))


def count_by_cell(
    session: Session, dataset_id: int, frame_id: int, wanted: Filter
) -> dict[int, int]:
    """How many counted samples each cell holds; outsiders stand under -1."""
    query = (
        select(PlacementRow.cell, func.count())
        .join(SampleRow, col(SampleRow.id) == PlacementRow.sample_id)
        .where(PlacementRow.frame_id == frame_id, *conditions(dataset_id, wanted))
        .group_by(col(PlacementRow.cell))
    )
    return dict(session.exec(query).all())


def count_version(session: Session, frame_id: int, version_id: int) -> dict[int, int]:
    """How many samples of a frozen version each cell holds, by where they lie now."""
    query = (
        select(PlacementRow.cell, func.count())
        .join(VersionItemRow, col(VersionItemRow.sample_id) == PlacementRow.sample_id)
        .where(
            PlacementRow.frame_id == frame_id,
            VersionItemRow.version_id == version_id,
            col(VersionItemRow.status).in_(COUNTED),
        )
        .group_by(col(PlacementRow.cell))
    )
    return dict(session.exec(query).all())


def parts(
    session: Session, dataset_id: int, frame_id: int, wanted: Filter
) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    """Cell (n,) and levels (n, L) of every sample that matches: all that a count needs."""
    query = (
        select(PlacementRow.cell, PlacementRow.levels)
        .join(SampleRow, col(SampleRow.id) == PlacementRow.sample_id)
        .where(PlacementRow.frame_id == frame_id, *conditions(dataset_id, wanted))
    )
    rows = session.execute(query).all()
    cells = np.fromiter((row[0] for row in rows), np.int32, len(rows))
    levels = np.frombuffer(b"".join(row[1] for row in rows), "<u2")
    return cells, levels.reshape(len(rows), -1) if len(rows) else np.zeros((0, 0), np.uint16)


def count_outsiders(session: Session, dataset_id: int, frame_id: int, wanted: Filter) -> int:
    """How many samples that match lie far from every cell."""
    query = (
        select(func.count())
        .select_from(PlacementRow)
        .join(SampleRow, col(SampleRow.id) == PlacementRow.sample_id)
        .where(
            PlacementRow.frame_id == frame_id,
            PlacementRow.cell == -1,
            *conditions(dataset_id, wanted),
        )
    )
    return session.exec(query).one()


def count_after(session: Session, frame_id: int, sample_id: int, far: float) -> tuple[int, int]:
    """How many samples after this one were placed in a frame, and how many of them so far out."""
    beyond = case((col(PlacementRow.distance) > far, 1), else_=0)
    query = select(func.count(), func.sum(beyond)).where(
        PlacementRow.frame_id == frame_id, col(PlacementRow.sample_id) > sample_id
    )
    placed, outside = session.exec(query).one()
    return placed, outside or 0


def count_unplaced(
    session: Session, dataset_id: int, frame_id: int, *, here: int | None = None
) -> int:
    """How many samples wait for their place in the frame; `here`: how many there are, if known."""
    # Counted apart, each by an index: to look for every sample's place takes four times as long.
    everyone = select(func.count()).select_from(SampleRow)
    if here is None:
        here = session.exec(everyone.where(*conditions(dataset_id, Filter()))).one()
    placed = (
        select(func.count())
        .select_from(PlacementRow)
        .where(PlacementRow.frame_id == frame_id, col(PlacementRow.cell) >= -1)
    )
    # From the few in the trash to their places: joined, SQLite begins with every place.
    its_place = select(PlacementRow.cell).where(
        PlacementRow.frame_id == frame_id, PlacementRow.sample_id == SampleRow.id
    )
    in_trash = everyone.where(
        *conditions(dataset_id, Filter(deleted=True)), its_place.scalar_subquery() >= -1
    )
    return here - session.exec(placed).one() + session.exec(in_trash).one()


def darts(session: Session, dataset_id: int, frame_id: int, wanted: Filter) -> list[Any]:
    """(sample id, x, y, cell, knot, status) of every dart that matches, by sample id."""
    place = PlacementRow
    query = (
        select(  # type: ignore[call-overload]
            place.sample_id, place.x, place.y, place.cell, place.knot, SampleRow.status
        )
        .join(SampleRow, col(SampleRow.id) == place.sample_id)
        .where(place.frame_id == frame_id, *conditions(dataset_id, wanted))
        .order_by(place.sample_id)
    )
    return list(session.execute(query))


def knots(session: Session, dataset_id: int, frame_id: int, wanted: Filter) -> list[Any]:
    """(knot, samples, mean x, mean y, a cell) of each near-duplicate component, largest first."""
    place = PlacementRow
    query = (
        select(  # type: ignore[call-overload]
            place.knot, func.count(), func.avg(place.x), func.avg(place.y), func.min(place.cell)
        )
        .join(SampleRow, col(SampleRow.id) == place.sample_id)
        .where(
            place.frame_id == frame_id,
            place.knot >= 0,
            place.cell >= 0,
            *conditions(dataset_id, wanted),
        )
        .group_by(place.knot)
        .order_by(func.count().desc(), place.knot)
    )
    return list(session.execute(query))


def of_cells(
    session: Session, frame_id: int, cells: Sequence[int], *,
    within: tuple[int, Filter] | None = None, limit: int | None = None,
) -> list[Any]:  # fmt: skip
    """The counted samples of cells, in the order in which they would be cut.

    `within` is a data set and what is counted of it, where that is not everything.

    Most redundant first; what people approved, edited or wrote themselves comes last.
    Rows: id, preview, status, label, origin, knot, similarity, redundancy, input_hash, levels.
    """
    sample, place = SampleRow, PlacementRow
    kept = or_(
        col(sample.status) == Status.APPROVED,
        col(sample.origin).in_([Origin.HUMAN, Origin.EDITED]),
    )
    query = (
        select(  # type: ignore[call-overload]
            sample.id, sample.preview, sample.status, sample.label, sample.origin,
            place.knot, place.similarity, place.redundancy, sample.input_hash, place.levels,
        )
        .join(place, col(place.sample_id) == sample.id)
        .where(place.frame_id == frame_id, col(place.cell).in_(cells), *_counted(within))
        .order_by(kept, place.redundancy, sample.id)
        .limit(limit)
    )  # fmt: skip
    return list(session.execute(query))


def knot_sizes(session: Session, frame_id: int) -> dict[int, int]:
    """How many counted samples each near-duplicate component holds."""
    query = (
        select(PlacementRow.knot, func.count())
        .join(SampleRow, col(SampleRow.id) == PlacementRow.sample_id)
        .where(
            PlacementRow.frame_id == frame_id,
            PlacementRow.knot >= 0,
            col(SampleRow.status).in_(COUNTED),
            col(SampleRow.deleted).is_(False),
        )
        .group_by(col(PlacementRow.knot))
    )
    return dict(session.exec(query).all())


def count_near_duplicates(
    session: Session, frame_id: int, cell: int, *, within: tuple[int, Filter] | None = None
) -> int:
    """How many counted samples of a cell are near copies; `within` as in of_cells."""
    query = (
        select(func.count())
        .select_from(PlacementRow)
        .join(SampleRow, col(SampleRow.id) == PlacementRow.sample_id)
        .where(
            PlacementRow.frame_id == frame_id,
            PlacementRow.cell == cell,
            PlacementRow.similarity >= NEAR_DUPLICATE,
            *_counted(within),
        )
    )
    return session.exec(query).one()


def count_copies(
    session: Session, dataset_id: int, frame_id: int, wanted: Filter
) -> tuple[int, int, int]:
    """How many samples that match are near copies, how many of these lie in knots, in how many."""
    place = PlacementRow
    knotted = case((col(place.knot) >= 0, place.knot))
    query = (
        select(func.count(), func.count(knotted), func.count(func.distinct(knotted)))
        .select_from(place)
        .join(SampleRow, col(SampleRow.id) == place.sample_id)
        .where(
            place.frame_id == frame_id,
            place.similarity >= NEAR_DUPLICATE,
            place.cell >= 0,
            *conditions(dataset_id, wanted),
        )
    )
    copies, inside, knots = session.exec(query).one()
    return copies, inside, knots


def of_samples(session: Session, frame_id: int, ids: Sequence[int]) -> dict[int, PlacementRow]:
    """The darts of these samples, by sample id."""
    query = select(PlacementRow).where(
        PlacementRow.frame_id == frame_id, col(PlacementRow.sample_id).in_(ids)
    )
    return {row.sample_id: row for row in session.exec(query)}


def similarities(
    session: Session, dataset_id: int, frame_id: int, wanted: Filter
) -> list[tuple[int, float]]:
    """(sample id, cosine to its nearest other sample) of all samples that match, by id."""
    query = (
        select(PlacementRow.sample_id, PlacementRow.similarity)
        .join(SampleRow, col(SampleRow.id) == PlacementRow.sample_id)
        .where(
            PlacementRow.frame_id == frame_id,
            *conditions(dataset_id, wanted),
        )
        .order_by(col(PlacementRow.sample_id))
    )
    return [(number, float(alike)) for number, alike in session.exec(query)]


def _counted(within: tuple[int, Filter] | None) -> list[ColumnElement[bool]]:
    if within is not None:
        return conditions(*within)
    return [col(SampleRow.status).in_(COUNTED), col(SampleRow.deleted).is_(False)]
