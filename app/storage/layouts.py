"""Queries about drawn darts: packed positions, in the order in which they are drawn."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert
from sqlmodel import Session, col, delete, func, select

from app.storage import listed
from app.storage.board_tables import PlacementRow
from app.storage.dart_tables import DartChunkRow, DartLayoutRow
from app.storage.filters import Filter, conditions
from app.storage.release_tables import VersionItemRow
from app.storage.tables import SampleRow, Status

View = Literal["board", "map", "target"]
Column = Literal["ids", "x", "y", "cell", "flags", "levels"]

CHUNK = 65_536
"""Darts a chunk: what is in memory at a time while they are sent."""
ROWS_PER_FETCH = 20_000
TYPES = {"ids": "<i8", "x": "<u2", "y": "<u2", "cell": "<u2", "flags": "u1", "levels": "<u2"}
NO_CELL = 0xFFFF


@dataclass(frozen=True, slots=True)
class Layout:
    """Darts in drawing order; arrays of length n.

    `cell` is NO_CELL for outsiders; `ids` are samples, or positions in the target's file.
    `levels` (n, L) are the parts that `evidence.weigh` counts; a map has none, L is 0.
    """

    ids: NDArray[np.int64]
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    cell: NDArray[np.uint16]
    flags: NDArray[np.uint8]
    levels: NDArray[np.uint16]


def placed(session: Session, frame_id: int) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Every dart of a frame: (sample id, x, y, cell, knot) (n, 5), and levels (n, L), by sample id.

    A million rows never stand in memory as Python objects: they come in parts.
    """
    place = PlacementRow
    query = (
        select(  # type: ignore[call-overload]
            place.sample_id, place.x, place.y, place.cell, place.knot, place.levels
        )
        .where(place.frame_id == frame_id)
        .order_by(place.sample_id)
    )
    tables, levels = [np.zeros((0, 5), np.int64)], []
    for rows in session.execute(query.execution_options(yield_per=ROWS_PER_FETCH)).partitions():
        tables.append(np.array([tuple(row)[:5] for row in rows], dtype=np.int64))
        levels.append(b"".join(row[5] for row in rows))
    table, packed = np.concatenate(tables), np.frombuffer(b"".join(levels), "<u2")
    return table, packed.reshape(len(table), -1) if len(table) else packed.reshape(0, 0)


def ids_of(session: Session, dataset_id: int, wanted: Filter) -> NDArray[np.int64]:
    """The ids of all samples that match, in no order: for more of them than a list should hold."""
    query = select(listed.joined(SampleRow.id)).where(*conditions(dataset_id, wanted))
    return listed.read(session.exec(query).one())


def ids_of_version(
    session: Session, version_id: int, statuses: Sequence[Status]
) -> NDArray[np.int64]:
    """The ids of a frozen version's samples that had one of these statuses, in no order."""
    item = VersionItemRow
    query = select(listed.joined(item.sample_id)).where(
        item.version_id == version_id, col(item.status).in_(statuses)
    )
    return listed.read(session.exec(query).one())


def ids_shared(
    session: Session, dataset_id: int, other_id: int, wanted: Filter
) -> NDArray[np.int64]:
    """The ids of a data set's samples whose input a matching sample of another one has too."""
    there = select(SampleRow.input_hash).where(*conditions(other_id, wanted))
    query = select(listed.joined(SampleRow.id)).where(
        SampleRow.dataset_id == dataset_id, col(SampleRow.input_hash).in_(there)
    )
    return listed.read(session.exec(query).one())


def save(
    session: Session, frame_id: int, view: View, layout: Layout, facts: dict[str, Any]
) -> DartLayoutRow:
    """Keep a layout in place of the older one of this view."""
    session.exec(
        delete(DartLayoutRow).where(
            col(DartLayoutRow.frame_id) == frame_id, col(DartLayoutRow.view) == view
        )
    )
    chunks = [_pack(layout, start) for start in range(0, len(layout.ids), CHUNK)]
    digest = hashlib.sha256()
    for chunk in chunks:
        for name in TYPES:
            digest.update(chunk[name])
    row = DartLayoutRow(
        frame_id=frame_id,
        view=view,
        darts=len(layout.ids),
        fingerprint=digest.hexdigest()[:32],
        facts=facts,
    )
    session.add(row)
    session.flush()
    for number, chunk in enumerate(chunks):
        session.execute(insert(DartChunkRow), [{"layout_id": row.id, "number": number, **chunk}])
    return row


def find(session: Session, frame_id: int, view: View) -> DartLayoutRow | None:
    """The layout of a view, or None while it is not made."""
    query = select(DartLayoutRow).where(
        DartLayoutRow.frame_id == frame_id, DartLayoutRow.view == view
    )
    return session.exec(query).one_or_none()


def count_placed(session: Session, frame_id: int, *, outsiders: bool = False) -> int:
    """How many samples lie on the board of a frame, or were placed by it at all."""
    query = select(func.count()).select_from(PlacementRow)
    lowest = -1 if outsiders else 0
    return session.exec(
        query.where(PlacementRow.frame_id == frame_id, col(PlacementRow.cell) >= lowest)
    ).one()


def column(
    session: Session, layout: DartLayoutRow, name: Column, *, start: int = 0, stop: int = -1
) -> Iterator[NDArray[Any]]:
    """One column of the darts start..stop, a chunk at a time."""
    stop = layout.darts if stop < 0 else min(stop, layout.darts)
    for number in range(start // CHUNK, -(-stop // CHUNK)):
        query = select(getattr(DartChunkRow, name)).where(
            DartChunkRow.layout_id == layout.id, DartChunkRow.number == number
        )
        values = np.frombuffer(session.exec(query).one(), TYPES[name])
        first = number * CHUNK
        if name == "levels":
            values = values.reshape(min(CHUNK, layout.darts - first), -1)
        yield values[max(start - first, 0) : stop - first]


def whole_column(session: Session, layout: DartLayoutRow, name: Column) -> NDArray[Any]:
    """One column of all darts."""
    if not layout.darts:
        return np.zeros((0, 0) if name == "levels" else 0, TYPES[name])
    return np.concatenate(list(column(session, layout, name)))


def _pack(layout: Layout, start: int) -> dict[str, bytes]:
    return {
        name: getattr(layout, name)[start : start + CHUNK].astype(kind).tobytes()
        for name, kind in TYPES.items()
    }
