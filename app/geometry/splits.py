"""Rows dealt to parts, such as train, validation and test: what belongs together stays together.

Part 0 is the one to learn from; it takes whatever the others do not. The order in which rows are
dealt comes from a seed and from their keys alone, so that a key keeps its part where it can when
others come and go.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.geometry import arrays, kmeans
from app.geometry.arrays import Integers, Vectors

MOST_EXACT = 60_000
LIST = 2_000
"""Above MOST_EXACT vectors are compared only within clusters of about this many."""

_Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Units:
    """Rows that belong together: `unit` (n,) is each row's, `size` and `key` are per unit."""

    unit: Integers
    size: Integers
    key: Integers  # the smallest key among its rows

    def order(self, seed: int) -> Integers:
        """All units in an order that looks random and depends on seed and keys only."""
        return np.lexsort((self.key, _scramble(self.key, seed)))


def near_groups(vectors: Vectors, *, tau: float) -> Integers:
    """Which rows (n, d) hang together by pairs at least tau alike: a number for each row (n,).

    Every such pair is found up to 60,000 rows; above, those that k-means does not tear apart.
    """
    arrays.require_matrix(vectors)
    label = np.arange(len(vectors))
    for rows in _compared(vectors):
        for one, other in _pairs(vectors[rows], tau):
            label = _joined(label, rows[one], rows[other])
    return label


def join(count: int, *groupings: Integers) -> Integers:
    """One group number a row (count,): rows that any of the groupings puts together.

    Each grouping is (count,); a row of group -1 is in none.
    """
    label = np.arange(count)
    for grouping in groupings:
        rows = np.flatnonzero(grouping != -1)
        _, first, inverse = np.unique(grouping[rows], return_index=True, return_inverse=True)
        label = _joined(label, rows, rows[first[inverse]])
    return label


def units_of(groups: Integers, keys: Integers) -> Units:
    """The units of rows with these groups (n,) and keys (n,), which are distinct."""
    _, unit, size = np.unique(groups, return_inverse=True, return_counts=True)
    key = np.full(len(size), np.iinfo(np.int64).max)
    np.minimum.at(key, unit, keys)
    return Units(unit, size, key)


def quotas(count: int, percents: Sequence[int]) -> list[int]:
    """How many of `count` rows each part should get; part 0 gets what rounding leaves."""
    rest = [(count * percent + 50) // 100 for percent in percents[1:]]
    return [count - sum(rest), *rest]


def deal(
    units: Units, percents: Sequence[int], *, seed: int, strata: Integers | None = None
) -> Integers:
    """The part of each row (n,), whole units at a time.

    With strata (n,) each stratum is dealt in the same proportions; a unit counts for the stratum
    of its first row. A part gets exactly its quota while there are units small enough to fill it.
    """
    part_of = np.zeros(len(units.size), np.int64)
    need = [0] * len(percents)  # in hundredths of a row, so that nothing is lost by rounding
    order = units.order(seed)
    for members, rows in _strata(units, order, strata):
        need = [left + rows * percent for left, percent in zip(need, percents, strict=True)]
        _fill(members, units.size, need, part_of)
    if strata is not None:  # what rounding in small strata left over
        short = quotas(len(units.unit), percents) - np.bincount(
            part_of, weights=units.size, minlength=len(percents)
        ).astype(np.int64)
        _fill(order[part_of[order] == 0], units.size, (100 * short).tolist(), part_of)
    return part_of[units.unit]


def hold_out(
    units: Units, regions: Integers, percents: Sequence[int], *, seed: int
) -> tuple[Integers, Integers]:
    """The part of each row (n,) and of each region: whole regions go to the parts above 0.

    No row of part 0 lies in a region that was held out. A unit with a row in one goes there with
    all of its rows. Region -1 is none. Sizes are as near to the percents as whole regions allow.
    """
    count = int(regions.max(initial=-1)) + 1
    held, part_of = np.zeros(count, np.int64), np.zeros(len(units.size), np.int64)
    need = quotas(len(regions), percents)
    touched = [np.unique(units.unit[rows]) for rows in arrays.members(regions, count)]
    for region in _shuffled(count, seed):
        fresh = touched[region][part_of[touched[region]] == 0]
        rows = int(units.size[fresh].sum())
        part = max(range(1, len(need)), key=lambda number: need[number], default=0)
        if part and rows and need[part] > 0 and abs(need[part] - rows) < need[part]:
            held[region], part_of[fresh] = part, part
            need[part] -= rows
    return part_of[units.unit], held


def _fill(members: Integers, size: Integers, need: list[int], part_of: Integers) -> None:
    """Give units, in their order, to the parts above 0 until each has what it needs."""
    left = [(hundredths + 50) // 100 for hundredths in need]
    for unit in members.tolist():
        if max(left[1:], default=0) <= 0:
            break
        part = max(range(1, len(left)), key=lambda number: left[number])
        if size[unit] <= left[part]:
            part_of[unit] = part
            left[part] -= int(size[unit])
            need[part] -= 100 * int(size[unit])


def _strata(
    units: Units, order: Integers, strata: Integers | None
) -> Iterator[tuple[Integers, int]]:
    """The units of each stratum in dealing order, and how many rows they hold."""
    if strata is None:
        yield order, len(units.unit)
        return
    first = np.full(len(units.size), len(units.unit))
    np.minimum.at(first, units.unit, np.arange(len(units.unit)))
    home = strata[first]
    for stratum in np.unique(home):
        members = order[home[order] == stratum]
        yield members, int(units.size[members].sum())


def _compared(vectors: Vectors) -> Iterator[Integers]:
    """Rows that are compared with one another."""
    if len(vectors) <= MOST_EXACT:
        yield np.arange(len(vectors))
        return
    count = max(2, len(vectors) // LIST)
    step = max(1, len(vectors) // (64 * count))
    nearest, _ = kmeans.assign(vectors, kmeans.fit(vectors[::step], count=count, rounds=3))
    yield from arrays.members(nearest, count)


def _pairs(vectors: Vectors, tau: float) -> Iterator[tuple[Integers, Integers]]:
    for block in arrays.blocks(len(vectors), len(vectors)):
        row, earlier = np.nonzero(vectors[block] @ vectors[: block.stop].T >= tau)
        row += block.start
        yield row[earlier < row], earlier[earlier < row]


def _joined(label: Integers, one: Integers, other: Integers) -> Integers:
    """Labels after these pairs of rows were joined: the smallest row of each group."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if len(one) == 0:
        return label
    links = coo_array(
        (np.ones(len(one), bool), (label[one], label[other])), shape=(len(label),) * 2
    )
    _, component = connected_components(links, directed=False)
    first = np.full(len(label), len(label))
    np.minimum.at(first, component, np.arange(len(label)))
    return np.asarray(first[component][label], dtype=np.int64)


def _shuffled(count: int, seed: int) -> list[int]:
    numbers = np.arange(count)
    return [int(one) for one in np.lexsort((numbers, _scramble(numbers, seed)))]


def _scramble(keys: Integers, seed: int) -> _Hashes:
    """A 64-bit hash of each key and the seed (splitmix64): the same on every machine for ever."""
    with np.errstate(over="ignore"):
        mixed = keys.astype(np.uint64) + np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)
