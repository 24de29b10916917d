"""Draw rows again so that their groups have given shares: the data as it should be spread."""

import numpy as np

from app.geometry.arrays import Integers, Numbers


def choose(group: Integers, shares: Numbers, *, size: int, seed: int = 0) -> Integers:
    """Rows, ascending and some of them several times, in which each group has its share.

    Of a group everything is taken as often as it goes whole, and the rest at random, so that what
    is inside a group keeps its own proportions.

    Args:
        group: each row's group (n,), -1 for none.
        shares: of the groups (g,), not negative; those of groups without rows are left out, and
            the others keep their proportions.
        size: how many rows are wanted.
        seed: for the draws.

    Returns:
        (m,) row numbers, m = size, or 0 when no group with a share has a row.
    """
    held = np.bincount(group[group >= 0], minlength=len(shares))
    possible = np.where(held > 0, shares, 0.0)
    if not possible.sum():
        return np.zeros(0, np.int64)
    random = np.random.default_rng(seed)
    counts = _apportion(possible / possible.sum(), size)
    parts = [_take(np.flatnonzero(group == at), int(n), random) for at, n in enumerate(counts) if n]
    return np.asarray(np.sort(np.concatenate(parts)), dtype=np.int64)


def _apportion(shares: Numbers, size: int) -> Integers:
    """Whole numbers that add up to size, by the largest remainder."""
    exact = shares * size
    counts = np.floor(exact).astype(np.int64)
    rest = np.argsort(counts - exact, kind="stable")[: size - int(counts.sum())]
    counts[rest] += 1
    return counts


def _take(rows: Integers, count: int, random: np.random.Generator) -> Integers:
    whole, rest = divmod(count, len(rows))
    return np.concatenate([np.repeat(rows, whole), random.choice(rows, rest, replace=False)])
