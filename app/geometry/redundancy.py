"""What is said more than once: near copies, knots of them, and what to cut first."""

from dataclasses import dataclass

import numpy as np

from app.geometry.arrays import Integers, Marks, Singles, Vectors
from app.geometry.neighbours import Neighbours

FEWEST_IN_KNOT = 5


@dataclass(frozen=True, slots=True)
class Knots:
    """Groups of near copies. `knot` gives each sample its knot, or -1; `sizes` (m,) are >= 5."""

    knot: Integers
    sizes: Integers


def group(
    vectors: Vectors, neighbours: Neighbours, *, tau: float, fewest: int = 2, slack: float = 0.05
) -> Integers:
    """Give each sample the number of its group of near copies, or -1.

    Pairs at least tau alike are joined, most alike first, as long as every two members of the
    union stay at least tau - slack alike: complete linkage, so that a chain of small steps does
    not become one group.
    """
    label = np.arange(len(vectors))
    members = {int(row): [int(row)] for row in label}
    for one, two in _pairs(neighbours, tau):
        first, second = int(label[one]), int(label[two])
        if first == second:
            continue
        if len(members[first]) < len(members[second]):
            first, second = second, first
        if _stay_alike(vectors, members[first], members[second], tau - slack):
            label[members[second]] = first
            members[first] += members.pop(second)
    return _number_groups(label, fewest)


def find_knots(vectors: Vectors, neighbours: Neighbours, *, tau: float) -> Knots:
    """The groups of five or more near copies."""
    knot = group(vectors, neighbours, tau=tau, fewest=FEWEST_IN_KNOT)
    return Knots(knot, np.bincount(knot[knot >= 0]))


def share(neighbours: Neighbours, *, tau: float) -> float:
    """The share of samples with another at least tau alike."""
    if len(neighbours.similarity) == 0:
        return 0.0
    return float((neighbours.similarity[:, 0] >= tau).mean())


def order_cuts(
    vectors: Vectors, *, turn: Integers | Marks | None = None
) -> tuple[Integers, Singles]:
    """The order in which to cut samples, most redundant first, and how redundant each then was.

    Greedy: the sample most like another one that is still there goes first, and its twin then
    stays until something else is like it; so of a group of copies one is left to the end. Those
    of a lower turn go before all of a higher one (what people made or approved comes last); of two
    equally alike the later row goes. Meant for one cell or region: n^2 similarities.

    Returns:
        rows (n,) and, in that order, the cosine to the nearest sample not yet cut.
    """
    count = len(vectors)
    near = vectors @ vectors.T
    np.fill_diagonal(near, -2.0)
    held = np.zeros(count, np.int64) if turn is None else turn
    if count == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    best, nearest = near.max(axis=1), near.argmax(axis=1)
    rows, redundancy = np.empty(count, np.int64), np.empty(count, np.float32)
    gone = np.zeros(count, bool)
    for place in range(count):
        worth = np.where(gone, -np.inf, best - 4.0 * held)
        chosen = count - 1 - int(worth[::-1].argmax())
        rows[place], redundancy[place] = chosen, max(best[chosen], -1.0)
        gone[chosen] = True
        near[:, chosen] = -2.0
        for row in np.flatnonzero((nearest == chosen) & ~gone):
            nearest[row] = near[row].argmax()
            best[row] = near[row, nearest[row]]
    return rows, redundancy


def _pairs(neighbours: Neighbours, tau: float) -> Integers:
    """The pairs (m, 2) at least tau alike, most alike first, each once."""
    row, column = np.nonzero(neighbours.similarity >= tau)
    other = neighbours.index[row, column].astype(np.int64)
    value = neighbours.similarity[row, column]
    pairs = np.sort(np.stack([row, other], axis=1), axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -value))
    pairs = pairs[order]
    _, first = np.unique(pairs, axis=0, return_index=True)
    return np.asarray(pairs[np.sort(first)], dtype=np.int64)


def _stay_alike(vectors: Vectors, ones: list[int], others: list[int], least: float) -> bool:
    return bool((vectors[ones] @ vectors[others].T).min() >= least)


def _number_groups(label: Integers, fewest: int) -> Integers:
    _, inverse, sizes = np.unique(label, return_inverse=True, return_counts=True)
    kept = sizes >= fewest
    numbers = np.where(kept, np.cumsum(kept) - 1, -1)
    return np.asarray(numbers[inverse], dtype=np.int64)
