"""Views: a query under a name, kept for everybody who works on the data set."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.curation import queries
from app.curation.list_views import ViewLink
from app.curation.queries import Query
from app.curation.sample_lists import SORTS
from app.curation.sample_rows import href
from app.curation.texts import is_storable
from app.errors import ConflictError, InvalidError
from app.storage import datasets, saved_views
from app.storage.search_tables import SavedViewRow
from app.storage.tables import DatasetRow

LONGEST_NAME = 100
MOST = 200


class ViewNameError(InvalidError):
    """A view needs a name of at most 100 characters."""

    code = "view_name"


class TooManyViewsError(ConflictError):
    """A data set keeps at most 200 views; delete one first."""

    code = "too_many_views"


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view as programs read it."""

    id: int
    name: str
    query: str
    sort: str
    actor: str
    created_at: datetime


def listing(session: Session, slug: str) -> tuple[SavedView, ...]:
    """All views of a data set, by name."""
    dataset = datasets.get(session, slug)
    return tuple(map(_view, saved_views.of_dataset(session, dataset.id)))


def links(session: Session, dataset: DatasetRow, query: Query, sort: str) -> tuple[ViewLink, ...]:
    """The same for people who look at a list now."""
    now = (queries.write(query), sort)
    return tuple(
        ViewLink(
            row.id, row.name, _href(dataset.slug, row), row.actor, (row.query, row.sort) == now
        )
        for row in saved_views.of_dataset(session, dataset.id)
    )


def save(
    session: Session, slug: str, name: str, query: Query, *, sort: str = "", actor: str
) -> SavedView:
    """Keep a query under a name.

    Raises:
        ViewNameError: the name is empty, too long, or no text.
        ViewExistsError: the name is taken.
        TooManyViewsError: there are too many.
    """
    dataset = datasets.get(session, slug)
    if sort and sort not in SORTS:
        raise ViewNameError(f"There is no order {sort!r}; there is {', '.join(SORTS)}.")
    if len(saved_views.of_dataset(session, dataset.id)) >= MOST:
        raise TooManyViewsError
    row = saved_views.add(
        session, dataset_id=dataset.id, name=_named(name), query=queries.write(query), sort=sort,
        actor=actor,
    )  # fmt: skip
    return _view(row)


def rename(session: Session, slug: str, view_id: int, name: str) -> SavedView:
    """Give a view another name; the errors are those of `save`."""
    row = saved_views.get(session, datasets.get(session, slug).id, view_id)
    saved_views.rename(session, row, _named(name))
    return _view(row)


def remove(session: Session, slug: str, view_id: int) -> None:
    """Forget a view; the samples it finds stay."""
    row = saved_views.get(session, datasets.get(session, slug).id, view_id)
    saved_views.remove(session, row)


def address(slug: str, view: SavedView) -> str:
    """Where a view is shown."""
    query = queries.parse_string(view.query)
    return href(slug, "samples", query, **({"sort": view.sort} if view.sort else {}))


def _href(slug: str, row: SavedViewRow) -> str:
    return address(slug, _view(row))


def _named(name: str) -> str:
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= LONGEST_NAME or not is_storable(plain):
        raise ViewNameError
    return plain


def _view(row: SavedViewRow) -> SavedView:
    return SavedView(row.id, row.name, row.query, row.sort, row.actor, row.created_at)
