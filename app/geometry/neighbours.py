"""The nearest neighbours of every vector: exact up to 60,000, by inverted lists above.

Above that the vectors are dealt to about sqrt(n) lists by k-means; each list is searched together
with the lists nearest to it. PERFORMANCE.md 2 has what else was measured.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.geometry import arrays, kmeans
from app.geometry.arrays import Integers, Singles, Vectors

MOST_EXACT = 60_000
PROBES = 24
"""Lists that are searched for each vector above MOST_EXACT."""
BIN = 16
"""Columns of which only the best is looked at first."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each vector the k nearest others, nearest first: row numbers and cosines, (n, k).

    Where there are fewer than k others the index is -1 and the similarity -1.
    """

    index: NDArray[np.int32]
    similarity: Singles


def knn(vectors: Vectors, *, k: int = 15, others: Vectors | None = None) -> Neighbours:
    """The k nearest among others; without others among the vectors, each but itself."""
    arrays.require_matrix(vectors)
    pool = vectors if others is None else others
    if len(pool) > MOST_EXACT:
        return _search_lists(vectors, pool, k, itself=others is None)
    return _search_all(vectors, pool, k, itself=others is None)


def _empty(rows: int, k: int) -> Neighbours:
    return Neighbours(np.full((rows, k), -1, np.int32), np.full((rows, k), -1.0, np.float32))


def _search_all(vectors: Vectors, pool: Vectors, k: int, *, itself: bool) -> Neighbours:
    found = _empty(len(vectors), k)
    for block in arrays.blocks(len(vectors), len(pool)):
        near = vectors[block] @ pool.T
        if itself:
            rows = np.arange(len(near))
            near[rows, rows + block.start] = -np.inf
        _keep_best(found, block, near, None)
    return found


def _keep_best(
    found: Neighbours, rows: slice | Integers, near: Singles, names: Integers | None
) -> None:
    """Write the best columns of near (m, c) into found; -inf marks a column to leave out."""
    k = min(found.index.shape[1], near.shape[1])
    if k == 0:
        return
    columns = _best_columns(near, k)
    values = np.take_along_axis(near, columns, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    columns = np.take_along_axis(columns, order, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    absent = np.isneginf(values)
    chosen = columns if names is None else names[columns]
    found.index[rows, :k] = np.where(absent, -1, chosen)
    found.similarity[rows, :k] = np.where(absent, -1.0, np.clip(values, -1, 1))


def _best_columns(near: Singles, k: int) -> Integers:
    """Exact top k: the k best columns lie in the k bins whose maxima are best."""
    bins = near.shape[1] // BIN
    if bins <= 2 * k:
        return np.asarray(np.argpartition(near, -k, axis=1)[:, -k:], dtype=np.int64)
    # Bin b holds the columns b, b + bins, ...: the maximum then runs along whole rows of memory.
    full = near[:, : bins * BIN].reshape(len(near), BIN, bins)
    best = np.argpartition(full.max(axis=1), -k, axis=1)[:, -k:]
    columns = (best[:, :, None] + bins * np.arange(BIN)).reshape(len(near), -1)
    tail = np.arange(bins * BIN, near.shape[1])
    columns = np.concatenate([columns, np.broadcast_to(tail, (len(near), len(tail)))], axis=1)
    values = np.take_along_axis(near, columns, axis=1)
    top = np.argpartition(values, -k, axis=1)[:, -k:]
    return np.asarray(np.take_along_axis(columns, top, axis=1), dtype=np.int64)


def _search_lists(vectors: Vectors, pool: Vectors, k: int, *, itself: bool) -> Neighbours:
    centres = _list_centres(pool)
    home, _ = kmeans.assign(pool, centres)
    asked = home if itself else kmeans.assign(vectors, centres)[0]
    lists = arrays.members(home, len(centres))
    closeness = centres @ centres.T - 0.5 * np.einsum("kd,kd->k", centres, centres)
    found = _empty(len(vectors), k)
    for number in np.unique(asked):
        rows = np.flatnonzero(asked == number)
        probed = np.argsort(-closeness[number], kind="stable")[:PROBES]
        names = np.concatenate([lists[probe] for probe in probed])
        near = vectors[rows] @ pool[names].T
        if itself:
            near[rows[:, None] == names] = -np.inf
        _keep_best(found, rows, near, names)
    return found


def _list_centres(pool: Vectors) -> Vectors:
    count = int(np.sqrt(len(pool)))
    step = max(1, len(pool) // (64 * count))
    return kmeans.fit(pool[::step], count=count, rounds=4)
