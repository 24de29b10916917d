"""A JSON array, one object, or objects one after the other, over any number of lines.

Elements are found one at a time in a window of the text, so a file of any
size takes the memory of its largest element.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator

from app.formats import jsonl, values
from app.formats.entries import SHOWN_CHARACTERS, Entry, Fault, Limits, reject

_SPACE = re.compile(r"\s*")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|["\[\]{}]', re.DOTALL)
_FIRST_KEY = re.compile(r'\{\s*("[^"]*")')
_SCALAR_END = re.compile(r"[,\]\n]")
_DECODER = json.JSONDecoder()
# Longer than any literal or escape that the end of a window can cut in two.
_TAIL = 16
# How far the end of a broken element is looked for by its brackets.
_LOOK_AHEAD = 64 * 1024


class Window:
    """The part of the text that is being read, its place in the file, and what comes next."""

    def __init__(self, chunks: Iterable[bytes], start: int) -> None:
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.text = ""
        self.at = 0
        self.line = 1
        self.offset = start
        self.ended = False

    def grow(self) -> bool:
        """Read one chunk more; False at the end of the file."""
        if self.ended:
            return False
        chunk = next(self._chunks, None)
        self.ended = chunk is None
        self.text = self.text[self.at :] + self._decoder.decode(chunk or b"", self.ended)
        self.at = 0
        return True

    def advance(self, end: int) -> None:
        """Leave everything before `end` behind, keeping count of lines and bytes."""
        passed = self.text[self.at : end]
        self.line += passed.count("\n")
        self.offset += (
            len(passed) if passed.isascii() else len(passed.encode("utf-8", "surrogateescape"))
        )
        self.at = end

    def peek(self) -> str:
        """The next character that is no white space, or nothing at the end."""
        while True:
            match = _SPACE.match(self.text, self.at)
            self.advance(match.end() if match else self.at)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.grow():
                return ""


def read(chunks: Iterable[bytes], start: int, limits: Limits) -> Iterator[Entry]:
    """Read the elements of every array, and every object beside them, in order."""
    window = Window(chunks, start)
    inside = False
    while character := window.peek():
        if character == "[" and not inside:
            inside = True
            window.advance(window.at + 1)
        elif character in ",]":
            inside = inside and character != "]"
            window.advance(window.at + 1)
        else:
            yield _element(window, limits)
    if inside:
        fault = Fault("truncated", "The file breaks off: the list that it began is not closed.")
        yield reject(window.line, window.offset, fault, "")


def _element(window: Window, limits: Limits) -> Entry:
    end = _find_end(window, limits)
    line, offset = window.line, window.offset
    if not isinstance(end, Fault):
        entry = jsonl.entry_of(line, offset, window.text[window.at : end], limits)
        window.advance(end)
        return entry
    close = _find_close(window)
    shown = window.text[window.at : close or window.at + SHOWN_CHARACTERS]
    if close:
        window.advance(close)
    else:
        _flee(window)
    return reject(line, offset, end, shown.encode("utf-8", "surrogateescape"))


def _find_end(window: Window, limits: Limits) -> int | Fault:
    """Where the element at the window's place ends, reading on as far as it needs."""
    while True:
        try:
            _, end = _DECODER.raw_decode(window.text, window.at)
        except RecursionError:
            return Fault("depth", values.DEEP.format(limits.depth))
        except ValueError as error:
            if _is_cut(window, error) and _may_grow(window, limits):
                continue
            return _explain(window, error, limits)
        # A number at the edge may go on: 12|34.
        if end < len(window.text) or window.text[end - 1] in '}]"' or not window.grow():
            return end


def _is_cut(window: Window, error: ValueError) -> bool:
    """Whether the error may only mean that the window ends too early."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated") or error.pos > len(window.text) - _TAIL


def _may_grow(window: Window, limits: Limits) -> bool:
    return len(window.text) - window.at <= limits.line_bytes and window.grow()


def _explain(window: Window, error: ValueError, limits: Limits) -> Fault:
    if len(window.text) - window.at > limits.line_bytes and _is_cut(window, error):
        return values.too_long(limits)
    message = str(getattr(error, "msg", error))
    if message.startswith("Invalid control"):
        character = window.text[error.pos : error.pos + 1]  # type: ignore[attr-defined]
        return values.NUL if character == "\x00" else values.CONTROL
    if window.text[window.at : getattr(error, "pos", 0)].rstrip().endswith(","):
        message = "trailing comma is not allowed"
    return values.explain(window.text[window.at : window.at + 100], message)


def _find_close(window: Window) -> int | None:
    """Where a broken element ends: by its brackets, or before the next that begins like it."""
    while len(window.text) - window.at < _LOOK_AHEAD and window.grow():
        pass
    end, sibling = _by_brackets(window), _by_first_key(window)
    if sibling and (end is None or end > sibling):
        return sibling
    if end is None or _SPACE.sub("", window.text[end : end + 64])[:1] not in ",]{":
        return None
    return end


def _by_brackets(window: Window) -> int | None:
    limit = window.at + _LOOK_AHEAD
    if window.text[window.at] not in "{[":
        match = _SCALAR_END.search(window.text, window.at + 1, limit)
        return match.start() if match else None
    depth = 0
    for token in _TOKEN.finditer(window.text, window.at, limit):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return None


def _by_first_key(window: Window) -> int | None:
    first = _FIRST_KEY.match(window.text, window.at)
    if first is None:
        return None
    key = rf"\}}\s*,\s*\{{\s*{re.escape(first[1])}\s*:"
    match = re.compile(key).search(window.text, window.at, window.at + _LOOK_AHEAD)
    return match.start() + 1 if match else None


def _flee(window: Window) -> None:
    """Go to the next object that begins as this one did: behind a comma, as far to the right."""
    before = window.text.rfind("\n", 0, window.at) + 1
    indent = window.text[before : window.at]
    own_line = before > 0 and not indent.strip()
    next_one = re.compile(rf"\n{re.escape(indent)}(?=\{{)" if own_line else r"\}\s*,\s*(?=\{)")
    window.advance(window.at + 1)
    while not (match := next_one.search(window.text, window.at)):
        window.advance(max(window.at, len(window.text) - len(indent) - 2 * _TAIL))
        if not window.grow():
            window.advance(len(window.text))
            return
    window.advance(match.end())
