"""Queries for the orders of the review queue: what comes next after a sample, by its place."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, exists, or_
from sqlmodel import Session, col, func, select

from app.storage.board_tables import PlacementRow
from app.storage.filters import Filter, conditions
from app.storage.tables import SampleRow, Status

FEWEST_LOOKED_AT, MOST_LOOKED_AT = 50, 5_000


def place_of(session: Session, frame_id: int, sample_id: int) -> PlacementRow | None:
    """Where the sample lies, or None."""
    return session.get(PlacementRow, (frame_id, sample_id))


def most_similar(
    session: Session, dataset_id: int, frame_id: int, wanted: Filter, after: PlacementRow | None
) -> int | None:
    """The sample with the next smaller likeness to its nearest other one."""
    place = PlacementRow
    query = select(place.sample_id).where(place.frame_id == frame_id)
    if after is not None:
        less = col(place.similarity) < after.similarity
        tied = and_(
            col(place.similarity) == after.similarity, col(place.sample_id) < after.sample_id
        )
        # The bound alone is what an index can start from.
        query = query.where(col(place.similarity) <= after.similarity, or_(less, tied))
    order = (col(place.similarity).desc(), col(place.sample_id).desc())
    return _first_of(session, dataset_id, wanted, query.order_by(*order))


def in_cell(
    session: Session, dataset_id: int, at: tuple[int, int], wanted: Filter,
    after: PlacementRow | None,
) -> int | None:  # fmt: skip
    """The next sample of a cell, `at` (frame, cell), in the order in which it would be cut."""
    place = PlacementRow
    frame_id, cell = at
    query = select(place.sample_id).where(place.frame_id == frame_id, place.cell == cell)
    if after is not None:
        later = col(place.redundancy) > after.redundancy
        tied = and_(
            col(place.redundancy) == after.redundancy, col(place.sample_id) > after.sample_id
        )
        query = query.where(or_(later, tied))
    order = (col(place.redundancy), col(place.sample_id))
    return _first_of(session, dataset_id, wanted, query.order_by(*order))


def without_place(
    session: Session, dataset_id: int, frame_id: int, wanted: Filter, after: int
) -> int | None:
    """The next sample by id that has no place in the frame."""
    here = exists().where(
        col(PlacementRow.frame_id) == frame_id, col(PlacementRow.sample_id) == SampleRow.id
    )
    query = select(func.min(SampleRow.id)).where(
        *conditions(dataset_id, wanted), col(SampleRow.id) > after, ~here
    )
    return session.exec(query).one()


def count_in_cells(session: Session, frame_id: int) -> dict[int, int]:
    """How many darts lie in each cell, whatever was decided about them."""
    query = (
        select(PlacementRow.cell, func.count())
        .where(PlacementRow.frame_id == frame_id)
        .group_by(col(PlacementRow.cell))
    )
    return dict(session.exec(query).all())


def among(session: Session, dataset_id: int, wanted: Filter, ids: Sequence[int]) -> set[int]:
    """Which of these samples match."""
    query = select(SampleRow.id).where(*conditions(dataset_id, wanted), col(SampleRow.id).in_(ids))
    return set(session.exec(query))


def some_ids(session: Session, dataset_id: int, wanted: Filter, limit: int) -> list[int]:
    """At most so many ids of what matches, ascending."""
    query = select(SampleRow.id).where(*conditions(dataset_id, wanted))
    return list(session.exec(query.order_by(col(SampleRow.id)).limit(limit)))


def span(session: Session, dataset_id: int) -> tuple[int, int]:
    """The lowest and the highest id of the data set; (0, 0) when it is empty."""
    # By status, as the index has it; for all at once every sample would be looked at.
    ends: list[int | None] = [
        session.exec(
            select(end(SampleRow.id)).where(
                SampleRow.dataset_id == dataset_id, SampleRow.status == status
            )
        ).one()
        for status in Status
        for end in (func.min, func.max)
    ]
    found = [number for number in ends if number is not None]
    return (min(found), max(found)) if found else (0, 0)


def _first_of(session: Session, dataset_id: int, wanted: Filter, ordered: Any) -> int | None:
    """The first of the ordered samples that matches.

    Asked in two steps: in one the database would look at every sample that matches, and sort.
    """
    start, size = 0, FEWEST_LOOKED_AT
    while ids := list[int](session.exec(ordered.offset(start).limit(size))):
        found = among(session, dataset_id, wanted, ids)
        if found:
            return next(it for it in ids if it in found)
        start, size = start + size, min(4 * size, MOST_LOOKED_AT)
    return None
