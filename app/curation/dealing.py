"""Which samples of an export are capped, and into which split each of the others goes.

Families (a sample and what was made from it), the same question asked twice, and near copies are
never torn apart. A near copy is told by the vectors of the board's side: without a board only the
same question and the same family are known, and the answer says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import frames as packing
from app.curation.export_recipe import SPLITS, Recipe
from app.curation.rendering import CAPPED, FIRST_SPLIT, LEFT_OUT, Places
from app.errors import InvalidError
from app.geometry import balance, redundancy, splits
from app.geometry.frame import Frame
from app.storage import embeddings, listed
from app.storage.board_tables import FrameRow
from app.storage.filters import NEAR_DUPLICATE, Filter
from app.storage.traits import Traits

MOST_REORDERED = 2_000
"""Cells up to this size are cut by what is left in them; larger ones as the board ordered them."""
ROUNDING = 0.005  # vectors are kept in 16 bits: a pair may be so much more alike than was noted

Marks = NDArray[np.bool_]


class NoBoardError(InvalidError):
    """There is no board yet: it tells the topics, the regions and what is too much of."""

    code = "no_board"


@dataclass(frozen=True, slots=True)
class Dealt:
    """What becomes of each sample, in order of id, and what a person should know of it.

    Attributes:
        places: LEFT_OUT, CAPPED, or FIRST_SPLIT and above.
        told: frame, capped (a list of cell, before and after), held_out (cells of each split),
            groups and grouped (how many samples had to stay together with another), near (whether
            near copies are known).
    """

    places: Places
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Board:
    row: FrameRow
    frame: Frame
    names: list[str]


def deal(
    session: Session,
    dataset_id: int,
    found: Traits,
    passing: Marks,
    recipe: Recipe,
    frame: FrameRow | None,
) -> Dealt:
    """Cap and split the samples that pass.

    Raises:
        NoBoardError: the recipe speaks of cells and there is no board.
    """
    board = _board(frame)
    if board is None and (recipe.cap or (recipe.split and recipe.by in ("topic", "region"))):
        raise NoBoardError
    places = np.where(passing, FIRST_SPLIT, LEFT_OUT).astype(np.uint8)
    told: dict[str, Any] = {"frame": board.row.number if board else None}
    if recipe.cap and board is not None:
        told["capped"] = _cap(session, dataset_id, (found, places), recipe.cap, board)
    if recipe.split:
        told |= _split(session, dataset_id, (found, places), recipe, board)
    return Dealt(places, told)


def count(places: Places) -> dict[str, int]:
    """How many samples are in each split that has any, and how many are capped."""
    counts = np.bincount(places, minlength=FIRST_SPLIT + len(SPLITS)).tolist()
    named = zip(SPLITS, counts[FIRST_SPLIT:], strict=True)
    return {"capped": counts[CAPPED], **{name: number for name, number in named if number}}


def _board(row: FrameRow | None) -> _Board | None:
    if row is None:
        return None
    return _Board(row, packing.unpack(row), [cell["id"] for cell in row.facts["cells"]])


def _cap(
    session: Session, dataset_id: int, dealt: tuple[Traits, Places], ratio: float, board: _Board
) -> list[dict[str, Any]]:
    """Mark the most redundant of every cell that holds more than its cap; what was done."""
    found, places = dealt
    cell, there = found.column("cell"), places == FIRST_SPLIT
    counts = np.bincount(cell[there & (cell >= 0)], minlength=board.frame.cells)
    expected = board.frame.shares * balance.typical_density(counts, board.frame.shares)
    most = np.maximum(np.ceil(expected), np.floor(ratio * expected)).astype(int)
    last = _kept_last(found, there)
    done = []
    for number in np.flatnonzero(counts > np.maximum(most, 1)).tolist():
        rows = np.flatnonzero(there & (cell == number))
        order = _cut_order(session, dataset_id, (found, rows), last[rows], board)
        places[order[: len(rows) - max(int(most[number]), 1)]] = CAPPED
        after = max(int(most[number]), 1)
        done.append({"cell": board.names[number], "before": len(rows), "after": after})
    return done


def _kept_last(found: Traits, there: Marks) -> Marks:
    """What people wrote or edited; and what they approved, where not all of it is."""
    approved = found.column("approved", np.bool_)
    by_people: Marks = found.column("by_people", np.bool_)
    return by_people if approved[there].all() else by_people | approved


def _cut_order(
    session: Session,
    dataset_id: int,
    some: tuple[Traits, NDArray[np.int64]],
    last: Marks,
    board: _Board,
) -> NDArray[np.int64]:
    """Rows of one cell, the first to go first."""
    found, rows = some
    if len(rows) <= MOST_REORDERED:
        ids = found.column("ids")[rows]
        known, vectors = _vectors(session, dataset_id, ids, board.row)
        if len(known) == len(rows):
            order, _ = redundancy.order_cuts(vectors, turn=last)
            return np.asarray(rows[order], dtype=np.int64)
    return np.asarray(rows[np.lexsort((rows, found.column("redundancy")[rows], last))])


def _split(
    session: Session,
    dataset_id: int,
    dealt: tuple[Traits, Places],
    recipe: Recipe,
    board: _Board | None,
) -> dict[str, Any]:
    """Give every sample that is still there its split."""
    found, places = dealt
    rows = np.flatnonzero(places == FIRST_SPLIT)
    groups, near = _groups(session, dataset_id, found, rows, board)
    units = splits.units_of(groups, found.column("ids")[rows])
    cell = found.column("cell")[rows]
    held: dict[str, list[str]] = {}
    if recipe.by == "region" and board is not None:
        part, of_cell = splits.hold_out(units, cell, recipe.percents, seed=recipe.seed)
        held = {
            name: [board.names[at] for at in np.flatnonzero(of_cell == number).tolist()]
            for number, name in enumerate(SPLITS[1:], 1)
            if (of_cell == number).any()
        }
    else:
        strata = _strata(found, rows, recipe.by, board)
        part = splits.deal(units, recipe.percents, seed=recipe.seed, strata=strata)
    places[rows] = FIRST_SPLIT + part
    several = units.size[units.size > 1]
    groups_told = {"groups": len(several), "grouped": int(several.sum())}
    return {
        "held_out": held,
        **groups_told,
        "largest": int(units.size.max(initial=0)),
        "near": near,
    }


def _strata(
    found: Traits, rows: NDArray[np.int64], by: str, board: _Board | None
) -> NDArray[np.int64] | None:
    if by == "label":
        return found.column("label")[rows]
    if by == "topic" and board is not None:
        cell = found.column("cell")[rows]
        return np.where(cell >= 0, board.frame.topic[np.maximum(cell, 0)], -1)
    return None


def _groups(
    session: Session,
    dataset_id: int,
    found: Traits,
    rows: NDArray[np.int64],
    board: _Board | None,
) -> tuple[NDArray[np.int64], bool]:
    """What may not be torn apart, and whether near copies are known."""
    near = np.full(len(rows), -1)
    if board is not None:
        near = _near(session, dataset_id, found, rows, board.row)
    known = board is not None
    return splits.join(len(rows), found.column("asked")[rows], _families(found, rows), near), known


def _families(found: Traits, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """-1 for a sample that nothing was made from and that was made from nothing."""
    own, parent = found.column("own")[rows], found.column("parent")[rows]
    made = np.flatnonzero(parent)
    parent_of = {int(own[at]): int(parent[at]) for at in made if own[at]}
    root = parent.copy()
    root[made] = [_root(int(parent[at]), parent_of) for at in made]
    is_root = np.isin(own, root[made]) & (own != 0)
    return np.where(root != 0, root, np.where(is_root, own, -1))


def _root(name: int, parent_of: Mapping[int, int]) -> int:
    """What it was made from in the end; of a ring the same name, wherever one begins."""
    seen: list[int] = []
    known: set[int] = set()
    while name in parent_of and name not in known:
        seen.append(name)
        known.add(name)
        name = parent_of[name]
    return min(seen[seen.index(name) :]) if name in known else name


def _near(
    session: Session,
    dataset_id: int,
    found: Traits,
    rows: NDArray[np.int64],
    frame: FrameRow,
) -> NDArray[np.int64]:
    """Groups of near copies; -1 for a sample without."""
    placed = found.column("placed", np.bool_)[rows]
    # What nobody was near when the board was drawn need not be compared, unless some came since.
    alike = found.column("alike", np.float64)[rows] >= NEAR_DUPLICATE - ROUNDING
    asked = rows[alike] if placed.all() else rows
    ids = found.column("ids")
    known, vectors = _vectors(session, dataset_id, ids[asked], frame)
    group = np.full(len(rows), -1)
    if len(known):
        at = np.searchsorted(ids[rows], np.array(known))
        group[at] = splits.near_groups(vectors, tau=NEAR_DUPLICATE)
    return group


def _vectors(
    session: Session, dataset_id: int, ids: NDArray[np.int64], frame: FrameRow
) -> tuple[Sequence[int], NDArray[np.float32]]:
    wanted = Filter(chosen=listed.write(ids))
    side = embeddings.side_of(frame.side)
    known, _, vectors = embeddings.of_samples(session, dataset_id, side, frame.encoder, wanted)
    return known, vectors
