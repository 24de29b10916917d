"""Bytes -> a file that is safely on disk, before anybody is told so."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from app.errors import InvalidError

PARTIAL = ".partial"
"""Behind the name of a file that is not all there."""


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
        self._partial = folder / f"{self._name}{PARTIAL}"
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
        _sync(self._folder)
        return Spooled(self._name, self._bytes, self._hash.hexdigest())


def remove(folder: Path, name: str) -> None:
    """Remove a spooled file that turned out not to be needed, all there or not."""
    (folder / name).unlink(missing_ok=True)
    (folder / f"{name}{PARTIAL}").unlink(missing_ok=True)


def write_at(path: Path, offset: int, data: bytes) -> None:
    """Write a part of a file at its place and sync it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        view, at = memoryview(data), offset
        while view:
            written = os.pwrite(file, view, at)
            view, at = view[written:], at + written
        os.fsync(file)
    finally:
        os.close(file)
    _sync(path.parent)


def digests(folder: Path, name: str, part_bytes: int) -> tuple[str, list[str]]:
    """The sha256 of a file, all there or not, and of each of its parts."""
    path = folder / f"{name}{PARTIAL}"
    whole, parts = hashlib.sha256(), []
    with (path if path.exists() else folder / name).open("rb") as stream:
        while part := stream.read(part_bytes):
            whole.update(part)
            parts.append(hashlib.sha256(part).hexdigest())
    return whole.hexdigest(), parts


def finish(folder: Path, name: str) -> None:
    """Give a file whose parts are all there its name; can be done again."""
    partial = folder / f"{name}{PARTIAL}"
    if partial.exists():
        partial.rename(folder / name)
        _sync(folder)


def _sync(folder: Path) -> None:
    """Make sure that the names in a folder are on disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
