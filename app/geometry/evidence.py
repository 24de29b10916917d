"""Which samples are too many and which target points nothing covers, weighed over all levels.

In each part of each level the data's n and the target's m are compared: n out of n + m is binomial
with odds rate * s, s being the level's typical density. Over a grid of rates, with a prior that
expects most parts to be about on target, this gives the probability that the part's rate is too
high or too low. A sample takes the mean of its parts' over the levels, and is flagged when that is
large enough and at least one of its parts is also significant (Benjamini-Hochberg over all parts).
A point of the target does so over the cuts of the target's tree alone: a few points that nothing
covers stand apart there, while a cut at random lumps them with their neighbours.
A re-count touches only counts: nothing here looks at a vector.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.geometry import balance
from app.geometry import levels as levels_of
from app.geometry.arrays import Integers, Marks, Numbers
from app.geometry.balance import Portions
from app.geometry.frame import Frame

RATES = np.exp(np.linspace(np.log(1 / 32), np.log(32), 41))
SHARE_USUAL, SPREAD_USUAL, SPREAD_ANY = 0.5, 0.25, 1.5
"""The prior of log rate: half a narrow bell round on-target, half a wide one."""
HIGH_RATE, LOW_RATE = 1.6, 0.55
OVER_LIMIT, GAP_LIMIT = 0.5, 0.4
OVER_RATIO, GAP_RATIO = 1.5, 0.6
"""What a part's own ratio must reach to count as significant."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """For each part: how probable it is that it is too full, too empty; whether that is sure."""

    over: Numbers
    gap: Numbers
    surely_over: Marks
    surely_gap: Marks


@dataclass(frozen=True, slots=True)
class Evidence:
    """`over` marks samples (n,), `gap` the target's points (m,); `portions` sums up by cell.

    `verdict` is what is thought of the parts, to mark single samples by their levels alone.
    """

    over: Marks
    gap: Marks
    portions: Portions
    verdict: Verdict


def weigh(frame: Frame, cell: NDArray[np.int32], levels: NDArray[np.uint16]) -> Evidence:
    """Weigh the samples by their places' cell (n,) and levels (n, L).

    Outsiders (cell -1) count nowhere and are never flagged.
    """
    on_board = cell >= 0
    held = np.bincount(levels[on_board].ravel(), minlength=len(frame.levels.shares))
    verdict = _judge_parts(frame, held)
    over = on_board & crowded(verdict, levels)
    of_tree = frame.target_levels[:, : levels_of.OF_TREE]
    gap = _flag(of_tree, verdict.gap, verdict.surely_gap, GAP_LIMIT)
    gap &= frame.external
    portions = Portions(
        over=_portion(cell[on_board], over[on_board], frame.cells),
        gap=_portion(frame.target_cell, gap, frame.cells),
    )
    return Evidence(over, gap, portions, verdict)


def crowded(verdict: Verdict, levels: NDArray[np.uint16]) -> Marks:
    """Which samples on the board, of these levels (n, L), are too many where they lie."""
    return _flag(levels, verdict.over, verdict.surely_over, OVER_LIMIT)


def _judge_parts(frame: Frame, held: Integers) -> Verdict:
    starts, shares = frame.levels.starts, frame.levels.shares
    density = np.empty(len(shares))
    for start, end in pairwise(starts):
        density[start:end] = balance.typical_density(held[start:end], shares[start:end])
    target, expected = np.rint(shares * frame.target_size), shares * density
    odds = density / frame.target_size
    chance = _weigh_rates(held, target, odds)
    p = balance.two_sided(held, target, odds / (1 + odds))
    sure = balance.adjust(p) < balance.LEVEL
    ratio = (held + 1) / (expected + 1)
    return Verdict(
        over=chance[:, RATES >= HIGH_RATE].sum(axis=1),
        gap=chance[:, RATES <= LOW_RATE].sum(axis=1),
        surely_over=sure & (ratio >= OVER_RATIO),
        surely_gap=sure & (ratio <= GAP_RATIO) & (expected >= balance.FEWEST_EXPECTED),
    )


def _weigh_rates(held: Integers, target: Numbers, odds: Numbers) -> Numbers:
    """The probability of each rate for each part, (S, rates)."""
    tried = np.maximum(odds, 1e-12)[:, None] * RATES
    total = (held + target)[:, None]
    likely = held[:, None] * np.log(tried) - total * np.log1p(tried) + _log_prior()
    chance = np.exp(likely - likely.max(axis=1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True), dtype=np.float64)


def _log_prior() -> Numbers:
    def bell(width: float) -> Numbers:
        height = np.exp(-((np.log(RATES) / width) ** 2) / 2)
        return np.asarray(height / height.sum(), dtype=np.float64)

    mixed = SHARE_USUAL * bell(SPREAD_USUAL) + (1 - SHARE_USUAL) * bell(SPREAD_ANY)
    return np.asarray(np.log(mixed), dtype=np.float64)


def _flag(parts: NDArray[np.uint16], chance: Numbers, sure: Marks, limit: float) -> Marks:
    total, once = np.zeros(len(parts)), np.zeros(len(parts), bool)
    for part in parts.T:  # level by level: all at once would take eight bytes for each of two
        total += chance[part]
        once |= sure[part]
    return np.asarray((total >= limit * parts.shape[1]) & once, dtype=bool)


def _portion(cell: NDArray[np.int32], marks: Marks, cells: int) -> Numbers:
    size = np.bincount(cell, minlength=cells)
    return np.bincount(cell, weights=marks, minlength=cells) / np.maximum(size, 1)
