"""The frame of a board: the target cut into topics and cells, in order, with a place for each.

A frame is frozen: samples are placed in it one by one and never move one another. BOARD.md 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.geometry import arrays, contact, darts, kmeans, levels, projection, rings, ward
from app.geometry.arrays import Integers, Numbers, Singles, Vectors
from app.geometry.levels import Levels
from app.geometry.projection import Projection
from app.geometry.rings import Sectors

MOST_CELLS = 240
POINTS_PER_CELL = 20
FEWEST_TOPICS, MOST_TOPICS = 6, 24
TOPICS_PER_ROOT = 1.9
"""Topics grow with the square root of the cells: 9 for 22 cells, 19 for 100, 24 from 160 on."""
MICRO = 4_000
"""Micro-centroids that stand for a target too large for its tree."""
MOST_FITTED = 60_000
"""Target points used to find the cells; shares are counted over all of them."""
FAR, OUTSIDE = 0.95, 0.995


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything needed to place a sample and to draw the board.

    K cells in their order round the board, T topics, G groups. `near` (K, p) are the cells'
    centres as the projection sees them, which decide whose a vector is; `centres` (K, d) are
    their means in the full space, to which distances are measured. `topic` (K,) and `group` (T,)
    are numbered in the board's order. `adjacent` (m, 2) lists the pairs of cells that touch in
    meaning. `far` and `outside` are the target's 95th and 99.5th percentile of distance.
    `target_rows` are the rows of the target that stand for it (all, up to 60,000), with their
    cells and, (m, L), their parts at each level.
    """

    projection: Projection
    near: Vectors
    centres: Vectors
    topic: Integers
    group: Integers
    shares: Numbers
    sectors: Sectors
    levels: Levels
    adjacent: Integers
    distances: Singles
    pulls: Singles
    far: float
    outside: float
    target_size: int
    external: bool
    target_rows: Integers
    target_cell: NDArray[np.int32]
    target_levels: NDArray[np.uint16]

    @property
    def cells(self) -> int:
        """How many cells the board has."""
        return len(self.topic)


@dataclass(frozen=True, slots=True)
class Places:
    """Where samples land, row by row: the cell (-1: outsider), x and y of 16 bits, the distance.

    x and y span the square round the board, [-1, 1] both ways, y downwards. `levels` (n, L) are
    the parts that `evidence.weigh` counts; keep them beside the cell (2 L bytes a sample).
    """

    cell: NDArray[np.int32]
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    distance: NDArray[np.float32]
    levels: NDArray[np.uint16]


def fit(target: Vectors, *, external: bool, data: Vectors | None = None, seed: int = 0) -> Frame:
    """Cut the target (n, d), unit vectors, into cells and lay out the board.

    Args:
        target: what the cells, their order and their shares come from, and nothing else does.
        external: false when the target is the data themselves.
        data: the samples at hand (m, d), if any: they help to settle the levels, so that crowds
            of them are told from their neighbours.
        seed: for what is drawn at random.

    Raises:
        ValueError: if target is not a non-empty (n, d) array.
    """
    arrays.require_matrix(target)
    if len(target) == 0:
        raise ValueError("a target needs at least one vector, got none")
    target = np.ascontiguousarray(target, dtype=np.float32)
    view = projection.fit(target)
    seen = projection.apply(view, target)
    rows = _choose_rows(len(target), seed)
    points, weights = _condense(seen[rows], seed)
    tree = levels.grow(points, weights)
    count = _count_cells(len(target))
    near = levels.cut(tree, count)
    beside = _draw(target[:0] if data is None else data, len(rows), seed)
    pool = np.concatenate([_draw(seen[rows], len(rows), seed), projection.apply(view, beside)])
    parts = levels.fit(tree, pool, count, seed)
    order, topic, group = _arrange(near, _weigh(points, weights, near))
    return _assemble(_Draft(target, seen, view, rows, external), near[order], topic, group, parts)


def place(frame: Frame, vectors: Vectors) -> Places:
    """Place vectors (n, d): a pure function of each vector and the frame."""
    arrays.require_matrix(vectors)
    if vectors.shape[1] != frame.centres.shape[1]:
        raise ValueError(
            f"the frame holds vectors of {frame.centres.shape[1]}, got {vectors.shape[1]}"
        )
    vectors = np.asarray(vectors, np.float32)
    seen = projection.apply(frame.projection, vectors)
    seats = darts.seat(seen, frame.near, vectors, frame.centres)
    x, y = darts.land(seats, frame.sectors, frame.distances, frame.pulls)
    cell = np.where(seats.distance > frame.outside, -1, seats.cell).astype(np.int32)
    parts = levels.assign(frame.levels, seen)
    return Places(cell, darts.pack(x), darts.pack(y), seats.distance, parts)


def to_arrays(frame: Frame) -> dict[str, NDArray[Any]]:
    """The frame as named arrays, to be kept as .npz."""
    flat = {name: np.asarray(getattr(frame, name)) for name in _names(Frame) if name not in _INNER}
    for name, kind in _INNER.items():
        inner = getattr(frame, name)
        flat |= {f"{name}_{part}": np.asarray(getattr(inner, part)) for part in _names(kind)}
    return flat


def from_arrays(kept: Mapping[str, NDArray[Any]]) -> Frame:
    """The inverse of to_arrays."""
    whole: dict[str, Any] = {name: kept[name] for name in _names(Frame) if name not in _INNER}
    for name in ("far", "outside", "target_size", "external"):
        whole[name] = whole[name].item()
    for name, kind in _INNER.items():
        whole[name] = kind(**{part: kept[f"{name}_{part}"] for part in _names(kind)})
    return Frame(**whole)


_INNER: dict[str, type] = {"sectors": Sectors, "levels": Levels, "projection": Projection}


@dataclass(frozen=True, slots=True)
class _Draft:
    """What stays the same while a frame is put together."""

    target: Vectors
    seen: Vectors
    view: Projection
    rows: Integers
    external: bool


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def _count_cells(size: int) -> int:
    return int(np.clip(round(size / POINTS_PER_CELL), 1, MOST_CELLS))


def _choose_rows(size: int, seed: int) -> Integers:
    """The target points that stand for all: every one, or a random sample of a large target."""
    if size <= MOST_FITTED:
        return np.arange(size)
    chosen = np.random.default_rng(seed).choice(size, MOST_FITTED, replace=False)
    return np.asarray(np.sort(chosen), dtype=np.int64)


def _draw(vectors: Vectors, most: int, seed: int) -> Vectors:
    """Some vectors at random: of the data no more than of the target.

    Drawn alike from both, the parts favour neither side, and a test of their counts stays fair.
    """
    size = min(len(vectors), most, levels.MOST_SETTLED)
    chosen = np.random.default_rng(seed).choice(len(vectors), size, replace=False)
    return np.asarray(vectors[np.sort(chosen)], dtype=np.float32)


def _condense(seen: Vectors, seed: int) -> tuple[Vectors, Numbers]:
    """The points themselves, or weighted micro-centroids of them when they are many."""
    if len(seen) <= ward.LARGEST:
        return seen, np.ones(len(seen))
    centres = kmeans.fit(seen, count=MICRO, seed=seed)
    nearest, _ = kmeans.assign(seen, centres)
    sizes = np.bincount(nearest, minlength=len(centres))
    points = kmeans.means(seen, nearest, count=len(centres))
    return points[sizes > 0], sizes[sizes > 0].astype(np.float64)


def _weigh(points: Vectors, weights: Numbers, centres: Vectors) -> Numbers:
    nearest, _ = kmeans.assign(points, centres)
    return np.bincount(nearest, weights=weights, minlength=len(centres)).astype(np.float64)


def _arrange(centres: Vectors, sizes: Numbers) -> tuple[Integers, Integers, Integers]:
    """The cells' order round the board (K,), then their topic (K,) and the topics' group (T,)."""
    tree = ward.link(centres, np.maximum(sizes, 1.0))
    order = _leaf_order(tree, centres)
    wanted = round(TOPICS_PER_ROOT * len(centres) ** 0.5)
    topics = int(np.clip(wanted, FEWEST_TOPICS, MOST_TOPICS))
    topic = _renumber(ward.cut(tree, topics)[order])
    groups = int(np.clip(round((topic.max() + 1) / 4), 4, 7))
    group = _renumber(ward.cut(tree, groups)[order])
    first = np.searchsorted(topic, np.arange(topic.max() + 1))
    return order, topic, group[first]


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
    draft: _Draft, near: Vectors, topic: Integers, group: Integers, parts: Levels
) -> Frame:
    cell, _ = kmeans.assign(draft.seen, near)
    sizes = np.bincount(cell, minlength=len(near))
    if (sizes == 0).any():
        # A cell that no target point calls its own would be a sector without area.
        kept = np.flatnonzero(sizes)
        group = _renumber(group[np.unique(topic[kept])])
        return _assemble(draft, near[kept], _renumber(topic[kept]), group, parts)
    centres = kmeans.means(draft.target, cell, count=len(near))
    seats = darts.seat(draft.seen, near, draft.target, centres)
    fair = _leave_out(seats.distance, sizes[cell])
    shares = sizes / len(cell)
    target_levels = levels.assign(parts, draft.seen[draft.rows])
    return Frame(
        projection=draft.view,
        near=near,
        centres=centres,
        topic=topic,
        group=group,
        shares=shares,
        sectors=rings.lay(shares, topic, _rareness(near, topic, shares)),
        levels=levels.share(parts, target_levels),
        adjacent=contact.find(draft.seen, near),
        # Where the data are their own target they would all lie inside of what is fair to others.
        distances=darts.stops(
            fair if draft.external else seats.distance, cell, cells=len(near), low=0.0, high=2.5
        ),
        pulls=darts.stops(seats.pull, cell, cells=len(near), low=-4.0, high=4.0),
        far=float(np.quantile(fair, FAR)),
        outside=float(np.quantile(fair, OUTSIDE)) + 1e-6,
        target_size=len(cell),
        external=draft.external,
        target_rows=draft.rows,
        target_cell=cell[draft.rows].astype(np.int32),
        target_levels=target_levels,
    )


def _leave_out(distance: Singles, size: Integers) -> Singles:
    """A point's distance from the mean of the others: x - (m c - x)/(m - 1) = (x - c) m/(m - 1)."""
    return (distance * np.where(size > 1, size / np.maximum(size - 1, 1), 1)).astype(np.float32)


def _rareness(centres: Vectors, topic: Integers, shares: Numbers) -> Singles:
    middle = kmeans.means(centres, topic, count=int(topic.max()) + 1, weights=shares)
    return np.asarray(np.linalg.norm(centres - middle[topic], axis=1), dtype=np.float32)
