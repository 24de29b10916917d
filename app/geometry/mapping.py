"""Vectors as a flat map, to look at only: nothing is ever judged by it. PERFORMANCE.md 3.

UMAP (McInnes and others 2018) keeps neighbours near each other; how far apart its islands lie
means nothing. It is fitted on a fair sample; the rest is placed among its nearest neighbours.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.geometry import arrays, neighbours
from app.geometry.arrays import Singles, Vectors

MOST_FITTED = 50_000
FEWEST = 20
"""Below this there is no neighbourhood to speak of: two principal directions are shown instead."""
NEIGHBOURS = 15
EPOCHS = 200
EDGE = 0.04
"""Free rim of the map, as a part of its side."""
LOOSE = 0.002
"""Share of the points on each side that may lie beyond the map's scale; they go to its rim."""

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a map was made ("umap" or "directions"), its positions (n, 2), the rows fitted."""

    method: str
    positions: Singles
    fitted: int


def draw(vectors: Vectors, *, seed: int = 0, report: Report = lambda _phase: None) -> Drawing:
    """Lay out vectors (n, d), unit length, on a plane; the same answer for the same seed."""
    arrays.require_matrix(vectors)
    some = vectors[:: max(1, len(vectors) // (20 * FEWEST))]
    if len(np.unique(some, axis=0)) < FEWEST:
        return Drawing("directions", directions(vectors), len(vectors))
    rows = np.arange(len(vectors))
    if len(vectors) > MOST_FITTED:
        rows = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:MOST_FITTED])
    report("find neighbours")
    fitted = np.ascontiguousarray(vectors[rows], dtype=np.float32)
    near = neighbours.knn(fitted, k=min(NEIGHBOURS, len(fitted) - 1))
    report("lay out the map")
    positions = np.empty((len(vectors), 2), np.float32)
    positions[rows] = _umap(fitted, near, seed)
    rest = np.setdiff1d(np.arange(len(vectors)), rows)
    if len(rest):
        report("place the rest")
        positions[rest] = beside(vectors[rest], fitted, positions[rows])
    return Drawing("umap", positions, len(rows))


def beside(vectors: Vectors, placed: Vectors, positions: Singles) -> Singles:
    """Positions (m, 2) for new vectors: the mean of their placed neighbours', the alike count more.

    Args:
        vectors: to place, (m, d).
        placed: the vectors that have a place, (n, d), n at least 1, and
        positions: where, (n, 2).
    """
    found = neighbours.knn(vectors, k=min(NEIGHBOURS, len(placed)), others=placed)
    # Weights fall off with the distance of the nearest: a twin decides, equals share.
    apart = np.maximum(1.0 - found.similarity, 1e-4)
    weight = np.where(found.index >= 0, (apart[:, :1] / apart) ** 2, 0.0)
    weight /= weight.sum(axis=1, keepdims=True)
    mean: Singles = np.einsum("mk,mkc->mc", weight, positions[found.index]).astype(np.float32)
    return mean


def directions(vectors: Vectors) -> Singles:
    """Vectors along their two widest directions, (n, 2); zeros where there are none."""
    found = np.zeros((len(vectors), 2), np.float32)
    centred = vectors - vectors.mean(axis=0, keepdims=True) if len(vectors) else vectors
    values, axes = np.linalg.eigh(centred.T @ centred)
    widest = axes[:, np.argsort(-values)[:2]]
    # The sign of a direction is chance: the largest part is positive.
    widest = widest * np.sign(widest[np.abs(widest).argmax(axis=0), range(widest.shape[1])])
    found[:, : widest.shape[1]] = centred @ widest
    return found


def scale_of(positions: Singles) -> tuple[float, float, float]:
    """The middle (x, y) of a map and the reach of it that is shown, from all but a few points."""
    if not len(positions):
        return 0.0, 0.0, 1.0
    low, high = np.quantile(positions, (LOOSE, 1 - LOOSE), axis=0)
    middle = (low + high) / 2
    reach = float((high - low).max() / 2) or 1.0
    return float(middle[0]), float(middle[1]), reach / (1 - EDGE)


def pack(positions: Singles, scale: tuple[float, float, float]) -> NDArray[np.uint16]:
    """Positions (n, 2) as 16 bits over the square of the map, y downwards."""
    x, y, reach = scale
    placed = (positions - np.array([x, y], np.float32)) / reach
    packed: NDArray[np.uint16] = np.rint((np.clip(placed, -1, 1) + 1) / 2 * 65535).astype(np.uint16)
    return packed


def unpack(packed: NDArray[np.uint16], scale: tuple[float, float, float]) -> Singles:
    """The inverse of pack."""
    x, y, reach = scale
    placed = (packed.astype(np.float64) / 65535 * 2 - 1) * reach
    positions: Singles = (placed + np.array([x, y])).astype(np.float32)
    return positions


def _umap(vectors: Vectors, near: neighbours.Neighbours, seed: int) -> Singles:
    """UMAP from a neighbour graph.

    numba's threads can abort the process when two fits meet in it: one worker draws one map at a
    time, and a seeded fit keeps to one thread.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its __init__ complains that there is no Tensorflow
        from umap import UMAP
    rows = np.arange(len(vectors), dtype=np.int32)[:, None]
    index = np.hstack([rows, near.index])  # UMAP counts a point as its own first neighbour
    apart = np.hstack([np.zeros((len(vectors), 1), np.float32), 1.0 - near.similarity])
    start = directions(vectors)
    start = 10 * start / max(float(np.abs(start).max()), 1e-6)
    model = UMAP(
        n_neighbors=index.shape[1],
        metric="cosine",
        n_epochs=EPOCHS,
        init=start,
        random_state=seed,
        n_jobs=1,
        force_approximation_algorithm=True,  # or it finds the neighbours of few points itself
        precomputed_knn=(index, np.maximum(apart, 0).astype(np.float32), None),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that new points could not be transformed: they are not
        return np.asarray(model.fit_transform(vectors), np.float32)
