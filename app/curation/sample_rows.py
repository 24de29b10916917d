"""Rows of the samples list: columns of the storage -> what a person reads."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row
from sqlmodel import Session

from app.curation import queries
from app.curation.queries import Query
from app.curation.review_fold import marks_of
from app.curation.sample_views import FlagView, RowView
from app.storage import frames, placements
from app.storage.board_tables import PlacementRow
from app.storage.filters import NEAR_DUPLICATE
from app.storage.frames import Outline
from app.storage.tables import DatasetRow

OUTSIDER = "Far from every topic of the target; it lies beside the board."
KNOT = "One of a group of five or more near copies."


def describe(
    session: Session, dataset: DatasetRow, query: Query, found: Sequence[Row[Any]]
) -> tuple[RowView, ...]:
    """The rows as the list shows them, with their place on the newest board."""
    board, places = places_of(session, dataset.id, [row.id for row in found])
    return tuple(_row(dataset.slug, query, row, places.get(row.id), board) for row in found)


def places_of(
    session: Session, dataset_id: int, ids: Sequence[int]
) -> tuple[Outline | None, dict[int, PlacementRow]]:
    """The newest board's outline, and where these samples lie on it."""
    board = frames.outline(session, dataset_id)
    return board, placements.of_samples(session, board.id, ids) if board else {}


def cell_of(board: Outline | None, place: PlacementRow | None) -> dict[str, Any]:
    """What the board says about the cell of a dart; {} when it has none."""
    if board is None or place is None or not 0 <= place.cell < len(board.cells):
        return {}
    return board.cells[place.cell]


def topic_of(board: Outline | None, cell: dict[str, Any]) -> str:
    """The name of a cell's topic."""
    topics = board.facts.get("topics", ()) if board else ()
    return next((named(it) for it in topics if it["id"] == cell.get("topic")), "")


def named(told: dict[str, Any]) -> str:
    """The words of a topic or cell, as its name."""
    return ", ".join(told.get("words", ()))


def flags_of(place: PlacementRow | None) -> tuple[FlagView, ...]:
    """What the board found about a sample."""
    if place is None:
        return ()
    found = []
    if place.similarity >= NEAR_DUPLICATE:
        alike = f"{min(place.similarity, 1.0):.2f}"
        sentence = f"Another sample is {alike} alike; 1 is the same."
        found.append(FlagView("near_duplicate", f"near copy {alike}", sentence))
    if place.knot >= 0:
        found.append(FlagView("knot", "knot", KNOT))
    if place.cell < 0:
        found.append(FlagView("outsider", "outsider", OUTSIDER))
    return tuple(found)


def href(slug: str, page: str, query: Query, **further: Any) -> str:
    """The address of a page of the data set, narrowed by the query."""
    asked = queries.write(query)
    if further:
        asked = "&".join(part for part in (asked, urlencode(further)) if part)
    return f"/d/{slug}/{page}" + (f"?{asked}" if asked else "")


def _row(
    slug: str, query: Query, row: Row[Any], place: PlacementRow | None, board: Outline | None
) -> RowView:
    cell = cell_of(board, place)
    return RowView(
        id=row.id,
        external_id=row.external_id,
        preview=row.preview,
        status=str(row.status),
        label=row.label,
        origin=str(row.origin),
        source=row.source,
        split=row.split,
        language=row.language,
        topic=topic_of(board, cell),
        cell=cell.get("id", ""),
        cell_name=named(cell),
        flags=flags_of(place),
        turns=row.turns,
        length=row.length,
        version=row.version,
        flagged=row.flagged,
        quality=row.quality,
        marks=marks_of(row.marks),
        href=href(slug, f"s/{row.id}", query),
        decide_href=f"/d/{slug}/s/{row.id}/decision",
        similar_href=f"/d/{slug}/samples?near={row.id}",
    )
