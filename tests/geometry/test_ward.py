import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster import hierarchy

from app.geometry import ward
from tests.geometry import clouds


def test_with_equal_weights_it_is_scipys_ward() -> None:
    points = clouds.scatter(300)

    ours, theirs = ward.link(points, np.ones(300)), hierarchy.ward(points)

    assert np.allclose(ours[:, 2], theirs[:, 2], atol=1e-4)
    assert np.array_equal(ours[:, :2], theirs[:, :2])
    assert hierarchy.is_valid_linkage(ours)


def test_a_weight_of_three_is_the_same_as_three_equal_points() -> None:
    points = clouds.scatter(40)
    weights = np.random.default_rng(0).integers(1, 5, size=40)

    heavy = ward.link(points, weights.astype(float))
    many = ward.link(np.repeat(points, weights, axis=0), np.ones(weights.sum()))

    assert np.allclose(heavy[:, 2], many[-39:, 2], atol=1e-3)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.integers(1, 70), st.integers(1, 70), st.booleans())
def test_cuts_are_nested_and_have_the_asked_number(
    size: int, few: int, more: int, alike: bool
) -> None:
    points = np.ones((size, 4), np.float32) if alike else clouds.scatter(size)
    few, more = sorted((few, more))
    tree = ward.link(points, np.ones(size))
    coarse, fine = ward.cut(tree, few), ward.cut(tree, more)
    assert coarse.max() + 1 == min(few, size)
    assert fine.max() + 1 == min(more, size)
    assert len(set(zip(coarse, fine, strict=True))) == fine.max() + 1


@pytest.mark.parametrize("size", [1, 2])
def test_the_smallest_trees_do_not_crash(size: int) -> None:
    assert len(ward.link(clouds.scatter(size), np.ones(size))) == size - 1
