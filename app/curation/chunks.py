"""Some entries of a file, read and sorted into what they are, but not yet stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self

from app.curation.repeats import Verdict
from app.formats.entries import Blank, Entry, Record
from app.formats.sample import Rejected, Sample

ENTRIES = 4_000
"""Entries a chunk at most: what is in memory, and what one transaction writes."""
CHARACTERS = 4_000_000
"""Of long entries fewer: a chunk is full when together they are so long."""

Read = Callable[[Record], Sample | Rejected] | Callable[[Record], str | Rejected]


@dataclass(slots=True)
class Tally:
    """What became of entries."""

    accepted: int = 0
    updated: int = 0
    duplicate: int = 0
    rejected: int = 0
    blank: int = 0

    def __iadd__(self, other: Self) -> Self:
        """Count the other's entries too."""
        for name, count in other.counts.items():
            setattr(self, name, getattr(self, name) + count)
        return self

    @property
    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        return asdict(self)

    def add(self, verdict: Verdict) -> None:
        """Count one readable record."""
        setattr(self, verdict, getattr(self, verdict) + 1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some entries of a file."""

    start: int
    entries: int
    inputs: list[tuple[int, str]] = field(default_factory=list)  # position, text: of a target
    samples: list[tuple[int, Sample, str]] = field(default_factory=list)  # position, sample, raw
    rejects: list[tuple[int, Rejected]] = field(default_factory=list)
    blank: int = 0


def cut(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in as many at a time as make a chunk."""
    found, size = list[Entry](), 0
    for entry in entries:
        found.append(entry)
        size += _length(entry)
        if len(found) >= ENTRIES or size >= CHARACTERS:
            yield found
            found, size = [], 0
    if found:
        yield found


def sorter(read: Read) -> Callable[[Sequence[Entry], int], Chunk]:
    """What sorts entries, given how a record is read: as a sample, or as a bare input."""

    def sort(entries: Sequence[Entry], start: int) -> Chunk:
        blank = sum(isinstance(entry, Blank) for entry in entries)
        chunk = Chunk(start, len(entries), blank=blank)
        for position, entry in enumerate(entries, start):
            found = read(entry) if isinstance(entry, Record) else entry
            if isinstance(found, Rejected):
                chunk.rejects.append((position, found))
            elif isinstance(found, str):
                chunk.inputs.append((position, found))
            elif isinstance(found, Sample) and isinstance(entry, Record):
                chunk.samples.append((position, found, entry.raw))
        return chunk

    return sort


def _length(entry: Entry) -> int:
    if isinstance(entry, Record):
        return len(entry.raw)
    return len(entry.text) if isinstance(entry, Rejected) else 0
