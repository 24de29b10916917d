import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import neighbours, thinning
from tests.geometry import clouds

TAU = 0.93


def repeating(size: int, seed: int) -> np.ndarray:
    """Vectors of which about half are copies of others, some nearly."""
    generator = np.random.default_rng(seed)
    drawn = clouds.scatter(size, clusters=5, seed=seed)[generator.integers(0, size, size)]
    moved = drawn + generator.normal(0, 0.01, drawn.shape)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 120), st.integers(0, 1_000))
def test_what_is_kept_is_unlike_and_what_goes_is_like_something_kept(size: int, seed: int) -> None:
    vectors = repeating(size, seed)
    keep = thinning.distinct(vectors, tau=TAU)
    near = vectors @ vectors.T
    np.fill_diagonal(near, -1)
    assert (near[np.ix_(keep, keep)] < TAU).all()
    assert (near[np.ix_(~keep, keep)] >= TAU).any(axis=1).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 120), st.integers(0, 1_000))
def test_knowing_the_nearest_changes_nothing_but_the_work(size: int, seed: int) -> None:
    vectors = repeating(size, seed)
    nearest = neighbours.knn(vectors, k=1).similarity[:, 0]
    rows = thinning.rows(vectors, nearest, tau=TAU)
    assert rows.tolist() == np.flatnonzero(thinning.distinct(vectors, tau=TAU)).tolist()
