"""How the counts of a data set compare with the shares of its target, cell by cell. BOARD.md 3."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.geometry.arrays import Integers, Marks, Numbers

FEWEST_SAMPLES = 200
"""Below this there is a table and a notice, but no flag."""
FEWEST_EXPECTED = 5.0
"""Below this a cell is not judged."""
LEVEL = 0.05
TOO_MANY, MANY, FEW, TOO_FEW = 2.0, 1.5, 2 / 3, 1 / 3
HALF = 0.5
"""The portion of a cell that has to be flagged for the cell to be."""


class State(StrEnum):
    """What a cell is: more than expected, about right, less, or not to be judged."""

    OVER_DENSE = "over_dense"
    HIGH = "high"
    ON_TARGET = "on_target"
    SPARSE = "sparse"
    GAP = "gap"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Portions:
    """For each cell (K,) the part of its samples that are too many, of its target that is bare."""

    over: Numbers
    gap: Numbers


@dataclass(frozen=True, slots=True)
class Balance:
    """The verdict on each cell (arrays of length K), and the score of all, 0 to 100.

    `cut` is what a cell holds above twice its expectation, where that is too much; `write` what a
    gap lacks of two thirds of it.
    """

    expected: Numbers
    ratio: Numbers
    q: Numbers
    state: tuple[State, ...]
    cut: Integers
    write: Integers
    score: float


def judge(
    counts: Integers,
    shares: Numbers,
    *,
    external: bool,
    target_size: int | None = None,
    distinct_share: float | None = None,
    portions: Portions | None = None,
) -> Balance:
    """Judge the cells.

    Args:
        counts: samples in each cell (K,), outsiders left out.
        shares: each cell's share of the target (K,), summing to one.
        external: false when the target is the data themselves; then nothing is called a gap.
        target_size: over how many points the shares were counted; their own chance is then part
            of the test, so that a small target flags less.
        distinct_share: the share of distinct ideas, which is the score when not external.
        portions: what `evidence.weigh` found. Far surer than a cell's own count, it then decides
            what is over-dense and what is a gap; a cell's ratio must only agree.
    """
    total = int(counts.sum())
    expected = shares * typical_density(counts, shares)
    ratio = (counts + 1) / (expected + 1)
    q = adjust(test(counts, expected, shares, target_size))
    if total < FEWEST_SAMPLES:
        states = tuple(State.UNKNOWN for _ in counts)
    else:
        flagged = _flag(counts, expected, q, portions)
        states = _name(expected, ratio, flagged, external=external)
    over = np.array([state is State.OVER_DENSE for state in states], dtype=bool)
    gap = np.array([state is State.GAP for state in states], dtype=bool)
    return Balance(
        expected=expected,
        ratio=ratio,
        q=q,
        state=states,
        cut=np.where(over, np.maximum(np.floor(counts - TOO_MANY * expected), 0), 0).astype(int),
        write=np.where(gap, np.maximum(np.ceil(FEW * expected - counts), 1), 0).astype(int),
        score=_score(counts, expected, shares) if external else 100 * (distinct_share or 0.0),
    )


def adjust(p: Numbers) -> Numbers:
    """Benjamini and Hochberg's q values (J. R. Stat. Soc. B 57, 1995)."""
    order = np.argsort(p)[::-1]
    stepped = p[order] * len(p) / np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(stepped)
    return q


def typical_density(counts: Integers, shares: Numbers) -> float:
    """The share-weighted median of n/p, so that one hot cell does not make all others look thin.

    It is the mean when over half of the target is empty, where the median would say nothing.
    """
    density = counts / np.maximum(shares, 1e-12)
    order = np.argsort(density, kind="stable")
    middle = np.searchsorted(np.cumsum(shares[order]), shares.sum() / 2)
    median = float(density[order][min(middle, len(order) - 1)])
    return median or float(counts.sum())


def test(counts: Integers, expected: Numbers, shares: Numbers, target_size: int | None) -> Numbers:
    """Two-sided p values of a binomial test against E.

    With a target of m points in the cell the test is the conditional one: of n + m points, the
    data's part is binomial with probability E / (E + m) (Przyborowski and Wilenski, 1940).
    """
    if target_size is None:
        trials = np.full(len(counts), max(int(counts.sum()), 1))
        return two_sided(counts, trials - counts, np.clip(expected / trials, 0, 1))
    held = np.rint(shares * target_size)
    return two_sided(counts, held, expected / np.maximum(expected + held, 1e-12))


def two_sided(counts: Integers, others: Numbers, chance: Numbers) -> Numbers:
    """Two-sided p values of counts out of counts + others, each having this chance."""
    # The binomial distribution, by itself: scipy.stats takes ten times as long to load.
    from scipy.special import betainc, betaincc

    below = np.where(others > 0, betaincc(counts + 1, np.maximum(others, 1), chance), 1.0)
    above = np.where(counts > 0, betainc(np.maximum(counts, 1), others + 1, chance), 1.0)
    return np.asarray(np.minimum(2 * np.minimum(below, above), 1.0), dtype=np.float64)


def _flag(
    counts: Integers, expected: Numbers, q: Numbers, portions: Portions | None
) -> tuple[Marks, Marks]:
    """Which cells are over-dense, which are gaps."""
    ratio, enough = (counts + 1) / (expected + 1), expected >= FEWEST_EXPECTED
    if portions is None:
        sure = q < LEVEL
        return (ratio >= TOO_MANY) & sure, (counts <= TOO_FEW * expected) & sure & enough
    over = (portions.over >= HALF) & (ratio >= MANY)
    return over, (portions.gap >= HALF) & (ratio <= FEW) & enough


def _name(
    expected: Numbers, ratio: Numbers, flagged: tuple[Marks, Marks], *, external: bool
) -> tuple[State, ...]:
    rules: list[tuple[Marks, State]] = [
        (flagged[0], State.OVER_DENSE),
        (expected < FEWEST_EXPECTED, State.UNKNOWN),
        (flagged[1] & external, State.GAP),
        (ratio >= MANY, State.HIGH),
        (ratio < FEW, State.SPARSE),
    ]
    chosen = np.select([rule for rule, _ in rules], list(range(len(rules))), len(rules))
    names = [*(state for _, state in rules), State.ON_TARGET]
    return tuple(names[number] for number in chosen)


def _score(counts: Integers, expected: Numbers, shares: Numbers) -> float:
    """The share of the target that is covered, in percent."""
    if counts.sum() == 0:
        return 0.0
    covered = np.minimum(1.0, counts / np.maximum(expected, 1e-12))
    return float(100 * (shares * covered).sum() / shares.sum())
