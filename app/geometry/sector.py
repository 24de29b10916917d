"""The board as SVG paths: cells, arcs, and a column of labels that do not overlap.

Angles are radians clockwise from 12 o'clock, the board's centre is (0, 0), y grows downwards.
"""

import math
from collections.abc import Sequence


def point(radius: float, angle: float) -> tuple[float, float]:
    """x and y of a polar position."""
    return radius * math.sin(angle), -radius * math.cos(angle)


def path(
    radii: tuple[float, float], angles: tuple[float, float], *, rim: float, inset: float = 0.0
) -> str:
    """The `d` of one cell.

    Args:
        radii: inner and outer, as parts of the rim.
        angles: start and end.
        rim: the board's radius in pixels.
        inset: pixels taken off on every side; never more than leaves a sliver.
    """
    inner, outer = radii[0] * rim, radii[1] * rim
    inset = min(inset, (outer - inner) / 3)
    inner, outer = inner + inset, outer - inset
    middle = (inner + outer) / 2
    turn = min(inset / max(middle, 1e-9), (angles[1] - angles[0]) / 3)
    start, end = angles[0] + turn, angles[1] - turn
    if end - start >= 2 * math.pi - 1e-6:
        return _ring(inner, outer)
    large = 1 if end - start > math.pi else 0
    return (
        f"M{_at(inner, start)}L{_at(outer, start)}"
        f"A{_short(outer)} {_short(outer)} 0 {large} 1 {_at(outer, end)}"
        f"L{_at(inner, end)}A{_short(inner)} {_short(inner)} 0 {large} 0 {_at(inner, start)}Z"
    )


def arc(radius: float, angles: tuple[float, float], *, outward: bool = True) -> str:
    """The `d` of an open arc in pixels, clockwise, or back again when outward is false.

    Text on the lower half runs along the second kind, or it would stand on its head.
    """
    large = 1 if angles[1] - angles[0] > math.pi else 0
    start, end = angles if outward else angles[::-1]
    sweep = 1 if outward else 0
    size = _short(radius)
    return f"M{_at(radius, start)}A{size} {size} 0 {large} {sweep} {_at(radius, end)}"


def spread(ideal: Sequence[float], *, low: float, high: float, gap: float) -> list[float]:
    """Positions near the ideal ones, in [low, high], neighbours at least gap apart.

    When they cannot all fit the gap shrinks so that they do. The order of the input is kept: the
    n-th answer belongs to the n-th ideal. Least squares by pooling (isotonic regression).
    """
    if not ideal:
        return []
    if len(ideal) > 1:
        gap = min(gap, (high - low) / (len(ideal) - 1))
    order = sorted(range(len(ideal)), key=lambda row: ideal[row])
    pools: list[tuple[float, int]] = []
    for rank, row in enumerate(order):
        total, size = ideal[row] - rank * gap, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            before = pools.pop()
            total, size = total + before[0], size + before[1]
        pools.append((total, size))
    top = high - gap * (len(ideal) - 1)
    starts = [min(max(total / size, low), top) for total, size in pools for _ in range(size)]
    answer = [0.0] * len(ideal)
    for rank, row in enumerate(order):
        answer[row] = starts[rank] + rank * gap
    return answer


def _ring(inner: float, outer: float) -> str:
    """A full turn: an SVG arc cannot end where it begins, so each circle is two halves."""
    return _circle(outer, 1) + _circle(inner, 0)


def _circle(radius: float, sweep: int) -> str:
    size, top, bottom = _short(radius), _at(radius, 0), _at(radius, math.pi)
    half = f"A{size} {size} 0 1 {sweep}"
    return f"M{top}{half} {bottom}{half} {top}Z"


def _at(radius: float, angle: float) -> str:
    x, y = point(radius, angle)
    return f"{_short(x)} {_short(y)}"


def _short(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
