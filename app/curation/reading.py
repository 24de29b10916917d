"""A spooled file, as its sender says it is -> chunks of what could be read, and what could not.

Nothing here knows a database: it also runs in a small process of its own, see `reading_beside`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.curation import chunks, column_roles, file_limits
from app.curation.chunks import Chunk
from app.curation.column_roles import Told
from app.formats import containers, dialects
from app.formats.dialects import Detection
from app.formats.entries import Entry, Record
from app.formats.sample import KINDS, Rejected

DETECT_ON = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """A file being read: what it is, and its chunks as they come."""

    container: str
    dialect: str
    chunks: Iterator[Chunk]
    position: Callable[[], int]  # bytes read so far, as they lie on disk


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its first entries, and the dialect of its records."""

    container: str
    entries: list[Entry]
    detection: Detection

    @property
    def records(self) -> list[Record]:
        """The entries that could be read as objects."""
        return [entry for entry in self.entries if isinstance(entry, Record)]

    @property
    def fault(self) -> str:
        """Why there are no records, in a sentence; empty where there are."""
        if self.records:
            return ""
        bad = next((entry for entry in self.entries if isinstance(entry, Rejected)), None)
        if bad is None:
            return "There is nothing in it."
        return f"None of its first records can be read. Line {bad.line:,}: {bad.reason}"


def read_file(path: Path, told: Told, *, skip: int = 0) -> Reading:
    """Read a spooled file, as its sender says it is, from its entry number `skip` on."""
    if told.purpose == "target":
        dialect = read_head(path).detection.dialect
        sort = chunks.sorter(column_roles.input_reader(told))
    else:
        dialect, parse = column_roles.reader(told, lambda: read_head(path).detection)
        sort = chunks.sorter(parse)
    stream = path.open("rb")
    contents = containers.open_contents(stream, limits=file_limits.current(), skip=skip)

    def read() -> Iterator[Chunk]:
        start = skip
        with stream:
            for entries in chunks.cut(contents.entries):
                yield sort(entries, start)
                start += len(entries)

    return Reading(contents.container, dialect, read(), stream.tell)


def read_head(path: Path) -> Head:
    """The first 200 entries, and what they speak."""
    with path.open("rb") as stream:
        contents = containers.open_contents(stream, limits=file_limits.current())
        entries = list(islice(contents.entries, DETECT_ON))
    values = [entry.value for entry in entries if isinstance(entry, Record)]
    return Head(contents.container, entries, dialects.detect(values, kinds=KINDS))
