import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import splits
from app.geometry.splits import Units
from tests.geometry.test_thinning import repeating

TAU = 0.93
SIZES = ((90, 5, 5), (80, 10, 10), (50, 50), (34, 33, 33), (80, 0, 20), (100,))

rows = st.integers(0, 300)
seeds = st.integers(0, 2**31 - 1)
percents = st.sampled_from(SIZES)


def singles(count: int) -> Units:
    return splits.units_of(np.arange(count), np.arange(count) + 7)


def grouped(count: int, seed: int) -> Units:
    """Rows of which many belong to small groups."""
    groups = np.random.default_rng(seed).integers(0, max(1, count // 2), count)
    return splits.units_of(groups, np.arange(count) + 7)


@given(rows, seeds, percents)
def test_rows_that_are_alone_fill_every_part_exactly(
    count: int, seed: int, sizes: tuple[int, ...]
) -> None:
    part = splits.deal(singles(count), sizes, seed=seed)
    assert np.bincount(part, minlength=len(sizes)).tolist() == splits.quotas(count, sizes)
    assert sum(splits.quotas(count, sizes)) == count


@given(rows, seeds, percents, st.integers(1, 5))
def test_strata_fill_every_part_exactly_and_in_proportion(
    count: int, seed: int, sizes: tuple[int, ...], kinds: int
) -> None:
    strata = np.random.default_rng(seed).integers(0, kinds, count)
    part = splits.deal(singles(count), sizes, seed=seed, strata=strata)
    assert np.bincount(part, minlength=len(sizes)).tolist() == splits.quotas(count, sizes)
    for kind in range(kinds):
        inside = part[strata == kind]
        for number, wanted in enumerate(sizes):
            assert abs(int((inside == number).sum()) - len(inside) * wanted / 100) <= len(sizes)


@given(rows, seeds, percents)
def test_no_unit_is_torn_and_no_part_above_the_first_is_too_large(
    count: int, seed: int, sizes: tuple[int, ...]
) -> None:
    units = grouped(count, seed)
    part = splits.deal(units, sizes, seed=seed)
    for unit in range(len(units.size)):
        assert len(set(part[units.unit == unit])) == 1
    counts = np.bincount(part, minlength=len(sizes))
    assert (counts[1:] <= splits.quotas(count, sizes)[1:]).all()
    assert (part == splits.deal(units, sizes, seed=seed)).all()


@given(rows, seeds, percents, st.integers(1, 12))
def test_a_region_that_is_held_out_holds_nothing_to_learn_from(
    count: int, seed: int, sizes: tuple[int, ...], regions: int
) -> None:
    units = grouped(count, seed)
    region = np.random.default_rng(seed + 1).integers(-1, regions, count)
    part, held = splits.hold_out(units, region, sizes, seed=seed)
    for number in np.flatnonzero(held):
        assert (part[region == number] > 0).all()
    for unit in range(len(units.size)):
        assert len(set(part[units.unit == unit])) == 1
    again, _ = splits.hold_out(units, region, sizes, seed=seed)
    assert (part == again).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 120), st.integers(0, 1_000))
def test_no_near_pair_lies_in_two_groups(size: int, seed: int) -> None:
    vectors = repeating(size, seed)
    group = splits.near_groups(vectors, tau=TAU)
    one, other = np.nonzero(vectors @ vectors.T >= TAU)
    assert (group[one] == group[other]).all()
    alone = (vectors @ vectors.T >= TAU).sum(axis=1) <= 1
    assert len(set(group[alone])) == alone.sum()


def test_what_any_grouping_joins_is_joined() -> None:
    family = np.array([-1, 3, 3, -1, 9, 9])
    copies = np.array([0, 1, 2, 2, 4, 5])
    joined = splits.join(6, family, copies)
    assert joined.tolist() == [0, 1, 1, 1, 4, 4]


def test_most_keys_keep_their_part_when_others_come() -> None:
    before = splits.deal(singles(1_000), (90, 5, 5), seed=3)
    after = splits.deal(singles(1_050), (90, 5, 5), seed=3)[:1_000]
    assert (before == after).mean() > 0.98


def test_another_seed_deals_otherwise() -> None:
    one, other = (splits.deal(singles(1_000), (50, 50), seed=seed) for seed in (1, 2))
    assert 0.3 < (one == other).mean() < 0.7


def test_many_vectors_are_compared_within_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splits, "MOST_EXACT", 50)
    monkeypatch.setattr(splits, "LIST", 20)
    vectors = repeating(200, 1)
    group = splits.near_groups(vectors, tau=TAU)
    one, other = np.nonzero(vectors @ vectors.T >= TAU)
    assert (group[one] == group[other]).mean() > 0.95
