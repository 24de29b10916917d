import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.geometry import resampling


def test_groups_get_their_shares_and_no_row_is_favoured() -> None:
    group = np.array([0] * 200 + [1] * 40 + [-1] * 30)
    rows = resampling.choose(group, np.array([0.25, 0.75]), size=240)
    assert np.bincount(group[rows]).tolist() == [60, 180]
    times = np.bincount(rows, minlength=270)
    assert set(times[200:240].tolist()) == {4, 5}
    assert times[:200].max() == 1
    assert times[240:].sum() == 0


def test_a_group_without_rows_leaves_its_share_to_the_others() -> None:
    rows = resampling.choose(np.array([0, 0, 2, 2]), np.array([0.2, 0.5, 0.3]), size=100)
    assert np.bincount(np.array([0, 0, 2, 2])[rows]).tolist() == [40, 0, 60]


@pytest.mark.parametrize("group", [[], [-1, -1], [1, 1]])
def test_where_nothing_is_wanted_nothing_is_chosen(group: list[int]) -> None:
    chosen = resampling.choose(np.array(group, dtype=np.int64), np.array([1.0, 0.0]), size=10)
    assert chosen.tolist() == []


@given(
    st.lists(st.integers(-1, 4), min_size=1, max_size=60),
    st.lists(st.floats(0.01, 5), min_size=5, max_size=5),
    st.integers(1, 400),
)
def test_there_are_as_many_as_wanted_and_the_same_seed_gives_the_same(
    group: list[int], shares: list[float], size: int
) -> None:
    numbers, weights = np.array(group), np.array(shares)
    rows = resampling.choose(numbers, weights, size=size)
    assert len(rows) == (size if (numbers >= 0).any() else 0)
    assert (np.diff(rows) >= 0).all()
    assert (numbers[rows] >= 0).all()
    assert rows.tolist() == resampling.choose(numbers, weights, size=size).tolist()
