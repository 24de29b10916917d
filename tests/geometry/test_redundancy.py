import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import neighbours, redundancy, thinning
from tests.geometry import clouds


def _copies(vector: np.ndarray, count: int, *, step: float, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(count, vector.size))
    return clouds.unit(vector + step * noise)


def test_copies_make_a_knot_and_others_do_not() -> None:
    vectors = np.vstack([clouds.scatter(200), _copies(clouds.scatter(1, seed=7), 9, step=0.005)])
    near = neighbours.knn(vectors, k=10)
    knots = redundancy.find_knots(vectors, near, tau=0.98)
    assert knots.sizes.tolist() == [9]
    assert (knots.knot[200:] == 0).all()
    assert (knots.knot[:200] == -1).all()


def test_a_chain_of_small_steps_is_not_one_knot() -> None:
    angles = np.arange(60) * 0.12
    chain = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    knots = redundancy.find_knots(chain, neighbours.knn(chain, k=10), tau=0.99)
    for number in range(len(knots.sizes)):
        members = chain[knots.knot == number]
        assert (members @ members.T).min() >= 0.94 - 1e-5
    assert len(knots.sizes) != 1


@pytest.mark.parametrize("angles", [(0.0, 0.25, 0.35), (0.35, 0.25, 0.0)])
def test_the_most_alike_are_joined_first(angles: tuple[float, ...]) -> None:
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    near = neighbours.knn(vectors, k=2)
    found = redundancy.group(vectors, near, tau=0.96, slack=0.01).tolist()
    assert found == [0 if angle > 0.1 else -1 for angle in angles]


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 120), st.integers(0, 50), st.floats(0.5, 0.99))
def test_knots_have_five_or_more_and_their_members_are_alike(
    size: int, seed: int, tau: float
) -> None:
    vectors = clouds.scatter(size, dimensions=4, seed=seed)
    knots = redundancy.find_knots(vectors, neighbours.knn(vectors, k=8), tau=tau)
    assert (knots.sizes >= redundancy.FEWEST_IN_KNOT).all()
    for number, count in enumerate(knots.sizes):
        members = vectors[knots.knot == number]
        assert len(members) == count
        assert (members @ members.T).min() >= tau - 0.05 - 1e-5


def test_the_share_counts_samples_with_a_near_twin() -> None:
    vectors = np.vstack([np.eye(8, dtype=np.float32), np.eye(8, dtype=np.float32)[:2]])
    assert redundancy.share(neighbours.knn(vectors, k=3), tau=0.9) == pytest.approx(0.4)
    assert redundancy.share(neighbours.knn(vectors[:0], k=3), tau=0.9) == 0


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 60), st.integers(0, 50))
def test_cutting_names_every_sample_once_and_leaves_one_of_each_group(size: int, seed: int) -> None:
    vectors = clouds.scatter(max(size, 1), dimensions=3, seed=seed)[:size]
    rows, alike = redundancy.order_cuts(vectors)
    assert sorted(rows.tolist()) == list(range(size))
    for cut in range(size):
        rest = vectors[rows[cut + 1 :]]
        nearest = (vectors[rows[cut]] @ rest.T).max() if len(rest) else -1
        assert alike[cut] == pytest.approx(nearest, abs=1e-4)


def test_of_a_group_of_copies_one_stays_and_kept_samples_go_last() -> None:
    group = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    rows, _ = redundancy.order_cuts(group)
    assert {int(row) // 4 for row in rows[-3:]} == {0, 1, 2}
    keep = np.zeros(12, bool)
    keep[[1, 2]] = True
    rows, _ = redundancy.order_cuts(group, turn=keep)
    assert set(rows[-2:].tolist()) == {1, 2}


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 150), st.integers(0, 50), st.floats(0.3, 0.99))
def test_thinning_keeps_no_two_alike_and_drops_none_without_a_twin(
    size: int, seed: int, tau: float
) -> None:
    vectors = clouds.scatter(max(size, 1), dimensions=4, seed=seed)[:size]
    keep = thinning.distinct(vectors, tau=tau)
    near = vectors @ vectors.T
    kept = near[np.ix_(keep, keep)]
    np.fill_diagonal(kept, -1)
    assert (kept < tau + 1e-5).all()
    for row in np.flatnonzero(~keep):
        assert (near[row, :row][keep[:row]] >= tau - 1e-5).any()


def test_large_data_are_thinned_cluster_by_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clouds.scatter(6000)
    twice = np.vstack([vectors, vectors])
    monkeypatch.setattr(thinning, "MOST_EXACT", 1000)
    assert thinning.distinct(twice, tau=0.999).sum() <= 6000
