"""Plain text, one input a line: read so that the report can name every line."""

from collections.abc import Iterable, Iterator

from app.formats import lines, values
from app.formats.entries import Blank, Entry, Limits, Record, reject


def read(chunks: Iterable[bytes], start: int, limits: Limits) -> Iterator[Entry]:
    """Every line becomes an object with the one field `text`."""
    for number, (offset, line) in enumerate(lines.split(chunks, start, limits.line_bytes), start=1):
        yield _entry(number, offset, line.rstrip(b"\r"), limits)


def _entry(number: int, offset: int, line: bytes, limits: Limits) -> Entry:
    if not line.strip():
        return Blank(number)
    if len(line) > limits.line_bytes:
        return reject(number, offset, values.too_long(limits), line)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return reject(number, offset, values.NOT_UTF8, line)
    fault = values.find_fault(text, limits)
    if fault:
        return reject(number, offset, fault, line)
    return Record(number, offset, text, {"text": text})
