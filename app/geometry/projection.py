"""The directions in which a target differs, and nothing else.

Cells found in the first hundred principal directions match true topics better than cells found in
the full space, and everything is cheaper there. Measured: tests/benchmarks/bench_board_accuracy.py.
"""

from dataclasses import dataclass

import numpy as np

from app.geometry.arrays import Vectors

MOST_AXES = 100
FEWEST_POINTS = 500
"""Below this the principal directions would be chance: the vectors stay as they are."""
LEAST_LENGTH = 1e-3
"""What is nearer to the mean than this is rounding, and must not be blown up to length one."""


@dataclass(frozen=True, slots=True)
class Projection:
    """A point (d,) to take away and axes (d, p) to look along."""

    origin: Vectors
    axes: Vectors


def fit(target: Vectors) -> Projection:
    """The principal directions of the target (n, d)."""
    count, width = target.shape
    if count < FEWEST_POINTS or width <= MOST_AXES:
        return Projection(np.zeros(width, np.float32), np.eye(width, dtype=np.float32))
    from scipy.linalg import eigh

    origin = target.mean(axis=0, dtype=np.float64)
    spread = (target.T @ target).astype(np.float64) / count - np.outer(origin, origin)
    _, axes = eigh(spread, subset_by_index=[width - MOST_AXES, width - 1])
    return Projection(origin.astype(np.float32), np.ascontiguousarray(axes, np.float32))


def apply(projection: Projection, vectors: Vectors) -> Vectors:
    """Vectors (n, d) along the axes, as unit vectors (n, p)."""
    seen = vectors @ projection.axes - projection.origin @ projection.axes
    length = np.linalg.norm(seen, axis=1, keepdims=True)
    return np.asarray(seen / np.maximum(length, LEAST_LENGTH), dtype=np.float32)
