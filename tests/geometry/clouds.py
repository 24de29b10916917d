"""Made vectors for the tests: clusters of points on the unit sphere."""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def unit(rows: NDArray[np.floating]) -> Vectors:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / length, dtype=np.float32)


def scatter(count: int, *, dimensions: int = 16, clusters: int = 12, seed: int = 0) -> Vectors:
    """Points around a few centres; the centres depend on the dimensions alone."""
    centres = np.random.default_rng(99).normal(size=(clusters, dimensions))
    generator = np.random.default_rng(seed)
    chosen = centres[generator.integers(clusters, size=count)]
    return unit(chosen + 0.6 * generator.normal(size=(count, dimensions)))
