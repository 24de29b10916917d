"""Samples as lists and pages. Everything is asked in the query language."""

from sqlmodel import Session

from app.curation import labelling, queries, sample_menus, sample_page, sample_rows
from app.curation.board_views import DatasetHead
from app.curation.queries import Query
from app.curation.review_fold import State
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
from app.storage import datasets, jobs, samples
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status

ROWS = 100


def listing(
    session: Session, slug: str, query: Query, *, after: int = 0, limit: int = ROWS
) -> SamplesView:
    """The list's page: its rows after an id, with counts, menus and chips."""
    dataset = datasets.get(session, slug)
    wanted = queries.resolve(session, dataset.id, query)
    counts = counts_of(session, dataset)
    total = samples.count(session, dataset.id, wanted) if query.terms else counts.total
    found = more(session, slug, query, after=after, limit=limit)
    asked = queries.write(query)
    return SamplesView(
        head=head_from(session, dataset, counts),
        rows=found.rows,
        total=total,
        counts=counts,
        menus=sample_menus.menus(session, dataset, query, counts),
        chips=sample_menus.chips(slug, query),
        words=dict(queries.pairs(query)).get("q", ""),
        query=asked,
        fields=tuple(queries.pairs(query)),
        list_href=href(slug, "samples", query),
        more_href=found.more_href,
        review_href=href(slug, "review", query),
        labels=labelling.bar(labelling.scheme_by_id(session, dataset.id), State()),
    )


def more(
    session: Session, slug: str, query: Query, *, after: int = 0, limit: int = ROWS
) -> MoreRows:
    """The next rows of a list and where it goes on, and nothing that would have to be counted."""
    dataset = datasets.get(session, slug)
    wanted = queries.resolve(session, dataset.id, query)
    found = samples.page(session, dataset.id, wanted, after=after, limit=limit + 1)
    rows = sample_rows.describe(session, dataset, query, found[:limit])
    next_after = rows[-1].id if len(found) > limit else None
    following = href(slug, "samples", query, after=next_after) if next_after else ""
    return MoreRows(rows, next_after, following)


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
    found = samples.count_by_status(session, dataset.id)
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
