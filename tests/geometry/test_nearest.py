import numpy as np
import pytest

from app.geometry import nearest
from app.geometry.arrays import Vectors


def clustered(rows: int, dimensions: int) -> Vectors:
    """Unit vectors in 60 groups, as texts lie."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(60, dimensions))
    found = centres[rng.integers(0, 60, rows)] + 0.6 * rng.normal(size=(rows, dimensions))
    unit: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.mark.parametrize(("rows", "dimensions"), [(1, 8), (50, 64), (4_000, 384)])
def test_the_nearest_are_those_of_a_full_search(rows: int, dimensions: int) -> None:
    vectors = clustered(rows, dimensions)
    seen = nearest.directions(vectors)
    found = nearest.find(
        vectors[0], seen=seen, rough=vectors @ seen, full=vectors.astype(np.float16), k=20
    )
    true = np.argsort(-(vectors @ vectors[0]))[:20]
    assert found.rows[0] == 0
    assert np.all(np.diff(found.alike) <= 0)
    assert len(np.intersect1d(found.rows, true)) >= 0.9 * len(true)
