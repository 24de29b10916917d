"""Which cells touch in meaning: close in the tree, or next to each other for many points."""

import numpy as np

from app.geometry import arrays, ward
from app.geometry.arrays import Integers, Marks, Numbers, Vectors

ENOUGH = 0.2
"""Two cells touch when this part of the smaller one's points has the other as second nearest."""


def find(target: Vectors, centres: Vectors) -> Integers:
    """The pairs (m, 2) of cells that touch, the smaller number first."""
    count = len(centres)
    if count < 2:
        return np.empty((0, 2), np.int64)
    seconds = _count_seconds(target, centres)
    sizes = np.maximum(seconds.sum(axis=1), 1)
    touching = seconds + seconds.T >= ENOUGH * np.minimum(sizes[:, None], sizes)
    touching |= _are_siblings(centres, sizes.astype(np.float64))
    return np.asarray(np.argwhere(np.triu(touching, 1)), dtype=np.int64)


def _count_seconds(target: Vectors, centres: Vectors) -> Integers:
    """How many points have row as their nearest and column as their second nearest centre."""
    half = 0.5 * np.einsum("kd,kd->k", centres, centres)
    counts = np.zeros((len(centres), len(centres)), np.int64)
    for block in arrays.blocks(len(target), len(centres)):
        two = np.argpartition(half - target[block] @ centres.T, 1, axis=1)[:, :2]
        np.add.at(counts, (two[:, 0], two[:, 1]), 1)
    return counts


def _are_siblings(centres: Vectors, sizes: Numbers) -> Marks:
    family = ward.cut(ward.link(centres, sizes), (2 * len(centres) + 2) // 3)
    return np.asarray(family[:, None] == family, dtype=bool)
