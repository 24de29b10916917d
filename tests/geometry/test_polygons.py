from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.geometry import polygons

small = st.integers(0, 12)
corners = st.lists(st.tuples(small, small), min_size=3, max_size=9)


def slow_inside(x: int, y: int, ring: list[tuple[int, int]]) -> bool:
    odd = False
    for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
        if (y1 > y) != (y2 > y):
            odd ^= Fraction(x) < x1 + Fraction((y - y1) * (x2 - x1), y2 - y1)
    return odd


def grid() -> tuple[polygons.Coordinates, polygons.Coordinates]:
    x, y = np.meshgrid(np.arange(14), np.arange(14))
    return x.ravel().astype(np.uint16), y.ravel().astype(np.uint16)


@given(corners)
def test_every_point_is_judged_by_the_even_odd_rule(ring: list[tuple[int, int]]) -> None:
    x, y = grid()
    found = polygons.inside(x, y, np.array(ring))
    told = [slow_inside(int(a), int(b), ring) for a, b in zip(x, y, strict=True)]
    assert found.tolist() == told


@given(corners, st.integers(0, 8))
def test_where_and_which_way_a_stroke_begins_does_not_matter(
    ring: list[tuple[int, int]], turn: int
) -> None:
    x, y = grid()
    once = polygons.inside(x, y, np.array(ring))
    turned = ring[turn % len(ring) :] + ring[: turn % len(ring)]
    assert (polygons.inside(x, y, np.array(turned[::-1])) == once).all()


@given(st.integers(1, 11))
def test_two_boxes_side_by_side_hold_each_point_once(middle: int) -> None:
    x, y = grid()
    left = polygons.inside(x, y, np.array([[0, 0], [middle, 0], [middle, 12], [0, 12]]))
    right = polygons.inside(x, y, np.array([[middle, 0], [12, 0], [12, 12], [middle, 12]]))
    assert not (left & right).any()
    assert (left | right).sum() == 144


def test_strokes_add_take_away_and_keep() -> None:
    x, y = grid()
    box = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    part = np.array([[0, 0], [5, 0], [5, 10], [0, 10]])
    assert polygons.choose(x, y, [("add", box)]).sum() == 100
    assert polygons.choose(x, y, [("add", box), ("subtract", part)]).sum() == 50
    assert polygons.choose(x, y, [("add", box), ("intersect", part)]).sum() == 50
    assert polygons.choose(x, y, [("subtract", part)]).sum() == 0
    assert polygons.choose(x, y, []).sum() == 0


def test_coordinates_at_the_far_end_do_not_overflow() -> None:
    x, y = np.array([[65535, 65534, 1]] * 2, np.uint16)
    whole = np.array([[0, 0], [65535, 0], [65535, 65535], [0, 65535]])
    assert polygons.inside(x, y, whole).tolist() == [False, True, True]
