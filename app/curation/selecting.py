"""What people draw round on a board or a map, kept as polygons and found again when asked for.

A frame never moves its darts, so a selection stays what it was; samples that land inside later
belong to it. A map may be drawn anew: then its older selections cannot be found any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.errors import ConflictError, InvalidError
from app.geometry import polygons
from app.geometry.polygons import How
from app.storage import datasets, frames, layouts, listed, samples, selections
from app.storage.dart_tables import DartLayoutRow, SelectionRow
from app.storage.filters import Filter
from app.storage.placements import COUNTED

MOST_STROKES = 32
MOST_CORNERS = 4_000
FARTHEST = 65_535


class SelectionGoneError(ConflictError):
    """What this selection was drawn on is not there any more."""

    code = "selection_gone"


class StrokeError(InvalidError):
    """This is no outline that could be drawn on a board or a map."""

    code = "stroke"


@dataclass(frozen=True, slots=True)
class Stroke:
    """One outline, and what it does to what is selected: corners as x, y, x, y... in 16 bits."""

    how: How
    points: Sequence[int]


@dataclass(frozen=True, slots=True)
class SelectionReport:
    """A kept selection and how many counted samples it holds."""

    id: str
    samples: int
    query: str
    href: str


def keep(
    session: Session, slug: str, place: tuple[int, layouts.View], strokes: Sequence[Stroke],
    *, actor: str,
) -> SelectionReport:  # fmt: skip
    """Keep what somebody drew.

    Args:
        place: the frame's number and the view that was drawn on.
        strokes: in the order in which they were drawn.

    Raises:
        StrokeError: an outline is no outline.
        SelectionGoneError: the view is not drawn.
    """
    _check(strokes)
    dataset = datasets.get(session, slug)
    number, view = place
    row = frames.get(session, dataset.id, number)
    told = [{"how": stroke.how, "points": list(stroke.points)} for stroke in strokes]
    layout = layouts.find(session, row.id, view)
    kept = selections.add(
        session, dataset_id=dataset.id, frame_id=row.id, view=view, drawn=_drawing(layout),
        strokes=told, actor=actor,
    )  # fmt: skip
    found = Filter(statuses=COUNTED, chosen=listed.write(_members(session, kept)))
    href = f"/d/{slug}/samples?sel={kept.id}"
    return SelectionReport(
        kept.id, samples.count(session, dataset.id, found), f"sel={kept.id}", href
    )


def strokes_of(session: Session, slug: str, name: str) -> dict[str, Any]:
    """A selection as it was drawn, to be shown again."""
    row = selections.get(session, datasets.get(session, slug).id, name)
    return {"id": row.id, "view": row.view, "strokes": row.strokes}


def listed_of(session: Session, dataset_id: int, names: Sequence[str]) -> str | None:
    """The samples in any of these selections as a written list; None when none is named."""
    if not names:
        return None
    found = [_members(session, selections.get(session, dataset_id, name)) for name in names]
    return listed.write(np.unique(np.concatenate(found)))


def _members(session: Session, row: SelectionRow) -> NDArray[np.int64]:
    layout = layouts.find(session, row.frame_id, _view(row))
    if layout is None or _drawing(layout) != row.drawn:
        raise SelectionGoneError
    x = layouts.whole_column(session, layout, "x")
    y = layouts.whole_column(session, layout, "y")
    marks = polygons.choose(x, y, [_outline(stroke) for stroke in row.strokes])
    ids: NDArray[np.int64] = layouts.whole_column(session, layout, "ids")[marks]
    return ids


def _outline(stroke: Mapping[str, Any]) -> tuple[How, NDArray[np.int64]]:
    return stroke["how"], np.array(stroke["points"], np.int64).reshape(-1, 2)


def _view(row: SelectionRow) -> layouts.View:
    return "map" if row.view == "map" else "board"


def _drawing(layout: DartLayoutRow | None) -> str:
    if layout is None:
        raise SelectionGoneError
    return str(layout.facts.get("drawn", ""))


def _check(strokes: Sequence[Stroke]) -> None:
    if not 1 <= len(strokes) <= MOST_STROKES:
        raise StrokeError(f"A selection has 1 to {MOST_STROKES} outlines.")
    for stroke in strokes:
        corners, odd = divmod(len(stroke.points), 2)
        if odd or not 3 <= corners <= MOST_CORNERS:
            raise StrokeError(f"An outline has 3 to {MOST_CORNERS:,} corners.")
        if not all(0 <= value <= FARTHEST for value in stroke.points):
            raise StrokeError(f"Corners lie between 0 and {FARTHEST}.")
