"""The facet grids as pages show them."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from app.checks.grids import FEWEST
from app.curation import gauge_sentences
from app.curation.gauge_views import ColumnView, GridView, LineView, PlaceView

WARMEST = 5
NAMES = {"form": "format", "down": "", "across": ""}
WORDS = {"?": "unclear"}


def views(slug: str, body: Mapping[str, Any] | None) -> tuple[GridView, ...]:
    """The grids that the facets' reading kept; () when it was not read."""
    if body is None:
        return ()
    thin = {(facet, value) for facet, value in body["thin"]}
    return tuple(_view(slug, grid, thin, max(int(body["size"]), 1)) for grid in body["grids"])


def _view(slug: str, grid: Mapping[str, Any], thin: set[tuple[str, str]], size: int) -> GridView:
    down, across, counts = grid["down"], grid["across"], grid["counts"]
    sums = [sum(line[at] for line in counts) for at in range(len(grid["across_values"]))]
    # Columns that hold nothing and that nobody asks for would only make the table wide.
    kept = [
        at for at, value in enumerate(grid["across_values"]) if sums[at] or (across, value) in thin
    ]
    columns = [grid["across_values"][at] for at in kept]
    return GridView(
        down=NAMES.get(down, down),
        across=NAMES.get(across, across),
        columns=tuple(
            ColumnView(WORDS.get(value, value), (across, value) in thin, sums[at])
            for at, value in zip(kept, columns, strict=True)
        ),
        lines=tuple(
            LineView(
                value=WORDS.get(value, value),
                wanted=(down, value) in thin,
                samples=sum(counts[row]),
                places=tuple(
                    _place(slug, counts[row][at], grid["ids"][row][at], size) for at in kept
                ),
            )
            for row, value in enumerate(grid["down_values"])
            if sum(counts[row]) or (down, value) in thin
        ),
    )


def _place(slug: str, count: int, ids: Sequence[int], size: int) -> PlaceView:
    asked = gauge_sentences.listing(ids)
    return PlaceView(
        samples=count,
        heat=min(WARMEST, ceil(WARMEST * (count / size) ** 0.5)),
        thin=0 < count < FEWEST,
        href=f"/d/{slug}/samples?{asked}" if asked else "",
    )
