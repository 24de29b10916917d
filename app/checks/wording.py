"""What is different between two texts, word by word, and between two conversations, turn by turn.

Pure: strings in, pieces out.
"""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice, takewhile
from typing import Literal

Kind = Literal["same", "added", "removed"]
Said = tuple[str, str]

Code = tuple[str, int, int, int, int]

MOST_MEETINGS = 100_000
"""So often a part of one text may stand in the other: each stretch that both have is found by a
look at every such place. Beyond it words are no longer compared but lines, and then nothing.
"""

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
    if _is_too_much(before, after):
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Piece] = []
    gone, come = "", ""
    codes = _codes(before, after)
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


def _blocks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int, int, int]]:
    return [(i, j, k, m) for _, i, j, k, m in _codes(old, new)]


def _codes(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Code]:
    """What became of what, as difflib tells it; in the middle everything, if that is too much."""
    start, end = _shared_ends(old, new)
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if _is_too_much(before, after):
        found: list[Code] = [("replace", 0, len(before), 0, len(after))]
    else:
        found = list(SequenceMatcher(_is_space, before, after, autojunk=False).get_opcodes())
    codes = [(tag, start + i, start + j, start + k, start + m) for tag, i, j, k, m in found]
    if start:
        codes.insert(0, ("equal", 0, start, 0, start))
    if end:
        codes.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return codes


def _is_too_much(old: Sequence[Hashable], new: Sequence[Hashable]) -> bool:
    start, end = _shared_ends(old, new)
    times = Counter(new[start : len(new) - end])
    meetings = (times[it] for it in old[start : len(old) - end] if not _is_space(it))
    return sum(meetings) > MOST_MEETINGS


def _shared_ends(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[int, int]:
    """How much of both is the same from the beginning on, and from the end back."""
    start = sum(1 for _ in takewhile(_are_same, zip(old, new, strict=False)))
    rest = min(len(old), len(new)) - start
    back = zip(islice(reversed(old), rest), reversed(new), strict=False)
    return start, sum(1 for _ in takewhile(_are_same, back))


def _are_same(both: tuple[Hashable, Hashable]) -> bool:
    return both[0] == both[1]


def _is_space(it: Hashable) -> bool:
    """Blanks say nothing about where texts meet."""
    return isinstance(it, str) and it.isspace()


def _changed(gone: str, come: str) -> list[Piece]:
    told = (Piece("removed", gone), Piece("added", come))
    return [piece for piece in told if piece.text]


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
