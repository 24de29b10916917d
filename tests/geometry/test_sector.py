import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.geometry import sector


def test_a_cell_is_two_lines_and_two_arcs() -> None:
    drawn = sector.path((0.25, 0.5), (0, math.pi / 2), rim=100)
    assert drawn == "M0 -25L0 -50A50 50 0 0 1 50 0L25 0A25 25 0 0 0 0 -25Z"


def test_more_than_half_a_turn_takes_the_large_arc() -> None:
    assert " 0 1 1 " in sector.path((0.25, 0.5), (0, 4), rim=100)


def test_a_full_turn_is_two_circles() -> None:
    drawn = sector.path((0.25, 1), (0, 2 * math.pi), rim=100)
    assert drawn.count("A") == 4
    assert drawn.count("Z") == 2


@given(
    st.floats(0.25, 0.9),
    st.floats(0.01, 0.1),
    st.floats(0, 6),
    st.floats(0.001, 0.28),
    st.floats(0, 10),
)
def test_an_inset_path_stays_inside_its_cell(
    inner: float, thickness: float, start: float, width: float, inset: float
) -> None:
    drawn = sector.path((inner, inner + thickness), (start, start + width), rim=300, inset=inset)
    for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", drawn):
        radius = math.hypot(float(x), float(y)) / 300
        assert inner - 1e-3 <= radius <= inner + thickness + 1e-3


@given(st.lists(st.floats(-500, 500), max_size=30), st.floats(1, 60))
def test_labels_are_spread_in_order_and_inside(ideal: list[float], gap: float) -> None:
    placed = sector.spread(ideal, low=-300, high=300, gap=gap)
    assert len(placed) == len(ideal)
    room = min(gap, 600 / max(len(ideal) - 1, 1))
    in_order = sorted(zip(ideal, placed, strict=True))
    for (_, first), (_, second) in pairwise(in_order):
        assert abs(second - first) >= room - 1e-6
    assert all(-300 - 1e-6 <= place <= 300 + 1e-6 for place in placed)
    ranked = sorted(placed)
    assert ranked == [place for _, place in sorted(in_order, key=lambda pair: pair[1])]


def test_labels_with_room_stay_where_they_want_to_be() -> None:
    assert sector.spread([50, -40, 10], low=-100, high=100, gap=20) == pytest.approx([50, -40, 10])


@pytest.mark.parametrize("outward", [True, False])
def test_an_arc_goes_either_way(outward: bool) -> None:
    drawn = sector.arc(10, (0, math.pi / 2), outward=outward)
    assert drawn == ("M0 -10A10 10 0 0 1 10 0" if outward else "M10 0A10 10 0 0 0 0 -10")
