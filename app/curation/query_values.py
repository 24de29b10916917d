"""The values of the query language: each reader takes what stands behind a name.

A reader raises ValueError with a sentence; `queries` adds which term it was.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from app.curation.texts import is_storable
from app.errors import InvalidError
from app.storage.tables import Origin, Status

FLAGS = ("near_duplicate", "knot", "far", "outsider")
LONGEST = 200
LONGEST_TEXT = 2_000
MOST_CHARACTERS = 10_000
HIGHEST_ID = 2**63 - 1
HIGHEST_NUMBER = 2**31 - 1

_ITEM = re.compile(r'\s*(?:"((?:[^"]++|"")*+)"\s*|([^",][^,]*)?)(?:,|$)')
_WORD = re.compile(r'"([^"]*)(?:"(\*)?|$)|(\S+)')
_CELL = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}")
_TOPIC = re.compile(r"[0-9]{1,4}")
_SELECTION = re.compile(r"s_[0-9a-f]{6,18}")
_DIGITS = re.compile(r"[0-9]{1,19}")
_RANGE = re.compile(r"([0-9]{0,9})\.\.([0-9]{0,9})")


class QueryError(InvalidError):
    """This cannot be asked."""

    code = "query"

    def __init__(self, name: str, text: str, reason: str) -> None:
        # A half surrogate could not be sent back; it becomes a question mark.
        self.term = f"{name}={text}"[:LONGEST].encode(errors="replace").decode()
        super().__init__(f"{self.term}: {reason}")

    @property
    def facts(self) -> dict[str, object]:
        """What a problem document says beside the sentence."""
        return {"term": self.term}


def texts(text: str) -> Iterable[str]:
    """Items between commas; one in double quotes is taken as it stands."""
    _check(text)
    found, at = [], 0
    while at < len(text):
        match = _ITEM.match(text, at)
        if match is None:
            raise ValueError("A double quote is opened and not closed.")
        quoted, plain = match.groups()
        if quoted is not None:
            found.append(quoted.replace('""', '"'))
        elif plain and plain.strip():
            found.append(plain.strip())
        at = match.end()
    if any(len(item) > LONGEST for item in found):
        raise ValueError(f"A value has at most {LONGEST} characters.")
    return found


def statuses(text: str) -> Iterable[str]:
    """Values of Status."""
    return _chosen(text, Status, "a status")


def origins(text: str) -> Iterable[str]:
    """Values of Origin."""
    return _chosen(text, Origin, "an origin")


def flags(text: str) -> Iterable[str]:
    """Names of flags."""
    return _among(text, FLAGS, "a flag")


def yes(text: str) -> Iterable[str]:
    """1 or 0."""
    return _among(text, ("1", "0"), "a choice")


def qualities(text: str) -> Iterable[str]:
    """Ratings from 1 to 5; 0 is not rated."""
    return _among(text, tuple("012345"), "a quality")


def trash(text: str) -> Iterable[str]:
    """Only "1": what lies in the trash."""
    return _among(text, ("1",), "a choice")


def cells(text: str) -> Iterable[str]:
    """Ids of cells, such as 3.2."""
    return _like(text, _CELL, "a cell such as 3.2")


def topics(text: str) -> Iterable[str]:
    """Ids of topics, such as 3."""
    return _like(text, _TOPIC, "a topic such as 3")


def selections(text: str) -> Iterable[str]:
    """Names of selections, such as s_9f3c01d2ab44."""
    return _like(text, _SELECTION, "a selection such as s_9f3c01d2ab44")


def numbers(text: str) -> Iterable[str]:
    """Ids of samples, without leading zeros."""
    return [_number(item, HIGHEST_ID) for item in _like(text, _DIGITS, "the id of a sample")]


def number(text: str) -> Iterable[str]:
    """Ids of uploads."""
    return [_number(item, HIGHEST_NUMBER) for item in _like(text, _DIGITS, "the id of an upload")]


def version(text: str) -> Iterable[str]:
    """The number of a frozen version, with or without a v before it."""
    said = text.strip().removeprefix("v")
    return [_number(item, HIGHEST_NUMBER) for item in _like(said, _DIGITS, "a version's number")]


def length(text: str) -> Iterable[str]:
    """A range of characters: 0..200, 50.. or ..200; in normal form the first number stands."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise ValueError("A length is a range such as 0..200.")
    low, high = int(match[1] or 0), match[2]
    if high and int(high) < low:
        raise ValueError("The range ends before it begins.")
    if not high:
        return [f"{low}.."] if low else []
    return [f"{low}..{int(high)}"]


def words(text: str) -> Iterable[str]:
    """Words, and phrases in double quotes; a star behind one means that it may go on.

    A quote left open ends with the text.
    """
    _check(text)
    found = [match[3] or (match[1] or "") + (match[2] or "") for match in _WORD.finditer(text)]
    if any(len(word) > LONGEST for word in found):
        raise ValueError(f"A word or phrase has at most {LONGEST} characters.")
    return [word for word in found if word.strip()]


def meaning(text: str) -> Iterable[str]:
    """A text, taken as it stands."""
    _check(text)
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"A text to be compared has at most {LONGEST_TEXT:,} characters.")
    return [" ".join(text.split())]


def sample(text: str) -> Iterable[str]:
    """The id of one sample."""
    if not _DIGITS.fullmatch(text.strip()):
        raise ValueError(f"{text[:60]!r} is not the id of a sample.")
    return [_number(text.strip(), HIGHEST_ID)]


def has_space(word: str) -> bool:
    """Whether a word can only stand in quotes."""
    return any(character.isspace() for character in word)


def _chosen(text: str, kind: type[StrEnum], what: str) -> Iterable[str]:
    return _among(text, tuple(member.value for member in kind), what)


def _among(text: str, known: tuple[str, ...], what: str) -> Iterable[str]:
    found = list(texts(text))
    for item in found:
        if item not in known:
            raise ValueError(f"{item[:60]!r} is not {what}; there is {', '.join(known)}.")
    return found


def _like(text: str, pattern: re.Pattern[str], what: str) -> Iterable[str]:
    found = list(texts(text))
    for item in found:
        if not pattern.fullmatch(item):
            raise ValueError(f"{item[:60]!r} is not {what}.")
    return found


def _number(item: str, highest: int) -> str:
    if int(item) > highest:
        raise ValueError(f"{item} is too large.")
    return str(int(item))


def _check(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"This is longer than {MOST_CHARACTERS:,} characters.")
    if not is_storable(text):
        raise ValueError("This holds a character that no text can hold.")
