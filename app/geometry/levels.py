"""The target and the data cut up many times, so that no single cut decides what is crowded.

A topic that one cut splits or lumps together is seen whole by another, and the mean over all of
them is far surer than any: docs/measured.md has the figures. The first cuts are those of the
target's tree, from fine to coarse. The others are k-means from random starts, settled on the target
and the data together: where the data crowd, two topics can be told apart that a few target points
leave as one, and no cut favours either side.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.geometry import kmeans, ward
from app.geometry.arrays import Integers, Numbers, Vectors

TREE_FACTORS = (5 / 3, 5 / 4, 10 / 11, 2 / 3, 10 / 21)
RANDOM_FACTORS = tuple(np.linspace(0.7, 1.1, 11).tolist())
"""Parts of each level for every cell of the board."""
OF_TREE = len(TREE_FACTORS)
TREE_ROUNDS, RANDOM_ROUNDS = 2, 4
"""Rounds of k-means; after the tree they put right what it merged early."""
MOST_SETTLED = 12_000
"""Points of the target, and of the data, that are cut at random."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Points (n, p) with their weights (n,) and the links of Ward's tree over them."""

    points: Vectors
    weights: Numbers
    links: Numbers


@dataclass(frozen=True, slots=True)
class Levels:
    """The parts of L levels, numbered through: level l has the parts starts[l] to starts[l + 1].

    `centres` (S, p) are means in the projected space, `shares` (S,) of the target sum to one in
    each level; a part where only data lie has none.
    """

    centres: Vectors
    starts: Integers
    shares: Numbers


def grow(points: Vectors, weights: Numbers) -> Tree:
    """Ward's tree over weighted points."""
    return Tree(points, weights, ward.link(points, weights))


def cut(tree: Tree, count: int) -> Vectors:
    """Centres (K, p), K <= count, of the tree cut into count, refined; none of them idle."""
    label = ward.cut(tree.links, count)
    size = int(label.max()) + 1
    centres = kmeans.means(tree.points, label, count=size, weights=tree.weights)
    return _settle(tree.points, centres, TREE_ROUNDS, tree.weights)


def fit(tree: Tree, pool: Vectors, count: int, seed: int) -> Levels:
    """Cut the tree OF_TREE times, then the pool at random, into parts relative to count cells.

    The shares are still nought: `share` counts them.
    """
    random = np.random.default_rng(seed)

    def start(factor: float) -> Vectors:
        wanted = min(max(1, round(factor * count)), len(pool))
        return pool[random.choice(len(pool), wanted, replace=False)]

    cuts = [cut(tree, max(1, round(factor * count))) for factor in TREE_FACTORS]
    cuts += [_settle(pool, start(factor), RANDOM_ROUNDS) for factor in RANDOM_FACTORS]
    starts = np.cumsum([0, *(len(centres) for centres in cuts)])
    return Levels(np.concatenate(cuts), starts, np.zeros(starts[-1]))


def share(levels: Levels, parts: NDArray[np.uint16]) -> Levels:
    """With the shares of the target, whose points lie in these parts (m, L)."""
    held = np.bincount(parts.ravel(), minlength=len(levels.shares))
    return replace(levels, shares=held / max(len(parts), 1))


def assign(levels: Levels, seen: Vectors) -> NDArray[np.uint16]:
    """The part of each projected vector at each level, (n, L), numbered through."""
    parts = np.empty((len(seen), len(levels.starts) - 1), np.uint16)
    for level, start in enumerate(levels.starts[:-1]):
        nearest, _ = kmeans.assign(seen, levels.centres[start : levels.starts[level + 1]])
        parts[:, level] = nearest + start
    return parts


def _settle(
    points: Vectors, centres: Vectors, rounds: int, weights: Numbers | None = None
) -> Vectors:
    """Move centres to the means of what is nearest to them; those of nothing are dropped."""
    for _ in range(rounds):
        label, _ = kmeans.assign(points, centres)
        label = np.unique(label, return_inverse=True)[1]
        centres = kmeans.means(points, label, count=int(label.max()) + 1, weights=weights)
    return centres
