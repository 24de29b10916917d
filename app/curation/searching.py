"""One search through every data set that may be seen."""

from dataclasses import dataclass

from sqlmodel import Session

from app.curation import browsing
from app.curation.queries import Query, QueryError
from app.curation.sample_views import MoreRows, RowView
from app.storage import datasets
from app.storage.tables import DatasetRow

MOST = 50
"""Data sets that one search goes through, those that changed last."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one data set has of it; `fault` says why it could not be searched."""

    slug: str
    name: str
    rows: tuple[RowView, ...]
    next_after: str
    fault: str = ""


def everywhere(session: Session, query: Query, *, limit: int) -> tuple[Found, ...]:
    """The data sets that have something of it, the most alike first, else the last changed."""
    asked = [_within(session, row, query, limit) for row in datasets.all_of(session)[:MOST]]
    found = [one for one in asked if one.rows or one.fault]
    return tuple(
        sorted(found, key=lambda one: -max((row.alike or 0 for row in one.rows), default=0))
    )


def _within(session: Session, dataset: DatasetRow, query: Query, limit: int) -> Found:
    try:
        found, fault = browsing.more(session, dataset.slug, query, limit=limit), ""
    except QueryError as error:
        found, fault = MoreRows((), "", ""), str(error)
    return Found(dataset.slug, dataset.name, found.rows, found.next_after, fault)
