"""Facets counted against one another, so that empty and thin places show."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.checks.facets import CONDITIONS, FORMS, LENGTHS, ORIGINS, STYLES, Facets

FEWEST = 3
"""Fewer samples than this are thin."""
EXAMPLES = 40
"""Rows that a place keeps."""
MOST_LANGUAGES = 6

PAIRS = (("length", "form"), ("style", "language"), ("condition", "origin"))
"""Which facets stand against which: each of the six once."""
VALUES = {
    "length": LENGTHS,
    "form": FORMS,
    "style": STYLES,
    "condition": CONDITIONS,
    "origin": ORIGINS,
}


@dataclass(frozen=True, slots=True)
class Grid:
    """One facet down, one across; `counts` and `rows` (a few of each) by [down][across]."""

    down: str
    across: str
    down_values: tuple[str, ...]
    across_values: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    rows: tuple[tuple[tuple[int, ...], ...], ...]


def count(described: Sequence[Facets]) -> tuple[Grid, ...]:
    """The grids of all samples, for PAIRS; rows are their places in the sequence."""
    return tuple(_count(described, down, across) for down, across in PAIRS)


def tally(described: Iterable[Facets], facet: str) -> Counter[str]:
    """How many samples have each value of one facet."""
    return Counter(getattr(one, facet) for one in described)


def thin(data: Sequence[Facets], target: Sequence[Facets] | None) -> tuple[tuple[str, str], ...]:
    """The (facet, value) pairs that are asked for and that fewer than 3 samples have.

    A target asks for the values that in its share would make 3 samples or more; its origins say
    nothing. Messy and hostile inputs are asked for always: a model will meet them.
    """
    wanted = {("condition", "messy"), ("condition", "hostile")} if data else set()
    scale = len(data) / max(len(target or ()), 1)
    for facet in ("length", "form", "style", "language", "condition"):
        counted = tally(target or (), facet)
        wanted |= {(facet, value) for value, number in counted.items() if _asks(number, scale)}
    wanted.discard(("language", "?"))
    have = {facet: tally(data, facet) for facet, _ in wanted}
    return tuple(sorted((facet, value) for facet, value in wanted if have[facet][value] < FEWEST))


def _asks(number: int, scale: float) -> bool:
    return number >= 2 and number * scale >= FEWEST


def _count(described: Sequence[Facets], down: str, across: str) -> Grid:
    downs, acrosses = _values(described, down), _values(described, across)
    rows: dict[tuple[str, str], list[int]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for row, one in enumerate(described):
        place = (_fold(getattr(one, down), downs), _fold(getattr(one, across), acrosses))
        counts[place] += 1
        kept = rows.setdefault(place, [])
        if len(kept) < EXAMPLES:
            kept.append(row)
    return Grid(
        down=down,
        across=across,
        down_values=downs,
        across_values=acrosses,
        counts=tuple(tuple(counts[one, other] for other in acrosses) for one in downs),
        rows=tuple(tuple(tuple(rows.get((a, b), ())) for b in acrosses) for a in downs),
    )


def _values(described: Sequence[Facets], facet: str) -> tuple[str, ...]:
    """The values in their order; of languages the commonest, the rest as "other"."""
    if facet in VALUES:
        return VALUES[facet]
    found = [value for value, _ in tally(described, facet).most_common()]
    if len(found) > MOST_LANGUAGES:
        return (*found[: MOST_LANGUAGES - 1], "other")
    return tuple(found)


def _fold(value: str, values: tuple[str, ...]) -> str:
    return value if value in values else "other"
