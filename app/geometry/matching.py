"""After a refit: which new topic is which old one, and how far to turn the new board."""

import math
from dataclasses import dataclass

import numpy as np

from app.geometry import kmeans
from app.geometry.arrays import Integers, Singles, Vectors
from app.geometry.frame import Frame


@dataclass(frozen=True, slots=True)
class Match:
    """For each new topic its old one (-1: new) and the distance between their centres.

    `turn` is the angle in radians by which to rotate the new board clockwise so that matched
    topics come to lie nearest to where they were.
    """

    old: Integers
    distance: Singles
    turn: float


def match(old: Frame, new: Frame) -> Match:
    """Match topics one to one, least total distance (Hungarian, Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment

    before, after = topic_centres(old), topic_centres(new)
    gaps = np.linalg.norm(after[:, None] - before[None], axis=2)
    rows, columns = linear_sum_assignment(gaps)
    found = np.full(len(after), -1, np.int64)
    distance = np.full(len(after), np.inf, np.float32)
    found[rows], distance[rows] = columns, gaps[rows, columns]
    return Match(found, distance, _find_turn(old, new, found))


def topic_centres(frame: Frame) -> Vectors:
    """The mean of each topic's target, (T, d)."""
    count = int(frame.topic.max()) + 1
    return kmeans.means(frame.centres, frame.topic, count=count, weights=frame.shares)


def _find_turn(old: Frame, new: Frame, found: Integers) -> float:
    """The mean direction of the differences, weighted by share."""
    middles = [
        (frame.sectors.topic_angles[:-1] + frame.sectors.topic_angles[1:]) / 2
        for frame in (old, new)
    ]
    matched = found >= 0
    weight = np.bincount(new.topic, weights=new.shares)[matched]
    difference = middles[0][found[matched]] - middles[1][matched]
    return math.atan2(
        float((weight * np.sin(difference)).sum()), float((weight * np.cos(difference)).sum())
    )
