"""What the darts can be coloured by: a property of the samples, and its few commonest values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from sqlmodel import Session

from app.curation.board_views import ColourLine, ColourView
from app.curation.queries import Query
from app.curation.sample_rows import href
from app.errors import InvalidError
from app.storage import facets, samples
from app.storage.filters import Column, Facet, Filter
from app.storage.placements import COUNTED
from app.storage.tables import DatasetRow, Origin, Status

Colour = Literal["status", "origin", "label", "source", "split", "length", "language"]
COLOURS: tuple[str, ...] = get_args(Colour)
MOST_CATEGORIES = 6
"""Hues that the eye tells apart, without the red and the blue that mean too many and too few."""
STATUSES = (Status.PENDING, Status.APPROVED, Status.NEEDS_WORK, Status.REJECTED)
LENGTHS: Mapping[str, str] = {
    "0..100": "up to 100 characters",
    "101..300": "101 to 300 characters",
    "301..600": "301 to 600 characters",
    "601..1200": "601 to 1,200 characters",
    "1201..4000": "1,201 to 4,000 characters",
    "4001..": "over 4,000 characters",
}
NOTHING = "(none)"
COUNTS = Filter(statuses=COUNTED)


class ColourError(InvalidError):
    """The darts cannot be coloured by that."""


@dataclass(frozen=True, slots=True)
class Category:
    """One value: how the query language writes it, which samples have it, and how many."""

    value: str
    wanted: Filter
    samples: int


def check(colour: str) -> str:
    """The name of a colouring, "" for balance; ColourError for what is none."""
    if colour in ("", "balance"):
        return ""
    if colour not in COLOURS:
        raise ColourError
    return colour


def categories(session: Session, dataset_id: int, colour: str) -> tuple[Category, ...]:
    """The categories in the order of their numbers; what is in none of them is "other"."""
    if colour == "length":
        return tuple(_of_length(session, dataset_id, span) for span in LENGTHS)
    found = facets.count_by_facet(session, dataset_id, cast("Column", colour), COUNTS)
    counts = {str(value): number for value, number in found}
    values = _values(colour) or tuple(counts)[:MOST_CATEGORIES]
    return tuple(Category(it, _filter(colour, it), counts.get(it, 0)) for it in values)


def view(session: Session, dataset: DatasetRow, colour: str, wanted: Filter) -> ColourView | None:
    """The legend of a colouring, counted over what the board counts; None for balance."""
    if not colour:
        return None
    total, lines = samples.count(session, dataset.id, wanted), []
    for at, found in enumerate(categories(session, dataset.id, colour)):
        count = found.samples
        if wanted != COUNTS:
            count = samples.count(session, dataset.id, wanted, also=found.wanted)
        if count:
            shown = LENGTHS.get(found.value, found.value.replace("_", " ")) or NOTHING
            query = Query(((colour, (found.value,)),))
            lines.append(ColourLine(shown, count, at + 1, href(dataset.slug, "samples", query)))
    other = total - sum(line.samples for line in lines)
    if other > 0:
        lines.append(ColourLine("other", other, 0, ""))
    return ColourView(colour, tuple(lines))


def _values(colour: str) -> tuple[str, ...]:
    """The values of what has only a few, always in one order."""
    fixed: Mapping[str, tuple[str, ...]] = {
        "status": tuple(str(it) for it in STATUSES),
        "origin": tuple(str(it) for it in Origin),
    }
    return fixed.get(colour, ())


def _of_length(session: Session, dataset_id: int, span: str) -> Category:
    low, _, high = span.partition("..")
    wanted = Filter(length=(int(low), int(high or 2**31 - 1)))
    return Category(span, wanted, samples.count(session, dataset_id, wanted, also=COUNTS))


def _filter(colour: str, value: str) -> Filter:
    if colour == "status":
        return Filter(statuses=(Status(value),))
    if colour == "origin":
        return Filter(origins=(Origin(value),))
    return Filter(facets=((cast("Facet", colour), (value,)),))
