"""The filter menus of the samples list, and the chips of what is chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.curation import queries
from app.curation.list_views import ChipView, MenuView, OptionView
from app.curation.queries import Query
from app.curation.query_values import FLAGS
from app.curation.sample_rows import href
from app.storage import facets, lists
from app.storage.filters import Column
from app.storage.tables import DatasetRow, Status

FACETS: tuple[Column, ...] = ("status", "label", "source", "split", "language", "origin")
ALWAYS = ("status", "origin")
SORTED = {
    "oldest": "oldest first",
    "newest": "newest first",
    "shortest": "shortest first",
    "longest": "longest first",
    "changed": "last changed first",
    "similar": "most similar first",
}
MOST_COUNTED = 2_000
"""Matches whose values are counted by looking at each, where no count is kept."""
LENGTHS = ("0..200", "201..1000", "1001..4000", "4001..")
NOTHING = "(none)"
SHOWN = {
    "near_duplicate": "near copies",
    "knot": "knots",
    "far": "far from every topic",
    "outsider": "outsiders",
    "0..200": "up to 200",
    "201..1000": "201 to 1,000",
    "1001..4000": "1,001 to 4,000",
    "4001..": "over 4,000",
}
Counted = Sequence[tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list shows: of which data set, which samples, in which order ("" the usual one)."""

    dataset: DatasetRow
    query: Query
    sort: str = ""

    def address(self, query: Query, **further: str) -> str:
        """The list of another query, in the same order."""
        told = {"sort": self.sort, **further}
        said = {name: value for name, value in told.items() if value}
        return href(self.dataset.slug, "samples", query, **said)


def menus(session: Session, asked: Asked, total: int) -> tuple[MenuView, ...]:
    """A menu for everything there is a choice of.

    Each value is counted among the samples that match all but this menu's own part of the
    query. Where those are too many to be looked at, no number is told.
    """
    found = [(name, _values(session, asked, name, total)) for name in FACETS]
    offered: list[tuple[str, Counted]] = [
        (name, values)
        for name, values in found
        if name in ALWAYS or len(values) > 1 or asked.query.values(name)
    ]
    offered += [("flag", _uncounted(FLAGS)), ("length", _uncounted(LENGTHS))]
    return tuple(_menu(asked, name, values) for name, values in offered)


def sorts(asked: Asked, *, alike: bool) -> MenuView:
    """The orders there are; by similarity only where the query asks for what is alike."""
    names = [name for name in SORTED if alike or name != "similar"]
    usual = "similar" if alike else "oldest"
    now = asked.sort or usual
    options = tuple(
        OptionView(
            value=name, shown=SORTED[name], count=None, chosen=name == now,
            href=asked.address(asked.query, sort="" if name == usual else name),
        )
        for name in names
    )  # fmt: skip
    return MenuView("sort", SORTED.get(now, now), options)


def chips(asked: Asked) -> tuple[ChipView, ...]:
    """One chip for each value the query asks for."""
    return tuple(
        ChipView(_chip(name, value), asked.address(asked.query.without(name, value)))
        for name, said in asked.query.terms
        for value in said
    )


def _values(session: Session, asked: Asked, name: Column, total: int) -> Counted:
    number = asked.dataset.id
    wanted = queries.resolve(session, number, asked.query.but(name))
    if (
        facets.count(session, number, wanted) is None
        and _matching(session, asked, name, total) > MOST_COUNTED
    ):
        return _uncounted(value for value, _ in facets.count_by_facet(session, number, name))
    return facets.count_by_facet(session, number, name, wanted)


def _matching(session: Session, asked: Asked, name: Column, total: int) -> int:
    """How many match all but the query's own part about this, as far as it matters."""
    if not asked.query.values(name):
        return total  # it has no such part
    wanted = queries.resolve(session, asked.dataset.id, asked.query.but(name))
    return lists.count_up_to(session, asked.dataset.id, wanted, MOST_COUNTED + 1)


def _uncounted(values: Iterable[str]) -> Counted:
    return [(value, None) for value in values]


def _menu(asked: Asked, name: str, found: Counted) -> MenuView:
    chosen = asked.query.values(name)
    known = {value for value, _ in found}
    rows = [*found, *((value, None) for value in chosen if value not in known)]
    options = tuple(
        OptionView(
            value=value,
            shown=_shown(value),
            count=count,
            chosen=value in chosen,
            href=asked.address(_toggled(asked.query, name, value)),
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
