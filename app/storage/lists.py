"""Samples in the order in which somebody wants to see them, a page at a time, however far down.

A page begins behind the last row of the page before (keyset), so none is slower than the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Row, tuple_
from sqlmodel import Session, col, func, select

from app.storage import facets, text_search
from app.storage.filters import Filter, conditions
from app.storage.samples import LISTED
from app.storage.tables import SampleRow

Sort = Literal["oldest", "newest", "shortest", "longest", "changed"]
SORTS: tuple[Sort, ...] = get_args(Sort)
COLUMNS = {"shortest": "length", "longest": "length", "changed": "changed_ms"}
BACKWARDS = ("newest", "longest", "changed")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind this sample; `value` is that of the column sorted by, if any."""

    id: int
    value: int = 0


def page(
    session: Session, dataset_id: int, wanted: Filter, sort: Sort,
    *, after: Place | None = None, limit: int = 100,
) -> Sequence[Row[Any]]:  # fmt: skip
    """The next samples that match, with the columns a list shows."""
    backwards = sort in BACKWARDS
    query = select(*LISTED)  # type: ignore[call-overload]
    keys: list[Any] = [col(SampleRow.id)]
    bounds = [keys]
    if sort in COLUMNS:
        keys.insert(0, getattr(SampleRow, COLUMNS[sort]))
    else:
        query, left = facets.led_by_words(session, dataset_id, query, wanted, some=True)
        if left is not wanted:
            keys, wanted = [text_search.KEY], left
            bounds.append(keys)
    query = query.where(*conditions(dataset_id, wanted))
    if after is not None:
        place = tuple_(*([after.value, after.id] if sort in COLUMNS else [after.id]))
        for bound in bounds:
            query = query.where(tuple_(*bound) < place if backwards else tuple_(*bound) > place)
    order = [key.desc() if backwards else key for key in keys]
    rows: Sequence[Row[Any]] = session.exec(query.order_by(*order).limit(limit)).all()
    return rows


def count_up_to(session: Session, dataset_id: int, wanted: Filter, most: int) -> int:
    """How many samples match; `most` when it is that many or more."""
    counted = facets.count(session, dataset_id, wanted)
    if counted is not None:
        return min(counted, most)
    query, wanted = facets.led_by_words(
        session, dataset_id, select(SampleRow.id), wanted, some=True
    )
    some = query.where(*conditions(dataset_id, wanted)).limit(most).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def place_of(row: Any, sort: Sort) -> Place:
    """Where the page after this row begins."""
    return Place(row.id, getattr(row, COLUMNS[sort]) if sort in COLUMNS else 0)


def spoken(session: Session, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Id, messages and rest of samples: what is said in them."""
    query = select(SampleRow.id, SampleRow.messages, SampleRow.rest)
    return session.execute(query.where(col(SampleRow.id).in_(ids))).all()


def hashes_of(session: Session, ids: Sequence[int], side: str) -> dict[int, str]:
    """The hash of what samples say on a side, by id; those in the trash too."""
    column = SampleRow.output_hash if side == "output" else SampleRow.input_hash
    query = select(SampleRow.id, column).where(col(SampleRow.id).in_(ids))
    return dict(session.exec(query).all())
