"""Coverage, variety, evenness and their null bands: known values and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import coverage, evenness, neighbours, null_band, redundancy, variety
from tests.geometry import clouds

seeds = st.integers(0, 10_000)
few = settings(max_examples=25, deadline=None)


def orthogonal(groups: int, each: int) -> clouds.Vectors:
    return np.repeat(np.eye(groups, dtype=np.float32), each, axis=0)


def test_a_set_covers_itself() -> None:
    points = clouds.scatter(300)
    assert coverage.measure(points, points).share == 1


def test_what_lies_elsewhere_covers_nothing() -> None:
    points = clouds.scatter(300, dimensions=8)
    here, there = np.zeros((2, 300, 16), np.float32)
    here[:, :8], there[:, 8:] = points, points
    found = coverage.measure(here, there)
    assert found.share == 0
    assert not found.covered.any()


def test_only_the_half_that_has_samples_is_covered() -> None:
    target = clouds.unit(np.concatenate([clouds.scatter(100), -clouds.scatter(100, seed=1)]))
    half = target[:100]
    found = coverage.measure(target, half)
    assert found.covered[:100].all()
    assert found.nearest[:100].tolist() == list(range(100))


def test_no_data_cover_nothing_and_no_target_has_no_share() -> None:
    points = clouds.scatter(10)
    assert coverage.measure(points, points[:0]).share == 0
    assert coverage.measure(points[:0], points).share == 0


def test_a_radius_is_that_of_the_last_neighbour_there_is() -> None:
    own = neighbours.Neighbours(
        np.array([[1, 2, -1], [-1, -1, -1]], np.int32), np.array([[0.9, 0.8, -1], [-1] * 3], "f4")
    )
    assert coverage.radii(own, k=3).tolist() == pytest.approx([0.8, 1.0])


def test_copies_cover_a_target_of_copies() -> None:
    assert coverage.measure(orthogonal(4, 9), orthogonal(4, 1)).share == 1


def test_a_lone_target_point_is_covered_by_its_copy_alone() -> None:
    point = clouds.scatter(2)
    assert coverage.measure(point[:1], point[:1]).share == 1
    assert coverage.measure(point[:1], point[1:]).share == 0


@given(seed=seeds, size=st.integers(1, 60))
@few
def test_more_data_never_cover_less(seed: int, size: int) -> None:
    target, data = clouds.scatter(80, seed=seed), clouds.scatter(60, seed=seed + 1)
    less = coverage.measure(target, data[:size]).covered
    more = coverage.measure(target, data).covered
    assert (more | ~less).all()


def test_coverage_agrees_with_the_definition() -> None:
    target, data = clouds.scatter(120, seed=3), clouds.scatter(40, seed=4)
    within = np.linalg.norm(target[:, None] - target[None], axis=2)
    radius = np.sort(within, axis=1)[:, 5]  # the 0th is the point itself
    across = np.linalg.norm(target[:, None] - data[None], axis=2).min(axis=1)
    assert coverage.measure(target, data).share == pytest.approx((across <= radius).mean())


@pytest.mark.parametrize(("groups", "each"), [(1, 1), (1, 50), (4, 25), (16, 3), (40, 1)])
def test_the_vendi_score_of_equal_orthogonal_groups_is_their_number(groups: int, each: int) -> None:
    assert variety.vendi(orthogonal(groups, each)) == pytest.approx(groups)


def test_the_dual_form_equals_the_definition() -> None:
    rows = clouds.scatter(90, dimensions=16)
    values = np.linalg.eigvalsh((rows @ rows.T).astype(np.float64) / 90)
    values = values[values > 1e-12]
    assert variety.vendi(rows) == pytest.approx(np.exp(-(values * np.log(values)).sum()), rel=1e-5)


@given(seed=seeds, count=st.integers(1, 80))
@few
def test_the_vendi_score_lies_between_one_and_the_number_of_dimensions(
    seed: int, count: int
) -> None:
    score = variety.vendi(clouds.scatter(count, seed=seed))
    assert 1 - 1e-6 <= score <= min(count, 16) + 1e-6


@given(seed=seeds)
@few
def test_measures_of_variety_do_not_look_at_the_order(seed: int) -> None:
    rows = clouds.scatter(50, seed=seed)
    mixed = rows[np.random.default_rng(seed).permutation(50)]
    assert variety.vendi(rows) == pytest.approx(variety.vendi(mixed))
    assert variety.novelty(rows) == pytest.approx(variety.novelty(mixed), rel=1e-4)


def test_novelty_of_equal_samples_is_none_and_of_orthogonal_ones_one() -> None:
    assert variety.novelty(orthogonal(1, 20)) == pytest.approx(0, abs=1e-6)
    assert variety.novelty(orthogonal(20, 1)) == pytest.approx(1)


def test_novelty_weighs_by_the_rank_of_the_distance() -> None:
    # Two pairs of copies: ranks 1, 2, 3 at the distances 0, 1, 1.
    assert variety.novelty(orthogonal(2, 2)) == pytest.approx((1 / 2 + 1 / 3) / (1 + 1 / 2 + 1 / 3))


@pytest.mark.parametrize("rows", [0, 1])
def test_variety_of_next_to_nothing_is_defined(rows: int) -> None:
    some = clouds.scatter(3)[:rows]
    assert variety.novelty(some) == 0
    assert variety.vendi(some) == pytest.approx(rows)


def test_copies_make_data_less_varied() -> None:
    spread = clouds.scatter(200, seed=1)
    crowded = spread.copy()
    crowded[50:] = spread[:1]
    assert variety.novelty(crowded) < variety.novelty(spread)
    assert variety.vendi(crowded) < variety.vendi(spread)


def test_effective_numbers_of_even_counts_are_their_number() -> None:
    assert evenness.effective(np.array([7, 7, 7, 0])) == pytest.approx(3)
    assert evenness.effective(np.array([0, 0])) == 0


@given(counts=st.lists(st.integers(0, 50), min_size=1, max_size=30))
@few
def test_effective_cells_are_at_most_the_full_ones(counts: list[int]) -> None:
    full = sum(count > 0 for count in counts)
    found = evenness.effective(np.array(counts))
    assert found <= full + 1e-9
    assert found >= min(full, 1) - 1e-9


def test_data_by_the_target_s_shares_are_as_even_as_it() -> None:
    shares = np.array([0.5, 0.3, 0.2])
    assert evenness.compare(np.array([50, 30, 20]), shares) == pytest.approx(1)
    assert evenness.compare(np.array([98, 1, 1]), shares) < 0.5


def test_bands_hold_what_fresh_draws_score() -> None:
    """Half of a cloud is the target, samples of the other half are data that match it."""
    cloud = clouds.scatter(3000, seed=5)
    target, rest = cloud[:1000], cloud[1000:]
    own = neighbours.knn(target, k=15)
    tau = 0.95
    cover, repeat, novel = [], [], []
    for seed in range(10):
        data = rest[np.random.default_rng(seed).permutation(2000)[:500]]
        cover.append(coverage.measure(target, data, own=own).share)
        repeat.append(redundancy.share(neighbours.knn(data, k=1), tau=tau))
        novel.append(variety.novelty(data))
    covers = null_band.of_coverage(own, 500)
    repeats = null_band.of_repeats(own, 500, tau=tau)
    novels = null_band.of_vectors(variety.novelty, target, 500)
    assert covers.low - 0.02 <= np.median(cover) <= covers.high + 0.02
    assert repeats.low - 0.02 <= np.median(repeat) <= repeats.high + 0.02
    assert novels.low - 0.01 <= np.median(novel) <= novels.high + 0.01


@pytest.mark.parametrize(("target", "size"), [(400, 400), (400, 100), (100, 700)])
def test_the_band_of_coverage_lies_where_the_lemma_says(target: int, size: int) -> None:
    own = neighbours.knn(clouds.scatter(target), k=5)
    i = np.arange(1, 6)
    expected = 1 - np.prod((target - i) / (target + size - i))
    assert null_band.of_coverage(own, size).usual == pytest.approx(expected, abs=0.02)


def test_as_many_draws_as_the_target_holds_repeat_like_the_target() -> None:
    target = clouds.scatter(600, seed=2)
    own = neighbours.knn(target, k=15)
    band = null_band.of_repeats(own, 600, tau=0.95)
    assert band.low <= redundancy.share(own, tau=0.95) <= band.high


def test_the_band_of_evenness_holds_what_fits_the_shares() -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(60))
    band = null_band.of_evenness(shares, 800)
    fair = evenness.compare(np.random.default_rng(7).multinomial(800, shares), shares)
    assert band.low - 0.01 <= fair <= band.high + 0.01
    assert band.low <= band.usual <= band.high


@given(seed=seeds, size=st.integers(1, 400))
@few
def test_bands_are_ordered_and_come_out_the_same_again(seed: int, size: int) -> None:
    own = neighbours.knn(clouds.scatter(60, seed=seed), k=5)
    band = null_band.of_coverage(own, size, seed=seed)
    assert 0 <= band.low <= band.usual <= band.high <= 1
    assert band == null_band.of_coverage(own, size, seed=seed)


def test_a_target_of_one_has_bands_too() -> None:
    own = neighbours.knn(clouds.scatter(1), k=5)
    assert null_band.of_coverage(own, 5).high == 0
    assert null_band.of_repeats(own, 5, tau=0.9).high == 0
    assert null_band.common_size(5, 1, most=100) == 1
