"""A board to take away: everything that templates/boards/export.svg prints, darts as paths."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import board, dart_states, darts
from app.curation.board import Look
from app.curation.board_views import RIM, BoardView
from app.curation.dart_states import HIDDEN
from app.storage import datasets, frames, layouts
from app.storage.board_tables import FrameRow
from app.storage.tables import DatasetRow, now

MOST_DARTS = 20_000
"""More would be a grey cloud in a large file; the first so many are a fair sample."""


@dataclass(frozen=True, slots=True)
class BoardExport:
    """A board as a picture. `plain` and `crowded` are paths of dots, out of and in hot cells."""

    board: BoardView
    plain: str
    crowded: str
    shown: int
    darts: int
    at: datetime


def view(session: Session, slug: str, number: int) -> BoardExport:
    """The board of a frame as it stands now.

    Raises:
        FrameNotFoundError: there is no such frame, or a newer one is in force.
    """
    dataset = datasets.get(session, slug)
    row = frames.get(session, dataset.id, number)
    newest = frames.newest(session, dataset.id)
    if newest is None or newest.id != row.id:
        raise frames.FrameNotFoundError
    found = board.view(session, slug, Look())
    x, y, cell = _points(session, dataset, row)
    hot = [at for at, one in enumerate(found.cells) if one.state == "over_dense"]
    crowded = np.isin(cell, hot)
    return BoardExport(
        board=found,
        plain=_dots(x[~crowded], y[~crowded]),
        crowded=_dots(x[crowded], y[crowded]),
        shown=len(x),
        darts=found.placed,
        at=now(),
    )


def _points(
    session: Session, dataset: DatasetRow, row: FrameRow
) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]:
    """x, y and cell of the first darts that are to be seen."""
    layout = darts.find_layout(session, row, "board")
    if layout is None:
        raise darts.NotDrawnError
    tag = darts.tag_of(dataset, layout)
    states = dart_states.find(session, dataset, layout, tag=tag, color="status")
    seen = np.flatnonzero((states.flags & HIDDEN) == 0)[:MOST_DARTS]
    x, y, cell = (layouts.whole_column(session, layout, name)[seen] for name in ("x", "y", "cell"))
    return x, y, cell


def _dots(x: NDArray[np.uint16], y: NDArray[np.uint16]) -> str:
    """Very short lines: with round ends they are dots, and a path of them is small."""
    across = (x.astype(float) / 65535 * 2 - 1) * RIM
    down = (y.astype(float) / 65535 * 2 - 1) * RIM
    pairs = zip(across.tolist(), down.tolist(), strict=True)
    return "".join(f"M{one:.1f} {other:.1f}h.01" for one, other in pairs)
