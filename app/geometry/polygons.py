"""Which points a person drew round: the even-odd rule, exact on whole numbers."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.geometry.arrays import Integers, Marks

Coordinates = NDArray[np.uint16]
How = Literal["add", "subtract", "intersect"]


def inside(x: Coordinates, y: Coordinates, corners: Integers) -> Marks:
    """Which of the points lie in a closed polygon, which may cross itself.

    A ray to the right crosses an odd number of edges (Shimrat 1962; half-open edges, so that a
    corner counts once). Sorted by height, each edge meets only the points beside it: about
    n log n for any polygon that is drawn by hand.

    Args:
        x, y: the points, (n,).
        corners: the polygon's, (m, 2), in order; the last is joined to the first.
    """
    odd = np.zeros(len(x), bool)
    if len(corners) < 3:
        return odd
    order = np.argsort(y, kind="stable")
    across, heights = x[order].astype(np.int64), y[order].astype(np.int64)
    ring = [*corners.tolist(), corners[0].tolist()]
    for (x1, y1), (x2, y2) in pairwise(ring):
        if y1 == y2:
            continue
        if y1 > y2:
            x1, y1, x2, y2 = x2, y2, x1, y1  # noqa: PLW2901  upwards, whichever way it was drawn
        low, high = np.searchsorted(heights, (y1, y2), side="left")
        beside = slice(low, high)
        cross = (x2 - x1) * (heights[beside] - y1) - (across[beside] - x1) * (y2 - y1)
        odd[beside] ^= cross > 0
    marks = np.empty_like(odd)
    marks[order] = odd
    return marks


def choose(x: Coordinates, y: Coordinates, strokes: Iterable[tuple[How, Integers]]) -> Marks:
    """Which points are chosen after one stroke upon another: added, taken away, or kept only."""
    chosen = np.zeros(len(x), bool)
    for how, corners in strokes:
        found = inside(x, y, corners)
        if how == "add":
            chosen |= found
        elif how == "subtract":
            chosen &= ~found
        else:
            chosen &= found
    return chosen
