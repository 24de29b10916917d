"""The vectors of a data set as arrays in a folder, so that a question need not read a table.

Derived from the database and made anew when a later job has embedded something. What was edited
or thrown away meanwhile is told by its text's hash, which stands beside each vector.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from sqlmodel import Session

from app.geometry import nearest
from app.geometry.arrays import Integers, Singles, Vectors
from app.geometry.nearest import Nearest
from app.storage import embeddings
from app.storage.embeddings import Side

FITTED_ON = 20_000
EMPTY = 128
"""Bytes of a file that holds an array of nothing: its header alone."""
OPEN_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Source:
    """Which vectors: of what data set and side, by which encoder, as of which embedding job."""

    dataset_id: int
    side: Side
    encoder: str
    job: int

    @property
    def kin(self) -> str:
        """What the folders of all jobs have in common."""
        encoder = hashlib.sha256(self.encoder.encode()).hexdigest()[:8]
        return f"{self.dataset_id}-{self.side}-{encoder}-"


@dataclass(frozen=True, slots=True)
class VectorFiles:
    """n vectors with their samples, mapped into memory."""

    ids: Integers
    hashes: NDArray[np.bytes_]
    seen: Vectors
    rough: Vectors
    full: NDArray[np.float16]

    def find(self, wanted: Singles, k: int) -> Nearest:
        """The rows most like a unit vector."""
        return nearest.find(wanted, seen=self.seen, rough=self.rough, full=self.full, k=k)


def of(session: Session, folder: Path, source: Source) -> VectorFiles:
    """The files of this source, made if they are not there."""
    kept = folder / f"{source.kin}{source.job}"
    if not kept.is_dir():
        make(session, folder, source)
    return _open(kept)


def make(session: Session, folder: Path, source: Source) -> None:
    """Write the files beside the older ones, which go when these are whole."""
    kept = folder / f"{source.kin}{source.job}"
    making = folder / f".{source.kin}{source.job}.{id(session)}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    _fill(making, session, source)
    if kept.is_dir():
        shutil.rmtree(making)
        return
    making.rename(kept)
    for other in folder.glob(f"{source.kin}*"):
        if other != kept:
            shutil.rmtree(other, ignore_errors=True)


def _fill(making: Path, session: Session, source: Source) -> None:
    count = embeddings.count_of_samples(session, source.dataset_id, source.side, source.encoder)
    parts = _parts(session, source, count)
    first = next(parts, None)
    wide = first[2].shape[1] if first else 0
    full = _array(making, "full", "<f2", (count, wide))
    ids = _array(making, "ids", "<i8", (count,))
    hashes = _array(making, "hashes", "S32", (count,))
    at = 0
    while first:
        numbers, names, vectors = first
        end = at + len(numbers)
        ids[at:end], hashes[at:end], full[at:end] = numbers, names, vectors
        at, first = end, next(parts, None)
    step = max(1, count // FITTED_ON)
    seen = nearest.directions(full[::step].astype(np.float32)) if count else np.zeros((0, 0))
    np.save(making / "seen.npy", seen.astype(np.float32))
    rough = _array(making, "rough", "<f4", (count, seen.shape[1]))
    for start in range(0, count, 5_000):
        rough[start : start + 5_000] = full[start : start + 5_000].astype(np.float32) @ seen


def _parts(
    session: Session, source: Source, count: int
) -> Iterator[tuple[list[int], list[str], NDArray[np.float16]]]:
    """The rows in parts, no more than were counted: the arrays have that length."""
    for numbers, names, vectors in embeddings.parts_of_samples(
        session, source.dataset_id, source.side, source.encoder
    ):
        if count <= 0:
            return
        yield numbers[:count], names[:count], vectors[:count]
        count -= len(numbers)


def _array(folder: Path, name: str, kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    if 0 in shape:  # nothing can be mapped where there is nothing
        np.save(folder / f"{name}.npy", np.zeros(shape, kind))
        return np.zeros(shape, kind)
    made: NDArray[Any] = open_memmap(folder / f"{name}.npy", "w+", kind, shape)
    return made


@lru_cache(maxsize=OPEN_AT_ONCE)
def _open(kept: Path) -> VectorFiles:
    def read(name: str) -> NDArray[Any]:
        path = kept / f"{name}.npy"
        # An array of nothing cannot be mapped.
        how: Literal["r"] | None = "r" if path.stat().st_size > EMPTY else None
        mapped: NDArray[Any] = np.load(path, mmap_mode=how, allow_pickle=False)
        return mapped

    return VectorFiles(**{name: read(name) for name in ("ids", "hashes", "seen", "rough", "full")})
