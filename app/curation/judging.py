"""Count and judge the cells of a board. Nothing of it is stored."""

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import darts, tallies
from app.curation import frames as packing
from app.geometry import balance
from app.geometry import evidence as evidence_of
from app.geometry.balance import Balance
from app.geometry.evidence import Evidence
from app.geometry.frame import Frame
from app.storage import frames, placements, targets
from app.storage.board_tables import FrameRow, TargetRow
from app.storage.filters import Filter
from app.storage.tables import DatasetRow

ON_BOARD = tallies.ON_BOARD


@dataclass(frozen=True, slots=True)
class Judged:
    """A frame, the counts of its cells, and what follows from them."""

    row: FrameRow
    target: TargetRow
    frame: Frame
    counts: list[int]
    outsiders: int
    balance: Balance
    evidence: Evidence | None  # None without samples


KEPT = 4
"""Large boards whose last count is kept, under a name that changes with every decision."""

_kept: OrderedDict[str, Judged] = OrderedDict()


def judge(session: Session, dataset: DatasetRow, wanted: Filter = ON_BOARD) -> Judged | None:
    """Count and judge the cells of the newest frame; None before the first board."""
    row = frames.newest(session, dataset.id)
    if row is None:
        return None
    frame, target = packing.unpack(row), targets.get_by_id(session, row.target_id)
    layout = tallies.packed(session, row, wanted)
    key = darts.tag_of(dataset, layout) if layout else ""
    if key and key in _kept:
        return replace(_kept[key], row=row, target=target)
    cell, levels, outsiders = tallies.parts(session, dataset, row, wanted, layout)
    counts = np.bincount(cell[cell >= 0], minlength=frame.cells)
    evidence = _weigh(frame, cell, levels)
    total = int(counts.sum())
    verdict = balance.judge(
        counts,
        frame.shares,
        external=frame.external,
        target_size=frame.target_size,
        distinct_share=None if frame.external else _count_distinct(session, row, wanted, total),
        portions=evidence.portions if evidence else None,
    )
    judged = Judged(row, target, frame, counts.tolist(), outsiders, verdict, evidence)
    if key:
        _kept[key] = judged
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return judged


def _count_distinct(session: Session, row: FrameRow, wanted: Filter, total: int) -> float:
    """The share of distinct ideas: a knot counts once, and of smaller groups about every second."""
    if not total:
        return 0.0
    copies, inside, knots = placements.count_copies(session, row.dataset_id, row.id, wanted)
    return 1 - (copies - knots - (copies - inside) / 2) / total


def _weigh(frame: Frame, cell: NDArray[np.int32], levels: NDArray[np.uint16]) -> Evidence | None:
    return evidence_of.weigh(frame, cell, levels) if len(cell) else None
