"""Keep what is costly to make in a folder: made whole or not at all, and by one process."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

DIGESTS = "SHA256SUMS"


def folder(cache: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return cache/name, whole; `make` fills an empty folder when there is none or it is damaged.

    A second process (or thread) that asks meanwhile waits and takes what the first one made.
    """
    kept = cache / name
    if is_whole(kept):
        return kept
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache / f"{name}.lock"):
        if not is_whole(kept):
            _fill(kept, make)
    return kept


def is_whole(kept: Path) -> bool:
    """Tell whether the folder holds exactly the bytes that were put there."""
    digests = kept / DIGESTS
    return digests.is_file() and digests.read_text(encoding="utf-8") == _digests(kept)


def _fill(kept: Path, make: Callable[[Path], None]) -> None:
    # Whoever died here held the lock, so what lies around belongs to nobody.
    for left in kept.parent.glob(f".{kept.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=kept.parent, prefix=f".{kept.name}-") as temporary:
        making = Path(temporary) / kept.name
        making.mkdir()
        make(making)
        (making / DIGESTS).write_text(_digests(making), encoding="utf-8")
        shutil.rmtree(kept, ignore_errors=True)
        making.rename(kept)


def _digests(kept: Path) -> str:
    files = sorted(path for path in kept.iterdir() if path.name != DIGESTS)
    return "".join(f"{_digest(path)}  {path.name}\n" for path in files)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            import fcntl
        except ImportError:  # Windows: two processes may both make it, and the last one stays.
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)  # closing the file lets go, and so does dying
        yield
