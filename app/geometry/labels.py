"""Names for groups of texts: the words and pairs of words that set each apart from the others.

Class-based TF-IDF (Grootendorst, BERTopic, 2022), counted by texts and not by occurrences, so that
one long text does not name a group.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

MOST_WORDS = 120
"""Words read of each text."""
MOST_TEXTS = 2_000
"""Texts read of each group, spread evenly over it."""
COMMON = 0.5
"""A word in this part of all texts and in most groups says nothing, in whatever language."""
BOUND = 0.4
"""A pair is named instead of its words when it has this part of the commoner one's texts."""

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_ENGLISH = """
    a about above after again against all also am an and any are aren't as at be because been
    before being below between both but by can can't cannot could couldn't did didn't do does
    doesn't doing don't down during each either else ever every few for from further get gets
    getting give go goes going got had hadn't has hasn't have haven't having he he'd he'll he's her
    here here's hers herself hey hi him himself his how how's i i'd i'll i'm i've if in into is
    isn't it it'd it'll it's its itself just let let's like ll make many may me might mine more
    most much must mustn't my myself need needs no nor not now of off on once one only onto or
    other ought our ours ourselves out over own per please put re really said same say shall shan't
    she she'd she'll she's should shouldn't since so some still such than thank thanks that that's
    thats the their theirs them themselves then there there's these they they'd they'll they're
    they've this those though through to too two under until up upon us use used using ve very via
    want wants was wasn't way we we'd we'll we're we've well were weren't what what's whats when
    when's where where's whether which while who who's whom whose why why's will with within
    without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself
    yourselves could've i've wanna gonna tell know following given
"""
_STOP = frozenset(_ENGLISH.split())


def name(
    texts_by_group: Sequence[Sequence[str]],
    *,
    words: int = 3,
    stop: frozenset[str] = frozenset(),
) -> list[tuple[str, ...]]:
    """Up to `words` words or pairs for each group, most telling first; () for an empty group.

    Groups are named against one another: pass the topics together, then the cells of one topic.
    `stop` are words that name nothing, beside those of English.
    """
    counts = [_count(_pick(texts)) for texts in texts_by_group]
    sizes = [min(len(texts), MOST_TEXTS) for texts in texts_by_group]
    total: Counter[str] = Counter()
    for counted in counts:
        total.update(counted)
    common = _find_common(counts, total, COMMON * sum(sizes)) | stop
    usual = sum(total.values()) / max(len(counts), 1)
    names = []
    for counted, size in zip(counts, sizes, strict=True):
        least = 2 if size >= 4 else 1
        scores = {
            term: number * math.log(1 + usual / total[term])
            for term, number in counted.items()
            if number >= least and common.isdisjoint((term, *term.split(" ")))
        }
        names.append(_choose(scores, counted, words))
    return names


def split(text: str) -> list[str]:
    """The first words of a text, lower case, numbers left out; of unspaced scripts each pair."""
    found = _WORD.findall(text[: MOST_WORDS * 12].lower().replace("\u2019", "'"))
    tokens: list[str] = []
    for word in found[:MOST_WORDS]:
        if _UNSPACED.search(word) and len(word) > 2:
            # Scripts without spaces: every two characters count as a word.
            tokens += [word[start : start + 2] for start in range(len(word) - 1)]
        else:
            tokens.append(word)
    return tokens


def _find_common(counts: list[Counter[str]], total: Counter[str], most: float) -> set[str]:
    """Terms in more than `most` texts and in over half of the groups: the stop words here."""
    frequent = [term for term, number in total.items() if number > most]
    half = len(counts) / 2
    return {term for term in frequent if sum(term in held for held in counts) > max(half, 1)}


def _pick(texts: Sequence[str]) -> Iterable[str]:
    step = max(1, math.ceil(len(texts) / MOST_TEXTS))
    return texts[::step]


def _count(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word and each pair of neighbouring words occurs."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(_terms(text))
    return counted


def _terms(text: str) -> set[str]:
    tokens = split(text)
    told = {token for token in tokens if _is_telling(token)}
    for left, right in pairwise(tokens):
        if left in told and right in told and left != right:
            told.add(f"{left} {right}")
    return told


def _is_telling(token: str) -> bool:
    return token not in _STOP and (len(token) > 2 or _UNSPACED.search(token) is not None)


def _choose(scores: dict[str, float], counted: Counter[str], words: int) -> tuple[str, ...]:
    """The best terms, none of them said twice; a firm pair stands for its two words."""
    ranked = sorted(scores, key=lambda term: (-_weight(term, scores, counted), term))
    chosen: list[str] = []
    stems: set[str] = set()
    for term in ranked:
        parts = term.split(" ")
        if len(parts) > 1 and not _is_firm(parts, counted[term], counted):
            continue
        if stems.isdisjoint(_stem(part) for part in parts):
            chosen.append(term)
            stems.update(_stem(part) for part in parts)
        if len(chosen) == words:
            break
    return tuple(chosen)


def _weight(term: str, scores: dict[str, float], counted: Counter[str]) -> float:
    """A firm pair is worth as much as the better of its words, and comes before them."""
    parts = term.split(" ")
    if len(parts) == 1 or not _is_firm(parts, counted[term], counted):
        return scores[term]
    return max(scores[term], *(scores.get(part, 0.0) for part in parts)) * 1.001


def _is_firm(parts: list[str], number: int, counted: Counter[str]) -> bool:
    return number >= max(2, BOUND * max(counted[part] for part in parts))


def _stem(word: str) -> str:
    """Enough to see that charge, charged and charges are one word."""
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word
