"""The part of a text in which words were found, in pieces, so that a page can mark them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.formats import words
from app.formats.words import Term

WIDTH = 160
LEAD = 50
"""Characters shown before the first word that was found."""
MOST_READ = 8_000

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class _Spoken:
    start: int
    end: int
    word: str


def cut(texts: Iterable[str], asked: Sequence[str]) -> Pieces:
    """(text, whether it was looked for) pieces round the first place; none where it is not said."""
    terms = [term for term in map(words.read_term, asked) if term.words]
    for text in texts:
        spoken = [_Spoken(*it) for it in words.places_of(text[:MOST_READ])]
        if marks := sorted(_places(spoken, terms)):
            return _pieces(text, marks)
    return ()


def _places(spoken: Sequence[_Spoken], terms: Sequence[Term]) -> Iterable[tuple[int, int]]:
    for term in terms:
        size = len(term.words)
        for at in range(len(spoken) - size + 1):
            if _is(term, spoken[at : at + size]):
                yield spoken[at].start, spoken[at + size - 1].end


def _is(term: Term, found: Sequence[_Spoken]) -> bool:
    if any(one.word != word for one, word in zip(found[:-1], term.words[:-1], strict=True)):
        return False
    last, wanted = found[-1].word, term.words[-1]
    return last.startswith(wanted) if term.is_prefix else last == wanted


def _pieces(text: str, marks: Sequence[tuple[int, int]]) -> Pieces:
    start = max(0, marks[0][0] - LEAD)
    stop = min(len(text), start + WIDTH)
    pieces, at = [("…", False)] if start else [], start
    for begin, end in marks:
        if begin < at or begin >= stop:
            continue
        pieces += [(text[at:begin], False), (text[begin:end], True)]
        at = end
    pieces.append((text[at:stop] + ("…" if stop < len(text) else ""), False))
    return tuple((piece, marked) for piece, marked in pieces if piece)
