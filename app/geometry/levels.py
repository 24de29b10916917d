"""The target cut several times, fine to coarse, so that no single cut decides what is crowded.

A topic that one cut splits or lumps together is seen whole by another.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.geometry import kmeans, ward
from app.geometry.arrays import Integers, Numbers, Vectors

FACTORS = (5 / 3, 5 / 4, 10 / 11, 2 / 3, 10 / 21)
"""Parts of each level for every cell of the board."""
ROUNDS = 2
"""Rounds of k-means after the tree: what it merged early it could not put right."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The parts of L levels, numbered through: level l has the parts starts[l] to starts[l + 1].

    `centres` (S, p) are means in the projected space, `shares` (S,) sum to one in each level.
    """

    centres: Vectors
    starts: Integers
    shares: Numbers


def cut(points: Vectors, weights: Numbers, tree: Numbers, count: int) -> Vectors:
    """Centres (K, p), K <= count, of the tree cut into count, refined; none of them idle."""
    label = ward.cut(tree, count)
    centres = kmeans.means(points, label, count=int(label.max()) + 1, weights=weights)
    for _ in range(ROUNDS):
        label, _ = kmeans.assign(points, centres)
        label = np.unique(label, return_inverse=True)[1]
        centres = kmeans.means(points, label, count=int(label.max()) + 1, weights=weights)
    return centres


def fit(points: Vectors, weights: Numbers, tree: Numbers, count: int) -> Levels:
    """Cut the tree at every level, relative to count cells."""
    cuts = [cut(points, weights, tree, max(1, round(factor * count))) for factor in FACTORS]
    starts = np.cumsum([0, *(len(centres) for centres in cuts)])
    held = [_share(points, weights, centres) for centres in cuts]
    return Levels(np.concatenate(cuts), starts, np.concatenate(held))


def assign(levels: Levels, seen: Vectors) -> NDArray[np.uint16]:
    """The part of each projected vector at each level, (n, L), numbered through."""
    parts = np.empty((len(seen), len(levels.starts) - 1), np.uint16)
    for level, start in enumerate(levels.starts[:-1]):
        nearest, _ = kmeans.assign(seen, levels.centres[start : levels.starts[level + 1]])
        parts[:, level] = nearest + start
    return parts


def _share(points: Vectors, weights: Numbers, centres: Vectors) -> Numbers:
    nearest, _ = kmeans.assign(points, centres)
    sizes = np.bincount(nearest, weights=weights, minlength=len(centres))
    return np.asarray(sizes / weights.sum(), dtype=np.float64)
