"""What random draws from the target would score: the band in which a measure says nothing.

Most measures depend on how many samples there are, so the same number is drawn from the target
again and again. Targets are finite: where more is drawn than they hold, or where a point would
meet itself, the docstring says what stands in.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.geometry import coverage, evenness
from app.geometry.arrays import Integers, Numbers, Vectors
from app.geometry.neighbours import Neighbours

DRAWS = 20
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Band:
    """The 5th percentile, the median and the 95th percentile of what random draws score."""

    low: float
    usual: float
    high: float


def of(scores: Numbers) -> Band:
    """The band of the scores of some draws, at least one."""
    low, usual, high = np.quantile(scores, [LOW, 0.5, HIGH])
    return Band(float(low), float(usual), float(high))


def of_coverage(own: Neighbours, size: int, *, k: int = coverage.NEAREST, seed: int = 0) -> Band:
    """Coverage of the target by `size` draws from it, with replacement.

    `own` are the target's neighbours (t, k or more). A point is not covered by being drawn itself,
    only by its neighbours: as if the draws were fresh ones.
    """
    index = own.index[:, :k]
    there = index >= 0

    def score(random: np.random.Generator) -> float:
        drawn = _draw(random, len(index), size) > 0
        return float((drawn[index] & there).any(axis=1).mean())

    return _repeat(score, seed)


def of_repeats(own: Neighbours, size: int, *, tau: float, seed: int = 0) -> Band:
    """The share of `size` draws from the target with another draw at least tau alike.

    Being drawn twice is no repeat. So where more is drawn than the target holds this is at most
    the target's own share.
    """
    alike = (own.similarity >= tau) & (own.index >= 0)

    def score(random: np.random.Generator) -> float:
        counts = _draw(random, len(alike), size)
        repeated = ((counts > 0)[own.index] & alike).any(axis=1)
        return float(counts[repeated].sum() / max(size, 1))

    return _repeat(score, seed)


def of_evenness(shares: Numbers, size: int, *, seed: int = 0) -> Band:
    """`evenness.compare` for `size` samples that fall into the cells by their shares."""
    parts = shares / shares.sum()
    return _repeat(lambda random: evenness.compare(random.multinomial(size, parts), shares), seed)


def of_vectors(
    measure: Callable[[Vectors], float], target: Vectors, size: int, *, seed: int = 0
) -> Band:
    """A measure of `size` distinct rows of the target; see common_size."""
    return _repeat(lambda random: measure(target[pick(random, len(target), size)]), seed)


def common_size(data: int, target: int, *, most: int) -> int:
    """How many rows of both to compare: half the target at most, or its draws would be alike."""
    return min(most, data, (target + 1) // 2)


def pick(random: np.random.Generator, count: int, size: int) -> Integers:
    """`size` of `count` rows, each at most once."""
    return np.asarray(random.choice(count, min(size, count), replace=False), dtype=np.int64)


def _draw(random: np.random.Generator, points: int, size: int) -> Integers:
    """How often each point is drawn."""
    return np.bincount(random.integers(points, size=size), minlength=points)


def _repeat(score: Callable[[np.random.Generator], float], seed: int) -> Band:
    random = np.random.default_rng(seed)
    return of(np.array([score(random) for _ in range(DRAWS)]))
