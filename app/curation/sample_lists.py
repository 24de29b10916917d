"""The rows of a samples list: which, in which order, and where the list goes on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import Row
from sqlmodel import Session

from app.curation import queries, sample_rows
from app.curation.queries import QueryError
from app.curation.sample_menus import Asked
from app.curation.sample_views import MoreRows, RowView
from app.formats import snippets
from app.formats.sample import load_sample
from app.storage import lists
from app.storage.lists import Place, Sort

SIMILAR = "similar"
SORTS = (*lists.SORTS, SIMILAR)
ROWS = 100

_CURSOR = re.compile(r"([0-9]{1,18})(?:_([0-9]{1,18}))?")


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at what a query finds: in which order ("" the usual one), from where."""

    sort: str = ""
    after: str = ""


BEGINNING = Look()


def more(session: Session, asked: Asked, look: Look = BEGINNING, *, limit: int = ROWS) -> MoreRows:
    """The next rows of a list and where it goes on, and nothing that would have to be counted.

    Raises:
        QueryError: there is no such order, or no such place to go on from.
    """
    alike = asked.query.about_likeness
    _check(look, alike=alike)
    if alike and look.sort in ("", SIMILAR):
        return _most_alike(session, asked, look, limit)
    wanted = queries.resolve(session, asked.dataset.id, asked.query)
    sort = cast("Sort", look.sort or "oldest")
    after = _place(look.after)
    found = lists.page(session, asked.dataset.id, wanted, sort, after=after, limit=limit + 1)
    following = _cursor(lists.place_of(found[limit - 1], sort)) if len(found) > limit else ""
    return _rows(session, asked, found[:limit], (look.after, following))


def _check(look: Look, *, alike: bool) -> None:
    if look.sort and look.sort not in SORTS:
        raise QueryError("sort", look.sort, f"There is {', '.join(SORTS)}.")
    if look.sort == SIMILAR and not alike:
        raise QueryError("sort", SIMILAR, "Similar to what? Ask for like= or near= too.")
    if look.after and not _CURSOR.fullmatch(look.after):
        raise QueryError("after", look.after, "No list goes on from there.")


def _most_alike(session: Session, asked: Asked, look: Look, limit: int) -> MoreRows:
    """The same by similarity: so few that they are read whole, and cut into pages here."""
    alike = queries.alike(session, asked.dataset.id, asked.query)
    others = queries.resolve(session, asked.dataset.id, asked.query.but("like").but("near"))
    wanted = replace(others, alike=tuple(alike))
    found = lists.page(session, asked.dataset.id, wanted, "oldest", limit=len(alike))
    order = {number: rank for rank, number in enumerate(alike)}
    ranked = sorted(found, key=lambda row: order[row.id])
    start = int(look.after or 0) if "_" not in look.after else 0
    following = str(start + limit) if len(ranked) > start + limit else ""
    shown = _rows(session, asked, ranked[start : start + limit], (look.after, following))
    told = tuple(replace(row, alike=alike[row.id]) for row in shown.rows)
    return replace(shown, rows=told)


def _rows(
    session: Session, asked: Asked, found: Sequence[Row[Any]], place: tuple[str, str]
) -> MoreRows:
    after, following = place
    rows = list(sample_rows.describe(session, asked.dataset, asked.query, found))
    if words := asked.query.values("q"):
        rows = list(_marked(session, rows, words))
    if rows and after:
        rows[0] = replace(rows[0], starts=after)
    href = asked.address(asked.query, after=following) if following else ""
    return MoreRows(tuple(rows), following, href)


def _marked(session: Session, rows: Sequence[RowView], words: Sequence[str]) -> Sequence[RowView]:
    spoken = lists.spoken(session, [row.id for row in rows])
    found = {it.id: snippets.cut(_turns(it.messages, it.rest), words) for it in spoken}
    return [replace(row, snippet=found.get(row.id, ())) for row in rows]


def _turns(messages: str, rest: str) -> list[str]:
    sample = load_sample(messages, rest)
    return [message.content for message in (*sample.messages, *sample.rejected)]


def _place(after: str) -> Place | None:
    match = _CURSOR.fullmatch(after)
    return Place(int(match[1]), int(match[2] or 0)) if match else None


def _cursor(place: Place) -> str:
    return f"{place.id}_{place.value}" if place.value else str(place.id)
