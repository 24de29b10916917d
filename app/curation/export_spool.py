"""Lines that wait for their file: made while samples are checked, sorted once all are known.

Making lines takes longer than all else, so they are made once. They wait in a file that has no
name: it goes with its process, and a job that is taken up again makes the rest of them anew.
"""

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

from app.curation import rendering
from app.curation.rendering import Places

MOST_IN_MEMORY = 1 << 20


class Chunk(NamedTuple):
    """The lines of some samples, by split; `last` is the id of the last of the samples."""

    last: int
    samples: int
    lines: dict[str, list[bytes]]


class Spool:
    """A file of lines, and how long each of them is: 0 for a sample that has none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY, dir=str(folder))  # noqa: SIM115
        self._parts: list[tuple[int, array[int]]] = []

    def close(self) -> None:
        """Give the space back."""
        self._file.close()

    @property
    def is_filled(self) -> bool:
        """Whether lines wait here."""
        return bool(self._parts)

    def add(self, last: int, lines: Sequence[bytes]) -> None:
        """Put some more lines at the end; `last` is the id of the last sample."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file.write(b"".join(lines))
        self._parts.append((last, array("I", map(len, lines))))

    def sort(self, places: Places) -> Iterator[Chunk]:
        """All lines in the chunks in which they came, by the split that a sample's place means."""
        self._file.seek(0)
        seen = 0
        for last, sizes in self._parts:
            ends = [0, *accumulate(sizes)]
            text = self._file.read(ends[-1])
            lines = [text[start:end] for start, end in pairwise(ends)]
            some = places[seen : seen + len(lines)]
            yield Chunk(last, len(lines), rendering.sort(lines, some))
            seen += len(lines)
