"""Samples as lists and pages. Everything is asked in the query language."""

from sqlmodel import Session

from app.curation import (
    labelling,
    landing,
    queries,
    sample_lists,
    sample_menus,
    sample_page,
    sample_rows,
    saved_views,
)
from app.curation.board_views import DatasetHead
from app.curation.list_views import LandingView
from app.curation.queries import Query
from app.curation.review_fold import State
from app.curation.sample_lists import BEGINNING, ROWS, Look
from app.curation.sample_menus import Asked
from app.curation.sample_page import Context
from app.curation.sample_rows import href
from app.curation.sample_views import (
    CountsView,
    MoreRows,
    RowView,
    SamplesView,
    SampleView,
)
from app.curation.walking import Walk
from app.storage import datasets, facets, jobs, lists, samples
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status

MOST_COUNTED = 10_000
"""Matches that a list counts one by one; more are told as "more than"."""


def listing(
    session: Session, slug: str, query: Query, look: Look = BEGINNING, *, limit: int = ROWS
) -> SamplesView:
    """The list's page: its rows from a place on, with counts, menus and chips."""
    dataset = datasets.get(session, slug)
    asked = Asked(dataset, query, look.sort)
    counts = counts_of(session, dataset)
    wanted = queries.resolve(session, dataset.id, query)
    total = lists.count_up_to(session, dataset.id, wanted, MOST_COUNTED + 1)
    exact = total <= MOST_COUNTED or facets.count(session, dataset.id, wanted) is not None
    found = sample_lists.more(session, asked, look, limit=limit)
    return SamplesView(
        head=head_from(session, dataset, counts),
        rows=found.rows,
        total=_exactly(session, dataset, wanted, total) if exact else MOST_COUNTED,
        at_least=not exact,
        counts=counts,
        menus=sample_menus.menus(session, asked, total),
        sorts=sample_menus.sorts(asked, alike=query.about_likeness),
        chips=sample_menus.chips(asked),
        views=saved_views.links(session, dataset, query, look.sort),
        landing=_landing(session, dataset, query),
        words=_searched(query),
        query=queries.write(query),
        sort=look.sort,
        fields=tuple(queries.pairs(query)),
        list_href=asked.address(query),
        earlier_href=asked.address(query) if look.after else "",
        more_href=found.more_href,
        review_href=href(slug, "review", query),
        labels=labelling.bar(labelling.scheme_by_id(session, dataset.id), State()),
    )


def _exactly(session: Session, dataset: DatasetRow, wanted: Filter, total: int) -> int:
    """How many match; what has been counted to its end is not counted again."""
    return total if total <= MOST_COUNTED else samples.count(session, dataset.id, wanted)


def more(
    session: Session, slug: str, query: Query, look: Look = BEGINNING, *, limit: int = ROWS
) -> MoreRows:
    """The next rows of a list and where it goes on, and nothing that would have to be counted."""
    asked = Asked(datasets.get(session, slug), query, look.sort)
    return sample_lists.more(session, asked, look, limit=limit)


def _searched(query: Query) -> str:
    said = dict(queries.pairs(query))
    return said.get("q") or said.get("like", "")


def _landing(session: Session, dataset: DatasetRow, query: Query) -> LandingView | None:
    thrown = query.values("like")
    return landing.land(session, dataset, thrown[0]) if thrown else None


def row(session: Session, slug: str, sample_id: int, query: Query) -> RowView:
    """One sample as its row of the list, whether the query still finds it or not."""
    dataset = datasets.get(session, slug)
    samples.get(session, dataset.id, sample_id)
    deleted = bool(query.values("trash"))
    found = samples.page(session, dataset.id, Filter(ids=(sample_id,), deleted=deleted))
    found = found or samples.page(
        session, dataset.id, Filter(ids=(sample_id,), deleted=not deleted)
    )
    return sample_rows.describe(session, dataset, query, found)[0]


def show(session: Session, slug: str, sample_id: int, walk: Walk) -> SampleView:
    """The sample's page, at its place in what the query finds."""
    dataset = datasets.get(session, slug)
    sample = samples.get(session, dataset.id, sample_id)
    counts = counts_of(session, dataset)
    wanted = queries.resolve(session, dataset.id, walk.query)
    head = head_from(session, dataset, counts)
    return sample_page.describe(session, dataset, sample, Context(walk, wanted, head, counts))


def counts_of(session: Session, dataset: DatasetRow) -> CountsView:
    """How many samples have each status."""
    found = facets.count_by_status(session, dataset.id)
    return CountsView(
        total=sum(found.values()), **{status.value: found.get(status, 0) for status in Status}
    )


def head_of(session: Session, dataset: DatasetRow) -> DatasetHead:
    """The data set as its pages name it."""
    total = samples.count(session, dataset.id)
    return DatasetHead(dataset.slug, dataset.name, total, jobs.count_open(session))


def counts(session: Session, slug: str) -> CountsView:
    """How many samples have each status."""
    return counts_of(session, datasets.get(session, slug))


def head_from(session: Session, dataset: DatasetRow, counts: CountsView) -> DatasetHead:
    """The data set as its pages name it, where its samples are counted already."""
    return DatasetHead(dataset.slug, dataset.name, counts.total, jobs.count_open(session))
