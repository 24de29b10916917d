"""Queries about dealings: how a version's samples were split under one set of options."""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.storage.release_tables import DealingRow


def find(session: Session, version_id: int, key: str) -> DealingRow | None:
    """The dealing of a version under these options, or None."""
    return session.get(DealingRow, (version_id, key))


def save(
    session: Session, version_id: int, key: str, parts: NDArray[np.uint8], told: dict[str, Any]
) -> None:
    """Keep a dealing; one that is there already stays: it was used."""
    if find(session, version_id, key) is None:
        packed = zlib.compress(parts.tobytes(), 1)
        session.add(DealingRow(version_id=version_id, key=key, parts=packed, told=told))


def parts_of(row: DealingRow) -> NDArray[np.uint8]:
    """What became of each sample, by id (n,)."""
    return np.frombuffer(zlib.decompress(row.parts), np.uint8)
