"""How far people agree who judged the same samples. Pure.

Krippendorff's alpha for nominal values, from K. Krippendorff, "Computing
Krippendorff's Alpha-Reliability" (2011), section C: a unit with m values adds
each ordered pair of them to the coincidences with the weight 1 / (m - 1).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, permutations

Unit = Mapping[str, str]
"""Who judged how, for one sample."""


def alpha(units: Iterable[Unit]) -> float | None:
    """Krippendorff's alpha; None where nothing can be said.

    1 is perfect agreement, 0 what chance would give, below 0 systematic
    disagreement. It is None with fewer than two values that can be paired, and
    when everybody always gave the same value: then chance agrees as well.
    """
    coincidences = _coincidences(unit.values() for unit in units)
    totals: dict[str, float] = {}
    for (one, _), weight in coincidences.items():
        totals[one] = totals.get(one, 0.0) + weight
    paired = sum(totals.values())
    expected = paired**2 - sum(total**2 for total in totals.values())
    if paired < 2 or expected <= 0:
        return None
    observed = sum(weight for (one, other), weight in coincidences.items() if one != other)
    return 1 - (paired - 1) * observed / expected


def confusion(units: Iterable[Unit]) -> dict[tuple[str, str], int]:
    """How often two people judged a sample thus and thus; each pair of people counts once.

    The key is sorted: with whom the disagreement began is not known.
    """
    found: Counter[tuple[str, str]] = Counter()
    for unit in units:
        for one, other in combinations(sorted(unit.values()), 2):
            found[one, other] += 1
    return dict(found)


def pairs(units: Iterable[Unit]) -> dict[tuple[str, str], tuple[int, int]]:
    """For each two people: on how many samples they agree, of how many that both judged."""
    agreed: Counter[tuple[str, str]] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for unit in units:
        for one, other in combinations(sorted(unit), 2):
            both[one, other] += 1
            agreed[one, other] += unit[one] == unit[other]
    return {names: (agreed[names], count) for names, count in both.items()}


def is_split(unit: Unit) -> bool:
    """Whether those who judged a sample disagree."""
    return len(set(unit.values())) > 1


def _coincidences(units: Iterable[Iterable[str]]) -> Mapping[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for values in units:
        given: Sequence[str] = tuple(values)
        for pair in permutations(given, 2):
            found[pair] = found.get(pair, 0.0) + 1 / (len(given) - 1)
    return found
