import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import neighbours
from tests.geometry import clouds


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 900), st.integers(1, 20), st.integers(0, 99))
def test_they_are_the_true_nearest(size: int, k: int, seed: int) -> None:
    vectors = clouds.scatter(max(size, 1), seed=seed)[:size]
    found = neighbours.knn(vectors, k=k)
    near = vectors @ vectors.T
    np.fill_diagonal(near, -2)
    true = np.sort(near, axis=1)[:, ::-1][:, :k]
    have = min(k, max(size - 1, 0))
    assert np.allclose(found.similarity[:, :have], true[:, :have], atol=1e-5)
    assert (found.index[:, have:] == -1).all()
    assert (found.index[:, :have] != np.arange(size)[:, None]).all()


def test_others_may_be_another_set() -> None:
    one, other = clouds.scatter(30), clouds.scatter(70, seed=1)
    found = neighbours.knn(one, k=3, others=other)
    assert np.array_equal(found.index[:, 0], (one @ other.T).argmax(axis=1))


def test_above_the_exact_limit_hardly_a_neighbour_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = clouds.scatter(4000, clusters=60)
    exact = neighbours.knn(vectors, k=10)
    monkeypatch.setattr(neighbours, "MOST_EXACT", 1000)

    found = neighbours.knn(vectors, k=10)

    kept = [
        len(set(one) & set(other)) / 10
        for one, other in zip(exact.index.tolist(), found.index.tolist(), strict=True)
    ]
    assert np.mean(kept) > 0.97
    assert (found.index != np.arange(4000)[:, None]).all()
