"""Bytes -> a file that is safely on disk, before anybody is told so."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from app.errors import InvalidError


class TooLargeError(InvalidError):
    """The upload is larger than this server takes."""

    code = "too_large"


@dataclass(frozen=True, slots=True)
class Spooled:
    """A finished file of the spool."""

    name: str
    bytes: int
    sha256: str


class SpoolWriter:
    """Writes one upload: `with SpoolWriter(...) as writer: writer.write(chunk) ... writer.close()`.

    The file appears under its name only when it is complete and synced; a
    writer that is left without `finish` removes what it wrote.
    """

    def __init__(self, folder: Path, *, limit: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._limit = folder, limit
        self._name = secrets.token_hex(16)
        self._partial = folder / f"{self._name}.partial"
        self._file: BinaryIO = self._partial.open("xb", buffering=1 << 20)
        self._hash, self._bytes = hashlib.sha256(), 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._partial.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Append a chunk.

        Raises:
            TooLargeError: the limit is passed.
        """
        self._bytes += len(chunk)
        if self._bytes > self._limit:
            raise TooLargeError(f"The upload is larger than {self._limit:,} bytes.")
        self._hash.update(chunk)
        self._file.write(chunk)

    def finish(self) -> Spooled:
        """Sync the file and its folder, and give it its name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._partial.rename(self._folder / self._name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Spooled(self._name, self._bytes, self._hash.hexdigest())


def remove(folder: Path, name: str) -> None:
    """Remove a spooled file that turned out not to be needed."""
    (folder / name).unlink(missing_ok=True)
