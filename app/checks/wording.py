"""What is different between two texts, word by word, and between two conversations, turn by turn.

Pure: strings in, pieces out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "added", "removed"]
Said = tuple[str, str]

MOST_WORDS = 4_000
"""Longer texts are compared by lines: a comparison by words takes the square of their number."""

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both, only in the new one (added) or only in the old one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Which turn of the old conversation became which of the new; None: it has no counterpart."""

    old: int | None
    new: int | None


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The words of both texts in reading order; what was removed comes before what was added."""
    before, after = _words(old), _words(new)
    if max(len(before), len(after)) > MOST_WORDS:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Piece] = []
    gone, come = "", ""
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (tag, i, j, k, m) in enumerate(codes, start=1):
        old_part, new_part = "".join(before[i:j]), "".join(after[k:m])
        # A space between two changed words belongs to the change, or nobody could read it.
        if tag != "equal" or ((gone or come) and not old_part.strip() and number < len(codes)):
            gone, come = gone + old_part, come + new_part
            continue
        found += [*_changed(gone, come), Piece("same", old_part)]
        gone, come = "", ""
    return (*found, *_changed(gone, come))


def pairs(old: Sequence[Said], new: Sequence[Said]) -> tuple[Pair, ...]:
    """Put the turns of two conversations, (role, text) each, side by side, in reading order.

    Equal turns belong together; between them turns of one role do, and what is left in order.
    """
    found: list[Pair] = []
    for i, j, k, m in _blocks(old, new):
        roles = [role for role, _ in old[i:j]], [role for role, _ in new[k:m]]
        for a, b, c, d in _blocks(*roles):
            both = min(b - a, d - c)
            found += [Pair(i + a + at, k + c + at) for at in range(both)]
            found += [Pair(i + at, None) for at in range(a + both, b)]
            found += [Pair(None, k + at) for at in range(c + both, d)]
    return tuple(found)


def _blocks(old: Sequence[object], new: Sequence[object]) -> list[tuple[int, int, int, int]]:
    codes = SequenceMatcher(None, list(old), list(new), autojunk=False).get_opcodes()
    return [(i, j, k, m) for _, i, j, k, m in codes]


def _changed(gone: str, come: str) -> list[Piece]:
    told = (Piece("removed", gone), Piece("added", come))
    return [piece for piece in told if piece.text]


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
