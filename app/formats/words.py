"""Words as the full-text index knows them: one rule, so that both databases find the same.

A word is a run of letters, digits and underscores; case, width and accents do not count
("Café" is "cafe"). Scripts without spaces are taken letter by letter, and a symbol such as an
emoji or an arrow is a word of its own, so that each can be found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

LONGEST_WORD = 100
LONGEST_TEXT = 200_000
"""Characters of one sample that can be found: Postgres keeps no more than a megabyte of words."""
BREAK = "\ufffc"
"""Stands between two turns, so that no phrase runs across; nobody can ask for it."""

HIGHEST_POSITION = 16_383
"""Postgres counts words no further: a phrase is found in the first 16,383 words of a sample."""
_POSITIONS = tuple(map(str, range(1, HIGHEST_POSITION)))

_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # noqa: E501
_SIGNS = "\u2190-\u23ff\u2460-\u2bff\U0001f000-\U0001faff"
_WORD = re.compile(rf"[{_ALONE}{_SIGNS}]|[^\W{_ALONE}]+")
_PLAIN = re.compile(r"\w+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for: words that stand side by side; the last may be the beginning of one."""

    words: tuple[str, ...]
    is_prefix: bool = False


def words_of(text: str) -> list[str]:
    """The words of a text, in order, in the spelling that is compared."""
    plain = text.isascii()
    found = _PLAIN.findall(text.lower()) if plain else _WORD.findall(_fold(text))
    if max(map(len, found), default=0) > LONGEST_WORD:
        return [word[:LONGEST_WORD] for word in found]
    return found


def places_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Begin, end and word of each word of a text, as far as its letters are not composed of two."""
    for match in (_PLAIN if text.isascii() else _WORD).finditer(text):
        folded = "".join(words_of(match[0]))
        yield match.start(), match.end(), folded


def of_turns(turns: Iterable[str]) -> str:
    """The words of a sample, a space between any two, with BREAK as a word between its turns.

    Of very long samples those of the beginning.
    """
    found: list[str] = []
    left = LONGEST_TEXT
    for text in turns:
        found += (*words_of(text[:left]), BREAK)
        left = max(left - len(text), 0)
    return " ".join(found[:-1])


def placed(said: str) -> str:
    """The words of a sample, as of_turns gives them, each with its places: a tsvector's text."""
    places: dict[str, list[str]] = {}
    counted = chain(_POSITIONS, repeat(str(HIGHEST_POSITION)))
    for word, at in zip(said.split(" "), counted, strict=False):
        places.setdefault(word, []).append(at)
    places.pop(BREAK, None)
    places.pop("", None)
    # No word holds a quote or a backslash. Postgres keeps 255 places of a word.
    return " ".join([f"'{word}':{','.join(at[:255])}" for word, at in places.items()])


def read_term(asked: str) -> Term:
    """A word, a phrase, or the beginning of a word: `refund`, `charged twice`, `refu*`."""
    return Term(tuple(words_of(asked)), is_prefix=asked.rstrip().endswith("*"))


def _fold(text: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", bare).casefold()
