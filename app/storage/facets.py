"""Queries about what samples are labelled as: the values of one facet over a data set."""

from typing import Literal, get_args

from sqlmodel import Session, col, func, select

from app.storage.filters import Filter, conditions
from app.storage.placements import COUNTED
from app.storage.tables import SampleRow

QuotaFacet = Literal["label", "source", "split", "language", "origin"]
FACETS: tuple[QuotaFacet, ...] = get_args(QuotaFacet)


def values_of(session: Session, dataset_id: int, facet: QuotaFacet) -> dict[int, str]:
    """The value of each sample that counts, by its id."""
    query = select(SampleRow.id, getattr(SampleRow, facet))
    query = query.where(*conditions(dataset_id, Filter(statuses=COUNTED)))
    found = session.execute(query.execution_options(yield_per=20_000))
    return {number: str(value) for number, value in found}


def count_of(session: Session, dataset_id: int, facet: QuotaFacet) -> dict[str, int]:
    """How many samples that count have each value, most frequent first."""
    column = getattr(SampleRow, facet)
    query = (
        select(column, func.count())
        .where(*conditions(dataset_id, Filter(statuses=COUNTED)))
        .group_by(column)
        .order_by(func.count().desc(), col(column))
    )
    return {str(value): number for value, number in session.execute(query)}
