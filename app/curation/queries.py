"""The query language: one grammar for pages, the API, bulk acts, versions and exports.

`status=approved,pending&label=refund&q=charged "twice for May"` is a list of
(name, value) pairs. Several values of a name are alternatives, several names
must all hold, `not.` in front of a name turns it round. An item that holds a
comma, or nothing at all, stands in double quotes: `label="a, b",c`, `label=""`.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import parse_qsl, quote

from sqlmodel import Session

from app.curation import nearness, selecting
from app.curation import query_values as values
from app.curation.query_values import QueryError
from app.errors import ConflictError
from app.storage import frames, versions
from app.storage.filters import Column, Facet, Filter, Flag
from app.storage.frames import Outline
from app.storage.placements import COUNTED
from app.storage.tables import Origin, Status

__all__ = ["BoardChangedError", "Query", "QueryError", "parse", "parse_string", "resolve", "write"]

Read = Callable[[str], Iterable[str]]

READERS: Mapping[str, Read] = {
    "status": values.statuses,
    "origin": values.origins,
    "label": values.texts,
    "source": values.texts,
    "split": values.texts,
    "language": values.texts,
    "family": values.texts,
    "flag": values.flags,
    "mark": values.texts,
    "flagged": values.yes,
    "quality": values.qualities,
    "cell": values.cells,
    "topic": values.topics,
    "sel": values.selections,
    "like": values.meaning,
    "near": values.sample,
    "length": values.length,
    "q": values.words,
    "upload": values.number,
    "version": values.version,
    "ids": values.numbers,
    "trash": values.trash,
}
SINGLE = ("flagged", "length", "upload", "version", "trash", "like", "near")
ORDERED = ("q", "not.q")
TURNED = (
    "status", "origin", "label", "source", "split", "language", "flag", "cell", "topic", "sel",
    "q",
)  # fmt: skip
NAMES = tuple(READERS) + tuple(f"not.{name}" for name in TURNED)
MOST_VALUES = 1_000
MOST_WORDS = 20
"""Every word is looked for in every text, so a query holds only so many."""

FACETS: tuple[Facet, ...] = ("label", "source", "split", "language")
COLUMNS: tuple[Column, ...] = ("status", "origin", *FACETS)
LONGEST = 2**31 - 1

_PLAIN_ITEM = re.compile(r'[^",\s](?:[^,]*[^,\s])?')


class BoardChangedError(ConflictError):
    """The board was redrawn since; ask again on the new one."""

    code = "board_changed"


@dataclass(frozen=True, slots=True)
class Query:
    """A question in normal form: names sorted, values read, nothing empty.

    Two queries that mean the same by the grammar are equal.
    """

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """What the query says about a name; nothing when it does not speak of it."""
        return next((found for term, found in self.terms if term == name), ())

    def but(self, name: str, *said: str) -> "Query":
        """The same query saying this about a name, or nothing about it."""
        others = [term for term in self.terms if term[0] != name]
        return Query(tuple(sorted([*others, (name, said)] if said else others)))

    def without(self, name: str, value: str) -> "Query":
        """The same query not asking for this value any more."""
        return self.but(name, *(said for said in self.values(name) if said != value))

    @property
    def about_likeness(self) -> bool:
        """Whether it asks for what is most like something, and so comes in that order."""
        return any(name in ("like", "near") for name, _ in self.terms)

    @property
    def about_board(self) -> bool:
        """Whether only a board can answer it."""
        return any(name.removeprefix("not.") in ("cell", "topic", "flag") for name, _ in self.terms)


def parse(pairs: Iterable[tuple[str, str]], *, leaving: Collection[str] = ()) -> Query:
    """Read (name, value) pairs; an empty value is no question.

    Args:
        pairs: as they stand in an address.
        leaving: names that belong to somebody else, such as `after`.

    Raises:
        QueryError: a name is unknown, or a value cannot be read.
    """
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        if name in leaving or (name in NAMES and not text.strip()):
            continue
        if name not in NAMES:
            raise QueryError(name, text, f"There is no {name[:60]!r} to ask for.")
        found.setdefault(name, []).extend(_read(name, text))
    return Query(tuple(sorted((name, _tidy(name, said)) for name, said in found.items() if said)))


def parse_string(text: str, *, leaving: Collection[str] = ()) -> Query:
    """Read a query string, with or without its "?"."""
    pairs = parse_qsl(text.removeprefix("?"), keep_blank_values=True, max_num_fields=100)
    return parse(pairs, leaving=leaving)


def write(query: Query) -> str:
    """The query as the string that parse_string reads; "" for all samples."""
    return "&".join(f"{name}={quote(text, safe=',.')}" for name, text in pairs(query))


def pairs(query: Query) -> list[tuple[str, str]]:
    """The query as (name, value) pairs in normal form, for the hidden fields of a form."""
    return [(name, _written(name, said)) for name, said in query.terms]


def resolve(
    session: Session, dataset_id: int, query: Query, *, frame_id: int | None = None
) -> Filter:
    """The filter of a query, by the newest board.

    Raises:
        QueryError: a cell or topic is not on the board.
        BoardChangedError: the query is about a board, and `frame_id` is not the newest any more.
    """
    frame = frames.outline(session, dataset_id) if query.about_board else None
    if frame is not None and frame_id not in (None, frame.id):
        raise BoardChangedError
    return Filter(
        statuses=tuple(Status(value) for value in query.values("status")),
        origins=tuple(Origin(value) for value in query.values("origin")),
        facets=tuple((name, query.values(name)) for name in FACETS if query.values(name)),
        without=tuple(
            (name, query.values(f"not.{name}")) for name in COLUMNS if query.values(f"not.{name}")
        ),
        length=_length(query),
        words=query.values("q"),
        without_words=query.values("not.q"),
        upload_id=next(map(int, query.values("upload")), None),
        version_id=_version(session, dataset_id, query),
        ids=tuple(map(int, query.values("ids"))),
        frame_id=frame.id if frame else None,
        cells=_cells(query, frame),
        without_cells=_numbers(query, "not.", frame),
        families=query.values("family"),
        marks=query.values("mark"),
        flagged=next((value == "1" for value in query.values("flagged")), None),
        qualities=tuple(map(int, query.values("quality"))),
        flags=cast("tuple[Flag, ...]", query.values("flag")),
        without_flags=cast("tuple[Flag, ...]", query.values("not.flag")),
        far=frame.far if frame else math.inf,
        chosen=selecting.listed_of(session, dataset_id, query.values("sel")),
        alike=_alike(session, dataset_id, query),
        without_chosen=selecting.listed_of(session, dataset_id, query.values("not.sel")),
        deleted=bool(query.values("trash")),
    )


def resolve_counted(session: Session, dataset_id: int, query: Query) -> Filter:
    """The filter as a board counts: where nobody asks for a status, what nobody rejected.

    A version counts as it was frozen, whatever became of its samples since.
    """
    wanted = resolve(session, dataset_id, query)
    if wanted.statuses:
        return wanted
    return replace(wanted, statuses=COUNTED, as_frozen=wanted.version_id is not None)


def alike(session: Session, dataset_id: int, query: Query) -> dict[int, float]:
    """How like each sample is to what the query asks for, most alike first; by id."""
    near, like = query.values("near"), query.values("like")
    if near and like:
        raise QueryError("near", near[0], "Ask for near or for like, not for both.")
    known = session.info.setdefault("alike", {})  # asked several times for one page
    key = (dataset_id, near, like)
    if key not in known:
        find = nearness.near_sample if near else nearness.like_text
        known[key] = find(session, dataset_id, (near or like)[0]).found
    return dict(known[key])


def _alike(session: Session, dataset_id: int, query: Query) -> tuple[int, ...] | None:
    if not query.about_likeness:
        return None
    return tuple(alike(session, dataset_id, query))


def _read(name: str, text: str) -> Iterable[str]:
    try:
        return READERS[name.removeprefix("not.")](text)
    except ValueError as error:
        raise QueryError(name, text, str(error)) from None


def _tidy(name: str, said: list[str]) -> tuple[str, ...]:
    distinct = list(dict.fromkeys(said))
    most = MOST_WORDS if name in ORDERED else 1 if name in SINGLE else MOST_VALUES
    if len(distinct) > most:
        raise QueryError(name, ",".join(distinct), f"At most {most:,} may be asked for.")
    return tuple(distinct if name in ORDERED else sorted(distinct))


def _written(name: str, said: tuple[str, ...]) -> str:
    if name == "like":
        return said[0]  # a text for people, not a list
    if name in ORDERED:
        return " ".join(f'"{word}"' if values.has_space(word) else word for word in said)
    return ",".join(_item(value) for value in said)


def _item(value: str) -> str:
    return value if _PLAIN_ITEM.fullmatch(value) else '"' + value.replace('"', '""') + '"'


def _length(query: Query) -> tuple[int, int] | None:
    said = query.values("length")
    if not said:
        return None
    low, _, high = said[0].partition("..")
    return int(low), int(high or LONGEST)


def _cells(query: Query, frame: Outline | None) -> tuple[int, ...] | None:
    """The cells that are asked for; a cell and a topic together mean the cells in both."""
    if not query.values("topic"):
        return _of("cell", query, "", frame) if query.values("cell") else None
    inside = _of("topic", query, "", frame)
    if not query.values("cell"):
        return inside
    return tuple(cell for cell in _of("cell", query, "", frame) if cell in inside)


def _version(session: Session, dataset_id: int, query: Query) -> int | None:
    """The row of the frozen version that is asked for."""
    said = next(iter(query.values("version")), "")
    if not said:
        return None
    try:
        return versions.get(session, dataset_id, int(said)).id
    except versions.VersionNotFoundError as error:
        raise QueryError("version", said, str(error)) from None


def _numbers(query: Query, turned: str, frame: Outline | None) -> tuple[int, ...]:
    return _of("cell", query, turned, frame) + _of("topic", query, turned, frame)


def _of(name: str, query: Query, turned: str, frame: Outline | None) -> tuple[int, ...]:
    key = "id" if name == "cell" else "topic"
    known = [str(cell[key]) for cell in (frame.cells if frame else ())]
    for value in query.values(turned + name):
        if value not in known:
            raise QueryError(turned + name, value, f"There is no such {name} on the board.")
    wanted = set(query.values(turned + name))
    return tuple(number for number, told in enumerate(known) if told in wanted)
