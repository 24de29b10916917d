"""Lloyd's k-means by plain matrix products: many small clusters, a few rounds."""

import numpy as np

from app.geometry import arrays
from app.geometry.arrays import Integers, Numbers, Singles, Vectors


def fit(vectors: Vectors, *, count: int, seed: int = 0, rounds: int = 5) -> Vectors:
    """Centres (count, d) of vectors (n, d), n >= count; they are means, not unit vectors."""
    generator = np.random.default_rng(seed)
    chosen = generator.choice(len(vectors), count, replace=False)
    centres = vectors[np.sort(chosen)].astype(np.float32)
    for _ in range(rounds):
        nearest, _ = assign(vectors, centres)
        sizes = np.bincount(nearest, minlength=count)
        moved = means(vectors, nearest, count=count)
        centres = np.where(sizes[:, None] > 0, moved, centres).astype(np.float32)
    return centres


def assign(vectors: Vectors, centres: Vectors) -> tuple[Integers, Singles]:
    """The nearest centre of each vector and the Euclidean distance to it."""
    nearest = np.empty(len(vectors), dtype=np.int64)
    distance = np.empty(len(vectors), dtype=np.float32)
    half = 0.5 * np.einsum("kd,kd->k", centres, centres)
    for block in arrays.blocks(len(vectors), len(centres)):
        affinity = vectors[block] @ centres.T - half
        nearest[block] = affinity.argmax(axis=1)
        # |v - c|^2 = |v|^2 - 2 (v.c - |c|^2 / 2)
        squared = np.einsum("nd,nd->n", vectors[block], vectors[block]) - 2 * affinity.max(axis=1)
        distance[block] = np.sqrt(np.maximum(squared, 0))
    return nearest, distance


def means(
    vectors: Vectors, group: Integers, *, count: int, weights: Numbers | None = None
) -> Vectors:
    """The (weighted) mean of each group, (count, d); zeros for an empty group."""
    from scipy.sparse import csr_matrix

    weight = np.ones(len(vectors), np.float32) if weights is None else weights.astype(np.float32)
    rows = (weight, (group, np.arange(len(vectors))))
    chooser = csr_matrix(rows, shape=(count, len(vectors)))
    total = np.maximum(np.bincount(group, weights=weight, minlength=count), 1e-12)
    return np.asarray((chooser @ vectors) / total[:, None], dtype=np.float32)
