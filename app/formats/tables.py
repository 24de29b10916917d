"""Comma, tab, semicolon or pipe separated rows, with the quotes that people really write."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from app.formats import lines, values
from app.formats.entries import Blank, Entry, Fault, Limits, Record, UnreadableFileError, reject

DELIMITERS = (",", "\t", "|", ";")
_SNIFFED_LINES = 200
_WELL_FORMED = 0.8
# A quoted field may go on over so many lines before its quote counts as a plain character.
_LINES_AHEAD = 10_000
_DECIMAL = re.compile(r"\s*-?[0-9]+\.[0-9]+\s*")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it starts, how it was written, and its cells."""

    line: int
    offset: int
    text: bytes
    cells: list[str] | None


class Rows:
    """Rows out of physical lines; a quote that never closes costs one line, not the file."""

    def __init__(self, source: Iterable[tuple[int, bytes]], delimiter: str, limits: Limits) -> None:
        self._source = enumerate(source, start=1)
        self._waiting: list[tuple[int, tuple[int, bytes]]] = []
        self._delimiter = delimiter
        self._limits = limits
        csv.field_size_limit(limits.line_bytes)

    def next(self, width: int) -> Row | None:
        """The next row; `width` is how many cells it should have, 0 when not known."""
        first = self._line()
        if first is None:
            return None
        number, (offset, text) = first
        if b'"' not in text or len(text) > self._limits.line_bytes:
            return Row(number, offset, text, self._split(text))
        taken = [first]
        cells = self._quoted(taken)
        if cells is not None and len(cells) in (width or len(cells), 0):
            return Row(number, offset, b"\n".join(line for _, (_, line) in taken), cells)
        self._waiting += reversed(taken[1:])
        return Row(number, offset, text, self._split(text))

    def _line(self) -> tuple[int, tuple[int, bytes]] | None:
        return self._waiting.pop() if self._waiting else next(self._source, None)

    def _split(self, text: bytes) -> list[str] | None:
        try:
            return text.decode("utf-8").rstrip("\r").split(self._delimiter)
        except UnicodeDecodeError:
            return None

    def _quoted(self, taken: list[tuple[int, tuple[int, bytes]]]) -> list[str] | None:
        """Read one row with quotes, taking the lines it needs; None when it never ends."""
        try:
            return next(csv.reader(self._texts(taken), delimiter=self._delimiter, strict=True))
        except (csv.Error, UnicodeDecodeError, StopIteration):
            return None

    def _texts(self, taken: list[tuple[int, tuple[int, bytes]]]) -> Iterator[str]:
        yield taken[0][1][1].decode("utf-8") + "\n"
        size = 0
        while len(taken) < _LINES_AHEAD and size <= self._limits.line_bytes:
            line = self._line()
            if line is None:
                return
            taken.append(line)
            size += len(line[1][1])
            yield line[1][1].decode("utf-8") + "\n"


def delimiter_of(head: bytes) -> str:
    """The delimiter that gives most rows as many cells as the header has, or nothing."""
    whole = head if len(head) < 60_000 else head[: head.rfind(b"\n") + 1]
    # A table in another encoding is still a table; its rows will say what is wrong with them.
    whole = whole.decode(errors="replace").encode()
    best = max(DELIMITERS, key=lambda delimiter: _score(whole, delimiter))
    return best if _score(whole, best)[0] >= _WELL_FORMED else ""


def read(chunks: Iterable[bytes], start: int, delimiter: str, limits: Limits) -> Iterator[Entry]:
    """Read rows under the header of the first line that is not blank.

    No column is called 5.0: a first line with such a cell is a row already, and the columns are
    called by their places.

    Raises:
        UnreadableFileError: the header cannot be read, or has too many columns.
    """
    rows = Rows(lines.split(chunks, start, limits.line_bytes), delimiter, limits)
    names: list[str] = []
    while row := rows.next(len(names)):
        if not row.text.strip():
            yield Blank(row.line)
        elif names:
            yield _entry(row, names, limits)
        else:
            names = _names(row, limits)
            if _is_headless(row):
                yield _entry(row, names, limits)


def _score(text: bytes, delimiter: str) -> tuple[float, int]:
    rows = Rows(lines.split([text], 0, len(text)), delimiter, Limits())
    widths: list[int] = []
    while (row := rows.next(widths[0] if widths else 0)) and len(widths) < _SNIFFED_LINES:
        if row.text.strip():
            widths.append(len(row.cells or []))
    if len(widths) < 2 or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths[1:]) / (len(widths) - 1), widths[0]


def _names(row: Row, limits: Limits) -> list[str]:
    """The column names, made distinct, so that no cell is lost."""
    if row.cells is None:
        raise UnreadableFileError(values.NOT_UTF8.code, values.NOT_UTF8.reason)
    cells = [""] * len(row.cells) if _is_headless(row) else row.cells
    if len(cells) > limits.columns:
        raise UnreadableFileError(
            "too_many_columns", f"The table has more than {limits.columns} columns."
        )
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column_{position}"
        names.append(name if name not in names else f"{name}_{position}")
    return names


def _is_headless(row: Row) -> bool:
    return any(map(_DECIMAL.fullmatch, row.cells or []))


def _entry(row: Row, names: list[str], limits: Limits) -> Entry:
    fault = _fault(row, len(names), limits)
    value: dict[str, object] = dict(zip(names, row.cells or [], strict=False))
    fault = fault or values.find_fault(value, limits)
    if fault:
        return reject(row.line, row.offset, fault, row.text)
    return Record(row.line, row.offset, orjson.dumps(value).decode(), value)


def _fault(row: Row, width: int, limits: Limits) -> Fault | None:
    if len(row.text) > limits.line_bytes and row.text.count(b"\n") == 0:
        return values.too_long(limits)
    if row.cells is None:
        return values.NOT_UTF8
    if len(row.cells) != width:
        return Fault("columns", f"The row has {len(row.cells)} cells where the header has {width}.")
    return None
