"""The kinds of array that geometry speaks of."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Unit vectors, shape (n, d)."""

Numbers = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]
Marks = NDArray[np.bool_]

BLOCK_BYTES = 256_000_000
"""How much memory one block of a blocked matrix product may take."""


def require_matrix(vectors: Vectors) -> None:
    """Raise ValueError unless vectors is a (n, d) array."""
    if vectors.ndim != 2:
        raise ValueError(f"vectors must be an (n, d) array, got shape {vectors.shape}")


def blocks(rows: int, columns: int) -> list[slice]:
    """Slices over rows so that a float32 block of that many rows x columns stays small."""
    height = max(1, min(4096, BLOCK_BYTES // max(1, 4 * columns)))
    return [slice(start, min(start + height, rows)) for start in range(0, rows, height)]


def members(group: Integers, count: int) -> list[Integers]:
    """The rows of each group 0..count-1, ascending; rows of group -1 are in none."""
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(count + 1))
    return [order[start:end] for start, end in pairwise(ends)]
