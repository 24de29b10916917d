"""One slice of the board as a board of its own: the same rings, spread over the full turn."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.errors import NotFoundError
from app.geometry.frame import Frame

TURN = 2 * math.pi


class SliceNotFoundError(NotFoundError):
    """There is no such slice on this board."""


def number_of(frame: Frame, zoom: str) -> int | None:
    """The topic that a zoom names, None for the whole board."""
    if not zoom:
        return None
    topics = int(frame.topic.max()) + 1
    if not zoom.isdigit() or not 1 <= int(zoom) <= topics:
        raise SliceNotFoundError
    return int(zoom) - 1


def span_of(frame: Frame, topic: int) -> tuple[float, float]:
    """Where a slice begins and ends on the whole board, in radians."""
    angles = frame.sectors.topic_angles
    return float(angles[topic]), float(angles[topic + 1])


def spread(frame: Frame, topic: int) -> Frame:
    """The frame with the angles of one slice spread over the full turn.

    Only the cells of that slice have a meaningful place afterwards.
    """
    start, end = span_of(frame, topic)

    def turned(angles: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip((angles - start) / (end - start), 0.0, 1.0) * TURN

    sectors = frame.sectors
    spread_out = replace(
        sectors,
        angle0=turned(sectors.angle0),
        angle1=turned(sectors.angle1),
        topic_angles=np.array([0.0, TURN]),
    )
    return replace(frame, sectors=spread_out)


def move(x: float, y: float, span: tuple[float, float]) -> tuple[float, float]:
    """Where a point of the whole board lies once its slice is spread (pixels, y downwards)."""
    radius, angle = math.hypot(x, y), math.atan2(x, -y)
    share = ((angle - span[0]) % TURN) / (span[1] - span[0])
    return radius * math.sin(share * TURN), -radius * math.cos(share * TURN)
