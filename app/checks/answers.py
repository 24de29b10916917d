"""What the outputs of a data set are like: openings, lengths, phrases, how many differ."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log

OPENING_WORDS = 3
FEWEST_WORDS = 4
"""Answers that are shorter in the middle are labels: their openings say nothing."""

_OPENING = re.compile(r"\s*((?:[^\s.!?,:;]+[^\S\n]*){1,3}[.!?,:;]?)")
_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")


@dataclass(frozen=True, slots=True)
class Opening:
    """The commonest beginning of the answers, which of them (rows) have it, and their share."""

    phrase: str
    rows: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Lengths:
    """Words of the answers: the 10th, 50th and 90th percentile."""

    short: int
    middle: int
    long: int

    @property
    def spread(self) -> float:
        """How many times longer the long ones are than the short ones."""
        return self.long / max(self.short, 1)

    @property
    def are_labels(self) -> bool:
        """Whether the answers are so short that they are names of classes, not sentences."""
        return self.middle < FEWEST_WORDS


def opening_of(text: str) -> str:
    """The first three words, or fewer when a mark of punctuation ends them before."""
    match = _OPENING.match(text)
    return " ".join(match[1].lower().split()) if match else ""


def commonest_opening(texts: Sequence[str]) -> Opening:
    """The opening that most answers share; of equals the one that comes first."""
    found = [opening_of(text) for text in texts]
    counted = Counter(phrase for phrase in found if phrase)
    if not counted:
        return Opening("", (), 0.0)
    phrase, number = counted.most_common(1)[0]
    rows = tuple(row for row, opening in enumerate(found) if opening == phrase)
    return Opening(phrase, rows, number / len(texts))


def lengths(texts: Iterable[str]) -> Lengths:
    """How long the answers are."""
    counts = sorted(len(text.split()) for text in texts)
    if not counts:
        return Lengths(0, 0, 0)
    short, middle, long = (counts[int(part * (len(counts) - 1))] for part in (0.1, 0.5, 0.9))
    return Lengths(short, middle, long)


def distinct(texts: Iterable[str], *, n: int = 2, most: int = 20_000) -> float:
    """Distinct-n: the different runs of n words over all of them, in the first `most` runs.

    Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models", NAACL
    2016. It falls with the number of runs, so only so many are read: pass the texts in an order
    that says nothing. 0 when no text has n words.
    """
    seen: set[tuple[str, ...]] = set()
    total = 0
    for text in texts:
        words = _WORD.findall(text.lower())
        for at in range(len(words) - n + 1):
            if total == most:
                return len(seen) / total
            seen.add(tuple(words[at : at + n]))
            total += 1
    return len(seen) / total if total else 0.0


def effective(texts: Iterable[str]) -> float:
    """As many equally frequent answers would be as varied: exp of the Shannon entropy.

    Answers that differ only in case and white space are one.
    """
    counts = Counter(" ".join(text.lower().split()) for text in texts)
    total = counts.total()
    return exp(-sum(n / total * log(n / total) for n in counts.values())) if total else 0.0
