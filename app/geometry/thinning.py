"""The data with near copies counted once: the target of a board that has no other."""

import numpy as np

from app.geometry import arrays, kmeans
from app.geometry.arrays import Integers, Marks, Singles, Vectors

MOST_EXACT = 60_000
LIST = 2_000
"""Above MOST_EXACT vectors are compared only within clusters of about this many."""


def distinct(vectors: Vectors, *, tau: float) -> Marks:
    """Mark the samples to keep: in the order given, each unless a kept one is tau alike.

    Exact up to 60,000; above, copies that k-means tells apart (few: they are nearly equal) stay.
    """
    arrays.require_matrix(vectors)
    if len(vectors) <= MOST_EXACT:
        return _thin(vectors, tau)
    keep = np.zeros(len(vectors), bool)
    for members in _clusters(vectors):
        keep[members] = _thin(vectors[members], tau)
    return keep


def rows(vectors: Vectors, nearest: Singles, *, tau: float) -> Integers:
    """The rows that `distinct` keeps, ascending, when each one's nearest similarity is known.

    A sample whose nearest is less than tau alike stays whatever the others do,
    so that only the repeated ones have to be compared.
    """
    repeated = np.flatnonzero(nearest >= tau)
    kept = repeated[distinct(vectors[repeated], tau=tau)] if len(repeated) else repeated
    return np.sort(np.concatenate([np.flatnonzero(nearest < tau), kept]))


def _thin(vectors: Vectors, tau: float) -> Marks:
    keep = np.ones(len(vectors), bool)
    for block in arrays.blocks(len(vectors), len(vectors)):
        near = vectors[block] @ vectors[: block.stop].T
        row, earlier = np.nonzero(near >= tau)
        row += block.start
        before = earlier < row
        _drop_copies(keep, row[before], earlier[before])
    return keep


def _drop_copies(keep: Marks, rows: Integers, earlier: Integers) -> None:
    """Rows ascend, so that what an earlier row became is settled when a later one asks."""
    for row, other in zip(rows.tolist(), earlier.tolist(), strict=True):
        if keep[other]:
            keep[row] = False


def _clusters(vectors: Vectors) -> list[Integers]:
    count = max(2, len(vectors) // LIST)
    step = max(1, len(vectors) // (64 * count))
    centres = kmeans.fit(vectors[::step], count=count, rounds=3)
    nearest, _ = kmeans.assign(vectors, centres)
    return arrays.members(nearest, count)
