"""Who is at work on a data folder: told by locks that vanish with their process."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.errors import ConflictError

PATIENCE_SECONDS = 0.5
"""Somebody who only asks whether the lock is held holds it too, for an instant."""

SERVER, WORKER = "server.lock", "worker.lock"


class LockedError(ConflictError):
    """Another Dartboard is at work on this data folder."""


@contextmanager
def held(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock, alone or with others, until the block ends.

    Raises:
        LockedError: somebody else holds it.
    """
    with path.open("ab") as file:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _is_taken(file, shared=shared):
            if time.monotonic() > deadline:
                raise LockedError
            time.sleep(0.01)
        yield


def is_held(path: Path) -> bool:
    """Whether some process holds the lock, alone or with others."""
    if not path.exists():
        return False
    with path.open("ab") as file:
        return not _is_taken(file, shared=False)


def _is_taken(file: BinaryIO, *, shared: bool) -> bool:
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
