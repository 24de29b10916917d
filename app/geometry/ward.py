"""Weighted Ward linkage by the nearest-neighbour chain.

SciPy's Ward knows no weights, and a micro-centroid stands for many points. Murtagh and Legendre,
"Ward's hierarchical agglomerative clustering method", J. of Classification 31 (2014).
"""

import numpy as np

from app.geometry.arrays import Integers, Numbers, Vectors

LARGEST = 5_000
"""Points above which the matrix of distances (4 n^2 bytes) is too large: use micro-centroids."""


def link(points: Vectors, weights: Numbers) -> Numbers:
    """A tree in SciPy's format: rows (left, right, height, leaves), n - 1 of them.

    With weights of one the heights are those of `scipy.cluster.hierarchy.ward`.
    """
    weight = weights.astype(np.float64).copy()
    gap = _ward_distances(points.astype(np.float32), weight)
    merges = np.empty((max(len(points) - 1, 0), 3))
    chain: list[int] = []
    alive = np.ones(len(points), dtype=bool)
    for row in range(len(merges)):
        if not chain:
            chain.append(int(alive.argmax()))
        first, second = _find_mutual(gap, chain)
        merges[row] = first, second, gap[first, second]
        _merge(gap, weight, first, second)
        alive[first] = False
    return _label(merges)


def cut(tree: Numbers, count: int) -> Integers:
    """Labels 0..count-1 of the leaves when the tree is cut into count groups."""
    leaves = len(tree) + 1
    parent = np.arange(leaves + len(tree))
    for row in range(leaves - min(max(count, 1), leaves)):
        parent[tree[row, :2].astype(np.int64)] = leaves + row
    # Children come before parents, so one pass from the top flattens the forest.
    for node in range(len(parent) - 1, -1, -1):
        parent[node] = parent[parent[node]]
    labels: Integers = np.unique(parent[:leaves], return_inverse=True)[1].astype(np.int64)
    return labels


def _ward_distances(points: Vectors, weight: Numbers) -> Vectors:
    half = 0.5 * np.einsum("nd,nd->n", points, points)
    gap = np.asarray(points @ points.T, dtype=np.float32)
    gap -= half[:, None]
    gap -= half[None, :]
    gap *= -2
    np.maximum(gap, 0, out=gap)
    # A product of matrices may differ from its transpose in the last bit; a chain must not.
    gap = np.minimum(gap, gap.T)
    single = weight.astype(np.float32)
    for row in range(len(points)):
        gap[row] *= 2 * single[row] * single / (single[row] + single)
    np.fill_diagonal(gap, np.inf)
    return gap


def _find_mutual(gap: Vectors, chain: list[int]) -> tuple[int, int]:
    """Grow the chain until its last two are each other's nearest; take them off."""
    while True:
        last = chain[-1]
        nearest = int(gap[last].argmin())
        # A tie must not lead on: the one we came from wins, or the chain could run in a circle.
        if len(chain) > 1 and gap[last, chain[-2]] <= gap[last, nearest]:
            return chain.pop(), chain.pop()
        chain.append(nearest)


def _merge(gap: Vectors, weight: Numbers, first: int, second: int) -> None:
    """Lance-Williams: second becomes the union, first is dead."""
    own, other = weight[first], weight[second]
    height = gap[first, second]
    row = (own + weight) * gap[first] + (other + weight) * gap[second] - weight * height
    row = (row / (own + other + weight)).astype(np.float32)
    gap[first] = np.inf
    gap[:, first] = np.inf
    row[[first, second]] = np.inf
    gap[second] = row
    gap[:, second] = row
    weight[second] = own + other


def _label(merges: Numbers) -> Numbers:
    """Sort the merges by height and name each union n + its row."""
    leaves = len(merges) + 1
    order = np.argsort(merges[:, 2], kind="stable")
    node = np.arange(leaves)
    parent = np.arange(leaves)
    held = np.concatenate([np.ones(leaves), np.zeros(len(merges))])
    tree = np.empty((len(merges), 4))
    for row, (first, second, height) in enumerate(merges[order]):
        one, two = _root(parent, int(first)), _root(parent, int(second))
        left, right = sorted((int(node[one]), int(node[two])))
        held[leaves + row] = held[left] + held[right]
        tree[row] = left, right, np.sqrt(max(height, 0.0)), held[leaves + row]
        parent[one] = two
        node[two] = leaves + row
    return tree


def _root(parent: Integers, leaf: int) -> int:
    while parent[leaf] != leaf:
        parent[leaf] = parent[parent[leaf]]
        leaf = int(parent[leaf])
    return leaf
