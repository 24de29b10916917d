"""The filter menus of the samples list, and the chips of what is chosen."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session

from app.curation.queries import Query
from app.curation.query_values import FLAGS
from app.curation.sample_rows import href
from app.curation.sample_views import ChipView, CountsView, MenuView, OptionView
from app.storage import samples
from app.storage.filters import Facet
from app.storage.tables import DatasetRow, Origin, Status

FACETS: tuple[Facet, ...] = ("label", "source", "split", "language")
LENGTHS = ("0..200", "201..1000", "1001..4000", "4001..")
NOTHING = "(none)"
SHOWN = {
    "near_duplicate": "near copies",
    "knot": "knots",
    "outsider": "outsiders",
    "0..200": "up to 200",
    "201..1000": "201 to 1,000",
    "1001..4000": "1,001 to 4,000",
    "4001..": "over 4,000",
}
Counted = Sequence[tuple[str, int | None]]


def menus(
    session: Session, dataset: DatasetRow, query: Query, counts: CountsView
) -> tuple[MenuView, ...]:
    """A menu for everything there is a choice of; counts are of the whole data set."""
    slug = dataset.slug
    statuses = [(status.value, getattr(counts, status.value)) for status in Status]
    facets: list[tuple[str, Counted]] = [
        (name, samples.count_by_facet(session, dataset.id, name)) for name in FACETS
    ]
    offered: list[tuple[str, Counted]] = [
        ("status", statuses),
        *((name, found) for name, found in facets if len(found) > 1 or query.values(name)),
        ("flag", _uncounted(FLAGS)),
        ("origin", _uncounted(origin.value for origin in Origin)),
        ("length", _uncounted(LENGTHS)),
    ]
    return tuple(_menu(slug, query, name, found) for name, found in offered)


def chips(slug: str, query: Query) -> tuple[ChipView, ...]:
    """One chip for each value the query asks for."""
    return tuple(
        ChipView(_chip(name, value), href(slug, "samples", query.without(name, value)))
        for name, said in query.terms
        for value in said
    )


def _uncounted(values: Iterable[str]) -> Counted:
    return [(value, None) for value in values]


def _menu(slug: str, query: Query, name: str, found: Counted) -> MenuView:
    chosen = query.values(name)
    known = {value for value, _ in found}
    rows = [*found, *((value, None) for value in chosen if value not in known)]
    options = tuple(
        OptionView(
            value=value,
            shown=_shown(value),
            count=count,
            chosen=value in chosen,
            href=href(slug, "samples", _toggled(query, name, value)),
        )
        for value, count in rows
    )
    return MenuView(name, name, options)


def _toggled(query: Query, name: str, value: str) -> Query:
    chosen = query.values(name)
    if value in chosen:
        return query.without(name, value)
    return (
        query.but(name, value) if name == "length" else query.but(name, *sorted({*chosen, value}))
    )


def _chip(name: str, value: str) -> str:
    turned, plain = ("not ", name[4:]) if name.startswith("not.") else ("", name)
    if plain == "q":
        return f"{turned}\u201c{value}\u201d"
    if plain == "trash":
        return "in the trash"
    return f"{turned}{plain}: {_shown(value)}"


def _shown(value: str) -> str:
    return SHOWN.get(value, value.replace("_", " ") if value in set(Status) else value) or NOTHING
