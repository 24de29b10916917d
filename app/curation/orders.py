"""In which order a queue goes through its samples. The place in it is the last sample seen.

No order is stored: what comes next is asked anew each time, so that a queue never
shows what somebody decided meanwhile.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlmodel import Session

from app.curation import frames as packing
from app.storage import frames, judgements, queues, samples
from app.storage.board_tables import PlacementRow
from app.storage.filters import Filter
from app.storage.tables import DatasetRow

Order = Literal["oldest", "newest", "similar", "dense", "gaps", "random", "uncertain"]
ORDERS: tuple[Order, ...] = get_args(Order)
NAMES: dict[Order, str] = {
    "oldest": "oldest first",
    "newest": "newest first",
    "similar": "most similar first",
    "dense": "over-dense cells first",
    "gaps": "gaps first",
    "random": "random",
    "uncertain": "reviewers disagree",
}

LAST = 2**62
FEW = 1_000
"""Matching samples up to which a random order is made of all of them."""
FEWEST_PROBES, MOST_PROBES = 50, 5_000
KEPT_SECONDS = 60.0
DISAGREEING = 2_000
"""Samples on which people disagree that one queue looks at, the newest of them."""
SLOW_SECONDS = 0.02
"""What took longer to find out is not asked again for KEPT_SECONDS."""

_divided: dict[str, tuple[float, list[int]]] = {}
_cells: dict[tuple[str, int], tuple[float, list[int]]] = {}


@dataclass(frozen=True, slots=True)
class Course:
    """What a queue goes through, and how; `after` is the last sample seen, 0 at the start."""

    dataset: DatasetRow
    wanted: Filter
    order: Order
    seed: int = 0


def following(session: Session, course: Course, after: int) -> int | None:
    """The sample that comes after this one, or None at the end."""
    dataset_id, wanted = course.dataset.id, course.wanted
    match course.order:
        case "newest":
            return samples.before(session, dataset_id, wanted, after or LAST)
        case "random":
            return _random(session, course, after)
        case "uncertain":
            return _uncertain(session, course, after)
        case "similar" | "dense" | "gaps":
            return _by_place(session, course, after)
        case _:
            return samples.after(session, dataset_id, wanted, after)


def _by_place(session: Session, course: Course, after: int) -> int | None:
    """By the newest board; what has no place on it comes last."""
    board = frames.outline(session, course.dataset.id)
    dataset_id, wanted = course.dataset.id, course.wanted
    if board is None:
        return samples.after(session, dataset_id, wanted, after)
    place = queues.place_of(session, board.id, after) if after else None
    if after == 0 or place is not None:
        if course.order == "similar":
            found = queues.most_similar(session, dataset_id, board.id, wanted, place)
        else:
            found = _by_cell(session, course, board.id, place)
        if found is not None:
            return found
        after = 0
    return queues.without_place(session, dataset_id, board.id, wanted, after)


def _by_cell(
    session: Session, course: Course, frame_id: int, place: PlacementRow | None
) -> int | None:
    cells = cells_by_density(session, course.dataset, frame_id)
    if course.order == "gaps":
        cells = [*reversed(cells[:-1]), *cells[-1:]]  # outsiders last either way
    if place is not None and place.cell in cells:
        cells = cells[cells.index(place.cell) :]
    for number, cell in enumerate(cells):
        start = place if number == 0 and place is not None and place.cell == cell else None
        found = queues.in_cell(session, course.dataset.id, (frame_id, cell), course.wanted, start)
        if found is not None:
            return found
    return None


def cells_by_density(session: Session, dataset: DatasetRow, frame_id: int) -> list[int]:
    """The cells of the board, the fullest beside its share of the target first; then outsiders.

    Counted are all darts, so that the order stays while people decide; and once a minute.
    """
    key, moment = (str(dataset.created_at), frame_id), time.monotonic()
    if key in _cells and moment - _cells[key][0] < KEPT_SECONDS:
        return _cells[key][1]
    row = frames.newest(session, dataset.id)
    counts = queues.count_in_cells(session, frame_id)
    shares: list[float] = packing.unpack(row).shares.tolist() if row is not None else []
    ratios = {
        cell: counts.get(cell, 0) / max(float(share), 1e-9) for cell, share in enumerate(shares)
    }
    cells = [*sorted(ratios, key=lambda cell: (-ratios[cell], cell)), -1]
    if len(_cells) > 100:
        _cells.clear()
    _cells[key] = (moment, cells)
    return cells


def _random(session: Session, course: Course, after: int) -> int | None:
    """A fixed shuffle of the ids: each comes once, and the id itself tells its place."""
    low, high = queues.span(session, course.dataset.id)
    size = high - low + 1
    step = _step(size, course.seed)
    shift = course.seed * 2_654_435_761 % size
    turn = pow(step, -1, size) if size > 1 else 0
    start = (after - low - shift) * turn % size + 1 if after else 0
    few = queues.some_ids(session, course.dataset.id, course.wanted, FEW + 1)
    if len(few) <= FEW:
        later = [(_rank(it - low - shift, turn, size), it) for it in few]
        return min(((at, it) for at, it in later if at >= start), default=(0, None))[1]
    for asked in _probes(start, size, lambda at: low + (at * step + shift) % size):
        found = queues.among(session, course.dataset.id, course.wanted, asked)
        if found:
            return next(it for it in asked if it in found)
    return None


def _rank(distance: int, turn: int, size: int) -> int:
    return distance * turn % size if size > 1 else 0


def _step(size: int, seed: int) -> int:
    """A stride without a common divisor with the size, so that it visits every id once."""
    step = max(1, int(size * 0.618) + seed * 7_919 % max(1, size // 3))
    while math.gcd(step, size) != 1:
        step += 1
    return step


def _probes(start: int, size: int, id_at: Callable[[int], int]) -> Iterator[list[int]]:
    first, many = start, FEWEST_PROBES
    while first < size:
        yield [id_at(at) for at in range(first, min(first + many, size))]
        first, many = first + many, min(4 * many, MOST_PROBES)


def _uncertain(session: Session, course: Course, after: int) -> int | None:
    """Samples that people judged differently, the most divided first."""
    divided = _by_division(session, course.dataset)
    if after in divided:
        divided = divided[divided.index(after) + 1 :]
    found = queues.among(session, course.dataset.id, course.wanted, divided)
    return next((it for it in divided if it in found), None)


def _by_division(session: Session, dataset: DatasetRow) -> list[int]:
    key, begun = str(dataset.created_at), time.monotonic()
    if key in _divided and begun - _divided[key][0] < KEPT_SECONDS:
        return _divided[key][1]
    judged = judgements.shared(session, dataset.id, limit=DISAGREEING, divided=True)
    ranked = sorted((_agreement(list(said.values())), it) for it, said in judged.items())
    divided = [it for agreed, it in ranked if agreed < 1]
    if time.monotonic() - begun > SLOW_SECONDS:
        if len(_divided) > 100:
            _divided.clear()
        _divided[key] = (time.monotonic(), divided)
    return divided


def _agreement(votes: Sequence[str]) -> float:
    return max(Counter(votes).values()) / len(votes)
