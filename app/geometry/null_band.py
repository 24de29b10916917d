"""What random draws from the target would score: the band in which a measure says nothing.

Most measures depend on how many samples there are, so the same number is drawn again and again.
A target is itself a draw from what it stands for, and fresh draws would not be its own points:
each function says how it makes up for that.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.geometry import coverage, evenness
from app.geometry.arrays import Integers, Marks, Numbers, Vectors
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
    """Coverage of the target by `size` fresh draws.

    `own` are the target's neighbours (t, k or more). Its points get random weights (Rubin, "The
    Bayesian Bootstrap", 1981) and are drawn by them; a point is covered by its neighbours, not by
    being drawn itself. The mass of a ball is then Beta(k, t - k), as for fresh draws, so that the
    mean is that of Naeem et al., lemma 2: 1 - prod_i (t - i) / (t + size - i), i = 1..k.
    """
    index = own.index[:, :k]
    there = index >= 0

    def score(random: np.random.Generator) -> float:
        weights = random.dirichlet(np.ones(len(index)))
        drawn = random.multinomial(size, weights) > 0
        return float((drawn[index] & there).any(axis=1).mean())

    return _repeat(score, seed)


def of_repeats(own: Neighbours, size: int, *, tau: float, seed: int = 0) -> Band:
    """The share of `size` draws from the target with another draw at least tau alike.

    Drawn without replacement, as being drawn twice is no repeat; then resampled, for the noise of
    a finite target. Where more is asked for than the target holds, its own share stands in: it is
    too low then, as repeats grow with the number of samples.
    """
    alike = (own.similarity >= tau) & (own.index >= 0)

    def score(random: np.random.Generator) -> float:
        rows = pick(random, len(alike), size)
        drawn: Marks = np.zeros(len(alike), bool)
        drawn[rows] = True
        repeated: Marks = np.asarray((drawn[own.index] & alike).any(axis=1))
        return float(repeated[random.choice(rows, len(rows))].mean())

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


def _repeat(score: Callable[[np.random.Generator], float], seed: int) -> Band:
    random = np.random.default_rng(seed)
    return of(np.array([score(random) for _ in range(DRAWS)]))
