import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.encoders import batches


@given(st.lists(st.integers(1, 256), max_size=60), st.integers(1, 600))
def test_every_row_comes_once_and_no_batch_is_over_budget(lengths: list[int], budget: int) -> None:
    array = np.array(lengths, dtype=np.int64)
    seen = list(batches.by_length(array, budget=budget))

    assert sorted(int(row) for rows in seen for row in rows) == list(range(len(lengths)))
    assert all(len(rows) == 1 or len(rows) * array[rows].max() <= budget for rows in seen)


def test_shortest_texts_come_first_so_that_batches_hold_like_lengths() -> None:
    lengths = np.array([9, 1, 8, 2], dtype=np.int64)

    assert [rows.tolist() for rows in batches.by_length(lengths, budget=20)] == [[1, 3], [2, 0]]


@given(st.lists(st.integers(1, 256), max_size=60), st.integers(1, 600))
def test_a_batch_of_one_width_is_within_budget(lengths: list[int], budget: int) -> None:
    array = np.array(lengths, dtype=np.int64)
    wide = batches.widths(array)
    seen = list(batches.of_one_width(array, budget=budget))

    assert sorted(int(row) for rows in seen for row in rows) == list(range(len(lengths)))
    assert all(len(set(wide[rows].tolist())) == 1 for rows in seen)
    assert all(len(rows) == 1 or len(rows) * wide[rows[0]] <= budget for rows in seen)


def test_a_width_holds_its_length_with_little_to_spare() -> None:
    lengths = np.arange(1, 257)

    spare = batches.widths(lengths) - lengths
    assert spare.min() >= 0
    assert spare.max() < 16
    assert batches.widths(lengths).max() == 256
