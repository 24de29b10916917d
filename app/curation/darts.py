"""The darts of a board as bytes for the browser: 8 bytes a dart, shuffled. UI.md, section 3."""

import hashlib

import numpy as np
import orjson
from sqlmodel import Session

from app.curation import board
from app.geometry.balance import State
from app.storage import datasets, frames, placements
from app.storage.filters import Filter
from app.storage.tables import Status

MAGIC = b"DRT1"
KNOT, APPROVED, CROWDED = 1, 2, 4
OUTSIDE = 0xFFFF

_STATUSES = (Status.PENDING, Status.APPROVED, Status.NEEDS_WORK)


def pack(session: Session, slug: str, number: int, wanted: Filter = board.ON_BOARD) -> bytes:
    """The darts of frame `number`.

    "DRT1", u32 length of a JSON header, the header padded to 4 bytes, then the
    little-endian columns u16 x[n], u16 y[n], u16 cell[n], u8 flags[n], u8 cat[n].
    Rows are in a fixed random order, so that any prefix is a fair sample.
    Flags: 1 in a knot, 2 approved, 4 in an over-dense cell. `cat` is the status.
    """
    dataset = datasets.get(session, slug)
    row = frames.get(session, dataset.id, number)
    rows = placements.darts(session, dataset.id, row.id, wanted)
    table = np.array([found[:5] for found in rows], dtype=np.int64).reshape(-1, 5)
    status = np.array([_STATUSES.index(found[5]) for found in rows], dtype=np.int64)
    table, status = table[table[:, 3] >= 0], status[table[:, 3] >= 0]
    order = np.random.default_rng(row.id).permutation(len(table))
    table, status = table[order], status[order]
    crowded = _crowded(session, slug)
    flags = KNOT * (table[:, 4] >= 0) + APPROVED * (status == 1)
    flags += CROWDED * np.isin(table[:, 3], crowded)
    header = orjson.dumps({"n": len(table), "categories": list(_STATUSES), "frame": number})
    header += b" " * (-len(header) % 4)
    columns = [table[:, column].astype("<u2").tobytes() for column in (1, 2, 3)]
    bytes_ = [column.astype(np.uint8).tobytes() for column in (flags, status)]
    return b"".join([MAGIC, len(header).to_bytes(4, "little"), header, *columns, *bytes_])


def fingerprint(packed: bytes) -> str:
    """A strong ETag of packed darts."""
    return hashlib.sha256(packed).hexdigest()[:32]


def _crowded(session: Session, slug: str) -> list[int]:
    judged = board.judge(session, datasets.get(session, slug))
    if judged is None:
        return []
    states = judged.balance.state
    return [cell for cell, state in enumerate(states) if state is State.OVER_DENSE]
