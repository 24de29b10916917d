"""What a count of a board looks at: the cell and the parts of every sample that counts."""

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import dart_states, darts
from app.curation.dart_states import HIDDEN
from app.storage import layouts, placements
from app.storage.board_tables import FrameRow
from app.storage.dart_tables import DartLayoutRow
from app.storage.filters import Filter
from app.storage.placements import COUNTED
from app.storage.tables import DatasetRow

ON_BOARD = Filter(statuses=COUNTED)
MANY = 30_000
"""Samples from which the packed darts are counted: a million rows take seconds to read."""

Parts = tuple[NDArray[np.int32], NDArray[np.uint16], int]


def packed(session: Session, row: FrameRow, wanted: Filter) -> DartLayoutRow | None:
    """The packed darts of a large, whole board; None for what must be counted by its rows."""
    layout = layouts.find(session, row.id, "board") if wanted == ON_BOARD else None
    if layout is None or layout.darts < MANY or darts.find_layout(session, row, "board") is None:
        return None
    return layout


def parts(
    session: Session,
    dataset: DatasetRow,
    row: FrameRow,
    wanted: Filter,
    layout: DartLayoutRow | None,
) -> Parts:
    """Cell (n,) and levels (n, L) of the samples that match, in any order, and the outsiders.

    Outsiders may be among the rows (cell -1) or not; they are always in their number.
    `layout` is what `packed` says of them.
    """
    if layout is None:
        cell, levels = placements.parts(session, dataset.id, row.id, wanted)
        return cell, levels, int((cell < 0).sum())
    tag = darts.tag_of(dataset, layout)
    states = dart_states.find(session, dataset, layout, tag=tag, color="status")
    counted = (states.flags & HIDDEN) == 0
    cells = layouts.whole_column(session, layout, "cell").astype(np.int32)
    levels = layouts.whole_column(session, layout, "levels")
    if not counted.all():
        cells, levels = cells[counted], levels[counted]
    outsiders = placements.count_outsiders(session, dataset.id, row.id, wanted)
    return cells, levels, outsiders
