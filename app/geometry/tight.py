"""Clusters that are far tighter than the rest: templated data, found without a target.

HDBSCAN on the sparse graph of nearest neighbours in the full space; a cluster is tight when it
has 20 samples or more and their local density stands out. PERFORMANCE.md 4, BOARD.md 5.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.geometry.arrays import Integers, Marks, Numbers
from app.geometry.neighbours import Neighbours

FEWEST = 20
OUTSTANDING = 2.5
FRINGE = 1.0
"""What HDBSCAN adds round a cluster's rim though it is no denser than usual is not of it."""
LARGEST_SHARE = 0.1
"""No cluster may hold more of the data, or HDBSCAN can make one giant of all."""


@dataclass(frozen=True, slots=True)
class Tight:
    """Tight clusters, numbered by size x (z above the limit), largest first.

    `cluster` (n,) gives each sample its cluster or -1; `sizes` and `z` are by cluster.
    """

    cluster: Integers
    sizes: Integers
    z: Numbers


def find(neighbours: Neighbours, *, largest_share: float = LARGEST_SHARE) -> Tight:
    """Find the tight clusters in the graph of k nearest neighbours (k >= 10)."""
    count = len(neighbours.index)
    if count < 2 * FEWEST:
        return Tight(np.full(count, -1), np.empty(0, np.int64), np.empty(0))
    label = _cluster(neighbours, max(2 * FEWEST, int(largest_share * count)))
    z = _tightness(neighbours)
    numbers = [number for number in range(label.max() + 1) if (label == number).sum() >= FEWEST]
    middle = {number: float(np.median(z[label == number])) for number in numbers}
    kept = [number for number in numbers if middle[number] > OUTSTANDING]
    kept.sort(key=lambda number: (OUTSTANDING - middle[number]) * (label == number).sum())
    cluster = np.full(count, -1)
    for rank, number in enumerate(kept):
        cluster[(label == number) & (z > FRINGE)] = rank
    sizes = np.array([(cluster == rank).sum() for rank in range(len(kept))], dtype=np.int64)
    return Tight(cluster, sizes, np.array([middle[number] for number in kept]))


def _tightness(neighbours: Neighbours) -> Numbers:
    """Robust z of -log(distance to the k-th neighbour): high where the data are dense."""
    last = neighbours.similarity[:, -1].astype(np.float64)
    radius = -0.5 * np.log(np.maximum(2 - 2 * last, 1e-6))
    middle = np.median(radius)
    spread = 1.4826 * np.median(np.abs(radius - middle))
    return np.asarray((radius - middle) / max(spread, 1e-9), dtype=np.float64)


def _cluster(neighbours: Neighbours, largest: int) -> Integers:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    count, k = neighbours.index.shape
    present = neighbours.index.ravel() >= 0
    row = np.repeat(np.arange(count), k)[present]
    column = neighbours.index.ravel()[present]
    # A stored zero means "no edge" to a sparse matrix, so copies are held a hair apart.
    length = np.sqrt(np.maximum(2 - 2 * neighbours.similarity.ravel()[present], 1e-8))
    graph = csr_matrix((length, (row, column)), shape=(count, count))
    graph = graph.maximum(graph.T)
    label = np.full(count, -1)
    _, component = connected_components(graph, directed=False)
    start = 0
    for part in _large_parts(component):
        if len(part) <= largest:
            # HDBSCAN never takes all that it is given for one cluster.
            label[part] = start
            start += 1
            continue
        found = _split(graph[part][:, part], largest)
        label[part] = np.where(found >= 0, found + start, -1)
        start += int(found.max()) + 1
    return label


def _split(graph: Any, largest: int) -> Integers:
    from sklearn.cluster import HDBSCAN

    model = HDBSCAN(
        min_cluster_size=FEWEST,
        min_samples=5,
        metric="precomputed",
        max_cluster_size=largest,
        copy=True,
    )
    return np.asarray(model.fit_predict(graph), dtype=np.int64)


def _large_parts(component: Integers) -> list[Integers]:
    """HDBSCAN wants one connected graph; a part too small for a cluster holds none."""
    sizes = np.bincount(component)
    return [np.flatnonzero(component == number) for number in np.flatnonzero(sizes >= FEWEST)]


def mark(tight: Tight) -> Marks:
    """Which samples are in a tight cluster."""
    return np.asarray(tight.cluster >= 0, dtype=bool)
