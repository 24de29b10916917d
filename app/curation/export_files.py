"""Files that appear under their name only when they are complete and on disk."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

COPY_BYTES = 1 << 20


class GrowingFile:
    """A file that is written line by line and can be taken up again after a kill.

    Every attempt of a job writes a copy of its own: a worker that lost its
    lease may still hold the old one open. `mark()` is what to keep for later.
    """

    def __init__(self, path: Path, *, attempt: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.attempt = path, attempt
        self._partial = self._partial_of(attempt)
        self._file: BinaryIO = self._partial.open("wb")
        self._bytes, self._hash = 0, hashlib.sha256()

    def take_up(self, mark: Mapping[str, Any]) -> bool:
        """Begin with what an earlier attempt wrote; False if that is not there any more."""
        for source in (self._partial_of(int(mark["attempt"])), self.path):
            if source != self._partial and source.exists():
                self._copy(source, int(mark["bytes"]))
                if self._hash.hexdigest() == mark["sha256"]:
                    return True
            self.begin_again()
        return False

    def begin_again(self) -> None:
        """Forget what was written so far."""
        self._file.seek(0)
        self._file.truncate()
        self._bytes, self._hash = 0, hashlib.sha256()

    def write(self, lines: Sequence[bytes]) -> None:
        """Append lines; each ends in a line feed."""
        part = b"".join(lines)
        self._file.write(part)
        self._hash.update(part)
        self._bytes += len(part)

    def mark(self) -> dict[str, Any]:
        """How far the file has come, as take_up wants it."""
        self._file.flush()
        return {"attempt": self.attempt, "bytes": self._bytes, "sha256": self._hash.hexdigest()}

    def sync(self) -> None:
        """Bring the content to disk; it still has no name."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def publish(self) -> None:
        """Give the synced file its name, and remove what earlier attempts left."""
        self._partial.replace(self.path)
        self.discard()

    def discard(self) -> None:
        """Remove the file and what earlier attempts left: nobody wants it."""
        self._file.close()
        for attempt in range(1, self.attempt + 1):
            self._partial_of(attempt).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; what was written stays, so that it can be taken up."""
        self._file.close()

    @property
    def bytes(self) -> int:
        """How long the file is."""
        return self._bytes

    @property
    def sha256(self) -> str:
        """The hash of the file so far."""
        return self._hash.hexdigest()

    def _partial_of(self, attempt: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{attempt}.partial")

    def _copy(self, source: Path, size: int) -> None:
        with source.open("rb") as stream:
            while self._bytes < size:
                part = stream.read(min(COPY_BYTES, size - self._bytes))
                if not part:
                    return
                self.write([part])


def publish(files: Mapping[str, GrowingFile], papers: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Bring the files of all splits and the papers beside them to disk under their names.

    Returns:
        name, bytes and sha256 of each, as an export's row keeps them.
    """
    told = []
    for file in files.values():
        file.sync()
        file.publish()
        told.append({"name": file.path.name, "bytes": file.bytes, "sha256": file.sha256})
        folder, attempt = file.path.parent, file.attempt
    for name, content in papers.items():
        with closing(GrowingFile(folder / name, attempt=attempt)) as small:
            small.write([content])
            small.sync()
            small.publish()
            told.append({"name": name, "bytes": small.bytes, "sha256": small.sha256})
    sync_folder(folder)
    sync_folder(folder.parent)
    return told


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
