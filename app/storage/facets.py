"""Queries about what samples are labelled as, and how many are alike in it.

Counts come from `facet_count`, which triggers keep true: a row for each kind of sample there is,
so that a million samples are counted in a millisecond.
"""

from dataclasses import replace
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, delete, insert, inspect
from sqlmodel import Session, col, func, select

from app.storage import text_search
from app.storage.database import is_sqlite
from app.storage.filters import Column, Filter, conditions, counted_conditions
from app.storage.placements import COUNTED
from app.storage.search_tables import FacetCountRow
from app.storage.tables import SampleRow, Status

QuotaFacet = Literal["label", "source", "split", "language", "origin"]
FEW = 20_000
"""Up to so many samples are looked through rather than the index of words."""
FACETS: tuple[QuotaFacet, ...] = get_args(QuotaFacet)


def count(session: Session, dataset_id: int, *wanted: Filter) -> int | None:
    """How many samples match all of these; None when one asks for more than is counted."""
    query = select(func.sum(FacetCountRow.samples))
    for filter_ in wanted:
        where = counted_conditions(dataset_id, filter_)
        if where is None:
            return None
        query = query.where(*where)
    return int(session.exec(query).one() or 0)


def count_by_status(session: Session, dataset_id: int) -> dict[Status, int]:
    """How many samples have each status, those in the trash left out."""
    found = _count_by(session, "status", counted_conditions(dataset_id, Filter()) or [])
    return {Status(status): number for status, number in found}


def count_by_facet(
    session: Session, dataset_id: int, facet: Column, wanted: Filter | None = None,
    *, limit: int = 50,
) -> list[tuple[str, int]]:  # fmt: skip
    """The most frequent values of a facet among what matches, with how many samples have each."""
    asked = wanted or Filter()
    where = counted_conditions(dataset_id, asked)
    if where is not None:
        return _count_by(session, facet, where, limit=limit)
    column = getattr(SampleRow, facet)
    query, asked = led_by_words(session, dataset_id, select(column, func.count()), asked)
    query = query.where(*conditions(dataset_id, asked)).group_by(column)
    query = query.order_by(func.count().desc(), column).limit(limit)
    return [(str(value), number) for value, number in session.exec(query)]


def count_by_status_and(
    session: Session, dataset_id: int, facet: Column, wanted: Filter
) -> list[tuple[Status, str, int]]:
    """How many of what matches have each status and each value of a facet, most frequent first."""
    table: Any = FacetCountRow
    number: Any = func.sum(FacetCountRow.samples)
    where = counted_conditions(dataset_id, wanted)
    if where is None:
        table, number, where = SampleRow, func.count(), conditions(dataset_id, wanted)
    else:
        where = [*where, col(FacetCountRow.samples) > 0]
    keys = (table.status, getattr(table, facet))
    query = select(*keys, number).where(*where).group_by(*keys).order_by(number.desc(), keys[1])
    return [(Status(status), str(value), int(n)) for status, value, n in session.execute(query)]


def led_by_words(
    session: Session, dataset_id: int, query: Any, wanted: Filter, *, some: bool = False
) -> tuple[Any, Filter]:
    """A query of samples that reads the index of words first, and what is left to ask of them.

    Nothing changes where nobody asks for words, and in SQLite where all else that is asked leaves
    but few samples, which are quicker to look through: Postgres sees that by itself. `some`: the
    query ends after some rows.
    """
    if not wanted.words:
        return query, wanted
    left = replace(wanted, words=())
    others = count(session, dataset_id, left) if is_sqlite(session) else None
    if others is not None and others <= FEW:
        return query, wanted
    rows = inspect(SampleRow).local_table
    begun = text_search.begun(session, wanted.words) if some and others is not None else ()
    return text_search.led_by_words(query, rows, wanted.words, begun), left


def recount(session: Session) -> None:
    """Count all samples anew; the triggers have kept the same, unless something broke."""
    key = [column.name for column in inspect(FacetCountRow).primary_key]
    columns = [getattr(SampleRow, name) for name in key]
    counted = select(*columns, func.count()).group_by(*columns)  # type: ignore[call-overload]
    session.execute(delete(FacetCountRow))
    session.execute(insert(FacetCountRow).from_select([*key, "samples"], counted))


def values_of(session: Session, dataset_id: int, facet: QuotaFacet) -> dict[int, str]:
    """The value of each sample that counts, by its id."""
    query = select(SampleRow.id, getattr(SampleRow, facet))
    query = query.where(*conditions(dataset_id, Filter(statuses=COUNTED)))
    found = session.execute(query.execution_options(yield_per=20_000))
    return {number: str(value) for number, value in found}


def count_of(session: Session, dataset_id: int, facet: QuotaFacet) -> dict[str, int]:
    """How many samples that count have each value, most frequent first."""
    where = counted_conditions(dataset_id, Filter(statuses=COUNTED)) or []
    return dict(_count_by(session, facet, where))


def _count_by(
    session: Session, facet: Column, where: list[ColumnElement[bool]], *, limit: int | None = None
) -> list[tuple[str, int]]:
    column, samples = getattr(FacetCountRow, facet), func.sum(FacetCountRow.samples)
    query = (
        select(column, samples)
        .where(*where, col(FacetCountRow.samples) > 0)
        .group_by(column)
        .order_by(samples.desc(), column)
        .limit(limit)
    )
    return [(str(value), int(number)) for value, number in session.execute(query)]
