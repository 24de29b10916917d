"""A board to take away: everything that templates/boards/export.svg prints, darts as paths."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import board, dart_states, darts, marks, queries, zooming
from app.curation.board import WHOLE, Look
from app.curation.board_views import RIM, BoardView
from app.curation.dart_states import HIDDEN, States
from app.storage import datasets, frames, layouts
from app.storage.board_tables import FrameRow
from app.storage.dart_tables import DartLayoutRow
from app.storage.tables import DatasetRow, now

MOST_DARTS = 20_000
"""More would be a grey cloud in a large file; the first so many are a fair sample."""


@dataclass(frozen=True, slots=True)
class Dots:
    """Darts of one ink as a path: plain, crowded, hue-0 to hue-6, both, new or removed."""

    ink: str
    path: str


@dataclass(frozen=True, slots=True)
class BoardExport:
    """A board as a picture, as somebody looks at it."""

    board: BoardView
    dots: tuple[Dots, ...]
    shown: int
    darts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class _Darts:
    """The darts that are to be seen: places, cells and categories, each (n,), and their names."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    cell: NDArray[np.uint16]
    category: NDArray[np.uint8]
    names: tuple[str, ...]


def view(session: Session, slug: str, number: int, look: Look = WHOLE) -> BoardExport:
    """The board of a frame as it is looked at: a slice, a comparison, colours, a query.

    Raises:
        FrameNotFoundError: there is no such frame, or a newer one is in force.
    """
    dataset = datasets.get(session, slug)
    row = frames.get(session, dataset.id, number)
    newest = frames.newest(session, dataset.id)
    if newest is None or newest.id != row.id:
        raise frames.FrameNotFoundError
    look = replace(look, shown="board", cell="")
    found = board.view(session, slug, look)
    seen = _find(session, dataset, row, look, found)
    darts_in_all = sum(cell.have for cell in found.cells)
    return BoardExport(found, tuple(_dots(seen, row, found)), len(seen.x), darts_in_all, now())


def _find(
    session: Session, dataset: DatasetRow, row: FrameRow, look: Look, found: BoardView
) -> _Darts:
    layout = darts.find_layout(session, row, "board")
    if layout is None:
        raise darts.NotDrawnError
    color = look.darts.color
    tag = darts.tag_of(dataset, layout, color=color + marks.stamp(session, color))
    states = dart_states.find(session, dataset, layout, tag=tag, color=color)
    cells = layouts.whole_column(session, layout, "cell")
    there = _seen(session, dataset, layout, states, look)
    if found.zoom_span is not None:
        there &= np.isin(cells, _numbers(row, {cell.id for cell in found.cells}))
    seen = np.flatnonzero(there)[:MOST_DARTS]
    x, y = (_pixels(layouts.whole_column(session, layout, name)[seen]) for name in ("x", "y"))
    if found.zoom_span is not None:
        x, y = _spread(x, y, found.zoom_span)
    return _Darts(x, y, cells[seen], states.categories[seen], states.names)


def _seen(
    session: Session, dataset: DatasetRow, layout: DartLayoutRow, states: States, look: Look
) -> NDArray[np.bool_]:
    """Which darts the query finds; of a version those that it held, whatever became of them."""
    drawn: NDArray[np.bool_] = (states.flags & HIDDEN) == 0
    if not look.query.terms:
        return drawn
    wanted = queries.resolve_counted(session, dataset.id, look.query)
    ids = layouts.whole_column(session, layout, "ids")
    found = np.isin(ids, layouts.ids_of(session, dataset.id, wanted))
    return found if wanted.as_frozen else found & drawn


def _pixels(packed: NDArray[np.uint16]) -> NDArray[np.float64]:
    return (packed.astype(float) / 65535 * 2 - 1) * RIM


def _spread(
    x: NDArray[np.float64], y: NDArray[np.float64], span: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the darts of one slice lie once it is spread."""
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    moved = np.array([zooming.move(*pair, span) for pair in pairs]).reshape(-1, 2)
    return moved[:, 0], moved[:, 1]


def _numbers(row: FrameRow, ids: set[str]) -> list[int]:
    return [at for at, told in enumerate(row.facts["cells"]) if told["id"] in ids]


def _dots(seen: _Darts, row: FrameRow, found: BoardView) -> Iterator[Dots]:
    """Very short lines: with round ends they are dots, and a path of them is small."""
    inks = np.array(list(_inks(seen, row, found)), dtype=str)
    for ink in dict.fromkeys(sorted(inks.tolist())):
        chosen = np.flatnonzero(inks == ink)
        pairs = zip(seen.x[chosen].tolist(), seen.y[chosen].tolist(), strict=True)
        yield Dots(ink, "".join(f"M{x:.1f} {y:.1f}h.01" for x, y in pairs))


def _inks(seen: _Darts, row: FrameRow, found: BoardView) -> Iterator[str]:
    if found.compare is not None:
        yield from (seen.names[at] for at in seen.category.tolist())
    elif found.colour is not None:
        last = len(seen.names)
        yield from (f"hue-{at + 1 if at < last else 0}" for at in seen.category.tolist())
    else:
        hot = {cell.id for cell in found.cells if cell.state == "over_dense"}
        crowded = np.isin(seen.cell, _numbers(row, hot))
        yield from ("crowded" if one else "plain" for one in crowded.tolist())
