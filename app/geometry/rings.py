"""Where each cell lies on the board: area is expected share, typical inside, rare outside."""

import math
from dataclasses import dataclass

import numpy as np

from app.geometry.arrays import Integers, Numbers, Singles

TURN = 2 * math.pi
BULL = 0.25
"""Radius of the bull, which holds the score and no data."""
LEAST_ANGLE = math.radians(6)
MOST_RINGS = 4


@dataclass(frozen=True, slots=True)
class Sectors:
    """One annular sector a cell (arrays of length K) and the angle where each topic begins.

    Angles are radians clockwise from 12 o'clock; radii are parts of the board's radius.
    """

    ring: Integers
    angle0: Numbers
    angle1: Numbers
    radius0: Numbers
    radius1: Numbers
    topic_angles: Numbers


def lay(shares: Numbers, topic: Integers, rareness: Singles) -> Sectors:
    """Lay the cells out.

    Args:
        shares: expected share of each cell (K,), positive.
        topic: topic of each cell (K,), 0..T-1; cells are in their order round the board.
        rareness: distance of each cell's centre from its topic's centre (K,).
    """
    count = int(topic.max()) + 1
    angles = np.concatenate(
        [[0.0], np.cumsum(_slices(np.bincount(topic, shares, count).astype(float)))]
    )
    angles[-1] = TURN
    sectors = _blank(len(topic), angles)
    for number in range(count):
        cells = np.flatnonzero(topic == number)
        _lay_slice(sectors, cells, shares[cells], rareness[cells], number)
    return sectors


def _blank(cells: int, angles: Numbers) -> Sectors:
    angle0, angle1, radius0, radius1 = np.zeros((4, cells))
    return Sectors(np.zeros(cells, np.int64), angle0, angle1, radius0, radius1, angles)


def _slices(shares: Numbers) -> Numbers:
    """The angle of each topic: its share, but never under the least angle."""
    least = min(LEAST_ANGLE, TURN / len(shares))
    angles = shares / shares.sum() * TURN
    small = angles < least
    while True:
        rest = TURN - least * small.sum()
        angles = np.where(small, least, shares / max(shares[~small].sum(), 1e-300) * rest)
        smaller = small | (angles < least)
        if (smaller == small).all() or smaller.all():
            return np.asarray(angles / angles.sum() * TURN, dtype=np.float64)
        small = smaller


def _lay_slice(
    sectors: Sectors, cells: Integers, shares: Numbers, rareness: Singles, number: int
) -> None:
    start, end = sectors.topic_angles[number : number + 2]
    outward = np.argsort(rareness, kind="stable")
    parts = shares / shares.sum()
    sizes = _best_rings(parts[outward], end - start)
    edge = BULL
    for ring, members in enumerate(np.split(outward, np.cumsum(sizes)[:-1])):
        row = np.sort(members)
        last = ring == len(sizes) - 1
        rim = 1.0 if last else math.sqrt(edge**2 + (1 - BULL**2) * parts[row].sum())
        stops = np.concatenate([[0.0], np.cumsum(parts[row] / parts[row].sum())])
        stops = start + (end - start) * stops
        stops[-1] = end
        chosen = cells[row]
        sectors.ring[chosen] = ring
        sectors.radius0[chosen], sectors.radius1[chosen] = edge, rim
        sectors.angle0[chosen], sectors.angle1[chosen] = stops[:-1], stops[1:]
        edge = rim


def _best_rings(parts: Numbers, angle: float) -> list[int]:
    """How many cells each ring takes, so that the cells come nearest to squares."""
    most = min(MOST_RINGS, len(parts))
    options = [_split(parts, rings) for rings in range(1, most + 1)]
    return min(options, key=lambda sizes: _distortion(parts, sizes, angle))


def _split(parts: Numbers, rings: int) -> list[int]:
    """Cells for each of a number of rings, dealt so that the rings are about equally thick."""
    thickness = (1 - BULL) / rings
    edges = BULL + thickness * np.arange(1, rings)
    inner = (edges**2 - BULL**2) / (1 - BULL**2)
    ends = np.searchsorted(np.cumsum(parts) - parts / 2, inner)
    ends = np.clip(ends, np.arange(1, rings), len(parts) - np.arange(rings - 1, 0, -1))
    ends = np.maximum.accumulate(ends)
    return [int(size) for size in np.diff(np.concatenate([[0], ends, [len(parts)]]))]


def _distortion(parts: Numbers, sizes: list[int], angle: float) -> float:
    """Mean |log(width / height)| of the cells; infinite when a ring is empty."""
    if min(sizes) < 1:
        return math.inf
    total, edge, start = 0.0, BULL, 0
    for size in sizes:
        ring = parts[start : start + size]
        rim = math.sqrt(edge**2 + (1 - BULL**2) * ring.sum())
        widths = ring / ring.sum() * angle * (edge + rim) / 2
        total += float(np.abs(np.log(widths / (rim - edge))).sum())
        edge, start = rim, start + size
    return total / len(parts)
