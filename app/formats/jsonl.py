"""JSON Lines: one object a line, or several on one; a bad line never hides the next."""

import json
import re
from collections.abc import Iterable, Iterator

from app.formats import lines, values
from app.formats.entries import Blank, Entry, Fault, Limits, Record, reject

_NEXT_OBJECT = re.compile(rb"\}\s*\{")
_SPACE = re.compile(r"[ \t\r]*")
_DECODER = json.JSONDecoder()


def read(chunks: Iterable[bytes], start: int, limits: Limits, skip: int = 0) -> Iterator[Entry]:
    """Read the entries after the first `skip`; skipped lines are not parsed."""
    numbered = enumerate(lines.split(chunks, start, limits.line_bytes), start=1)
    for number, (offset, line) in numbered:
        if skip and not _NEXT_OBJECT.search(line):
            skip -= 1
            continue
        value = values.load(line, limits)
        if isinstance(value, dict):
            entry: Entry = Record(number, offset, line.decode().strip(), value)
        elif not line.strip():
            entry = Blank(number)
        elif value.code == "not_json" and _NEXT_OBJECT.search(line):
            several = list(_several(number, offset, line, limits))
            yield from several[skip:]
            skip = max(0, skip - len(several))
            continue
        else:
            entry = reject(number, offset, value, line)
        if skip:
            skip -= 1
        else:
            yield entry


def _several(number: int, offset: int, line: bytes, limits: Limits) -> Iterator[Entry]:
    """The objects that share a line; what follows the last readable one is one Rejected."""
    text = line.decode("utf-8")
    at = 0
    while at < len(text):
        gap = _SPACE.match(text, at)
        start = gap.end() if gap else at
        offset += start - at
        if start == len(text):
            return
        try:
            _, at = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            message = getattr(error, "msg", "nested too deep")
            yield reject(number, offset, values.explain(text[start:], message), text[start:])
            return
        yield entry_of(number, offset, text[start:at], limits)
        offset += len(text[start:at].encode())


def entry_of(number: int, offset: int, raw: str, limits: Limits) -> Entry:
    """One JSON text as a Record or a Rejected; it may hold bytes escaped as surrogates."""
    try:
        data = raw.encode("utf-8")
    except UnicodeEncodeError:
        return reject(number, offset, values.NOT_UTF8, raw.encode("utf-8", "surrogateescape"))
    value = values.load(data, limits)
    if isinstance(value, Fault):
        return reject(number, offset, value, raw)
    return Record(number, offset, raw, value)
