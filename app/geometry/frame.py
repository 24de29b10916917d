"""The frame of a board: the target cut into topics and cells, in order, with a place for each.

A frame is frozen: samples are placed in it one by one and never move one another. BOARD.md 2.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.geometry import arrays, contact, darts, kmeans, rings, ward
from app.geometry.arrays import Integers, Numbers, Singles, Vectors
from app.geometry.rings import Sectors

MOST_CELLS = 240
POINTS_PER_CELL = 20
FEWEST_TOPICS, MOST_TOPICS = 6, 24
CELLS_PER_TOPIC = 9
MICRO = 4_000
"""Micro-centroids that stand for a target too large for its tree."""
MOST_FITTED = 60_000
"""Target points used to find the cells; shares are counted over all of them."""
FAR, OUTSIDE = 0.95, 0.995


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything needed to place a sample and to draw the board.

    K cells in their order round the board, T topics, G groups. `centres` (K, d) are means.
    `topic` (K,) and `group` (T,) are numbered in the same order. `adjacent` (m, 2) lists the
    pairs of cells that touch in meaning. `far` and `outside` are the target's 95th and 99.5th
    percentile of the distance from a point to its cell's centre.
    """

    centres: Vectors
    topic: Integers
    group: Integers
    shares: Numbers
    sectors: Sectors
    adjacent: Integers
    distances: Singles
    pulls: Singles
    far: float
    outside: float
    target_size: int
    external: bool

    @property
    def cells(self) -> int:
        """How many cells the board has."""
        return len(self.topic)


@dataclass(frozen=True, slots=True)
class Places:
    """Where samples land, row by row: the cell (-1: outsider), x and y of 16 bits, the distance.

    x and y span the square round the board, [-1, 1] both ways, y downwards.
    """

    cell: NDArray[np.int32]
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    distance: NDArray[np.float32]


def fit(target: Vectors, *, external: bool, seed: int = 0) -> Frame:
    """Cut the target (n, d), unit vectors, into cells and lay out the board.

    Raises:
        ValueError: if target is not a non-empty (n, d) array.
    """
    arrays.require_matrix(target)
    if len(target) == 0:
        raise ValueError("a target needs at least one vector, got none")
    target = np.ascontiguousarray(target, dtype=np.float32)
    points, weights = _condense(target, seed)
    tree = ward.link(points, weights)
    centres, topic, group = _cut(points, weights, tree, _count_cells(len(target)))
    return _assemble(target, centres, topic, group, external=external)


def place(frame: Frame, vectors: Vectors) -> Places:
    """Place vectors (n, d): a pure function of each vector and the frame."""
    arrays.require_matrix(vectors)
    if vectors.shape[1] != frame.centres.shape[1]:
        raise ValueError(
            f"the frame holds vectors of {frame.centres.shape[1]}, got {vectors.shape[1]}"
        )
    seats = darts.seat(np.asarray(vectors, np.float32), frame.centres)
    x, y = darts.land(seats, frame.sectors, frame.distances, frame.pulls)
    cell = np.where(seats.distance > frame.outside, -1, seats.cell).astype(np.int32)
    return Places(cell, darts.pack(x), darts.pack(y), seats.distance)


def to_arrays(frame: Frame) -> dict[str, NDArray[Any]]:
    """The frame as named arrays, to be kept as .npz."""
    flat = {name: np.asarray(getattr(frame, name)) for name in _names(Frame) if name != "sectors"}
    for name in _names(Sectors):
        flat[f"sectors_{name}"] = np.asarray(getattr(frame.sectors, name))
    return flat


def from_arrays(kept: dict[str, NDArray[Any]]) -> Frame:
    """The inverse of to_arrays."""
    sectors = Sectors(**{name: kept[f"sectors_{name}"] for name in _names(Sectors)})
    plain: dict[str, Any] = {name: kept[name] for name in _names(Frame) if name != "sectors"}
    for name in ("far", "outside", "target_size", "external"):
        plain[name] = plain[name].item()
    return Frame(**{**plain, "sectors": sectors})


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def _count_cells(size: int) -> int:
    return int(np.clip(round(size / POINTS_PER_CELL), 1, MOST_CELLS))


def _condense(target: Vectors, seed: int) -> tuple[Vectors, Numbers]:
    """The target itself, or weighted micro-centroids of it when it is large."""
    if len(target) <= ward.LARGEST:
        return target, np.ones(len(target))
    sample = target
    if len(target) > MOST_FITTED:
        chosen = np.random.default_rng(seed).choice(len(target), MOST_FITTED, replace=False)
        sample = target[np.sort(chosen)]
    centres = kmeans.fit(sample, count=MICRO, seed=seed)
    nearest, _ = kmeans.assign(sample, centres)
    sizes = np.bincount(nearest, minlength=len(centres))
    points = kmeans.means(sample, nearest, count=len(centres))
    return points[sizes > 0], sizes[sizes > 0].astype(np.float64)


def _cut(
    points: Vectors, weights: Numbers, tree: Numbers, count: int
) -> tuple[Vectors, Integers, Integers]:
    """Centres (K, d), topic (K,) and group (T,), in the order round the board."""
    cell = ward.cut(tree, count)
    cells = int(cell.max()) + 1
    sizes = np.bincount(cell, weights=weights).astype(float)
    centres = kmeans.means(points, cell, count=cells, weights=weights)
    small = ward.link(centres, sizes)
    order = _leaf_order(small, centres)
    topics = int(np.clip(round(cells / CELLS_PER_TOPIC), FEWEST_TOPICS, MOST_TOPICS))
    topic = _renumber(ward.cut(small, topics)[order])
    groups = int(np.clip(round((topic.max() + 1) / 4), 4, 7))
    group = _renumber(ward.cut(small, groups)[order])
    first = np.searchsorted(topic, np.arange(topic.max() + 1))
    return centres[order], topic, group[first]


def _leaf_order(tree: Numbers, centres: Vectors) -> Integers:
    """Neighbours in meaning become neighbours on the rim."""
    if len(centres) < 3:
        return np.arange(len(centres))
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import pdist

    ordered = hierarchy.optimal_leaf_ordering(tree, pdist(centres))
    return np.asarray(hierarchy.leaves_list(ordered), dtype=np.int64)


def _renumber(labels: Integers) -> Integers:
    """Number groups, each one run of equal labels, from 0 in their order."""
    steps = np.flatnonzero(np.diff(labels) != 0) + 1
    numbers = np.zeros(len(labels), np.int64)
    numbers[steps] = 1
    return np.cumsum(numbers)


def _assemble(
    target: Vectors, centres: Vectors, topic: Integers, group: Integers, *, external: bool
) -> Frame:
    seats = darts.seat(target, centres)
    sizes = np.bincount(seats.cell, minlength=len(centres))
    if (sizes == 0).any():
        # A cell that no target point calls its own would be a sector without area.
        kept = np.flatnonzero(sizes)
        group = _renumber(group[np.unique(topic[kept])])
        return _assemble(target, centres[kept], _renumber(topic[kept]), group, external=external)
    shares = sizes / len(target)
    cells = len(centres)
    fair = _leave_out(seats.distance, sizes[seats.cell])
    return Frame(
        centres=centres,
        topic=topic,
        group=group,
        shares=shares,
        sectors=rings.lay(shares, topic, _rareness(centres, topic, shares)),
        adjacent=contact.find(target, centres),
        distances=darts.stops(fair, seats.cell, cells=cells, low=0.0, high=2.5),
        pulls=darts.stops(seats.pull, seats.cell, cells=cells, low=-4.0, high=4.0),
        far=float(np.quantile(fair, FAR)),
        outside=float(np.quantile(fair, OUTSIDE)) + 1e-6,
        target_size=len(target),
        external=external,
    )


def _leave_out(distance: Singles, size: Integers) -> Singles:
    """A point's distance from the mean of the others: x - (m c - x)/(m - 1) = (x - c) m/(m - 1)."""
    return (distance * np.where(size > 1, size / np.maximum(size - 1, 1), 1)).astype(np.float32)


def _rareness(centres: Vectors, topic: Integers, shares: Numbers) -> Singles:
    middle = kmeans.means(centres, topic, count=int(topic.max()) + 1, weights=shares)
    return np.asarray(np.linalg.norm(centres - middle[topic], axis=1), dtype=np.float32)
