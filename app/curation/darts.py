"""The darts of a board or map as bytes for the browser: 8 bytes a dart, shuffled. UI.md, section 3.

The positions are packed once, by the worker, for they do not change until samples
are placed anew; what people decide changes two bytes a dart, which are made when asked for.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import dart_states, marks, queries
from app.curation.dart_states import KNOT, States
from app.curation.queries import Query
from app.errors import NotFoundError
from app.storage import datasets, frames, layouts
from app.storage.board_tables import FrameRow
from app.storage.dart_tables import DartLayoutRow
from app.storage.database import Sessions
from app.storage.layouts import Column, Layout, View
from app.storage.tables import DatasetRow

MAGIC = b"DRT1"
BYTES_PER_DART = 8


class DartNotFoundError(NotFoundError):
    """There is no such dart."""


class NotDrawnError(NotFoundError):
    """The darts of this view are not drawn yet."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload that is ready to be sent, without its bytes.

    Attributes:
        layout: where its positions are kept.
        tag: names the content: the same tag, the same bytes.
        header: everything before the columns.
        states: the flags and the categories of all darts.
    """

    layout: DartLayoutRow
    tag: str
    header: bytes
    states: States

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.header) + BYTES_PER_DART * self.layout.darts


def lay_out(session: Session, frame_id: int) -> DartLayoutRow:
    """Pack where the samples of a frame lie, in their drawing order."""
    table, levels = layouts.placed(session, frame_id)
    inside = np.flatnonzero(table[:, 3] >= 0)
    order = inside[drawing_order(table[inside, 0], seed=frame_id)]
    table, levels = table[order], levels[order]
    flags = np.where(table[:, 4] >= 0, KNOT, 0)
    ids, x, y, cell, _ = table.T
    packed = Layout(
        ids, x.astype("<u2"), y.astype("<u2"), cell.astype("<u2"), flags.astype(np.uint8), levels
    )
    return layouts.save(session, frame_id, "board", packed, {})


def drawing_order(ids: NDArray[np.int64], *, seed: int) -> NDArray[np.int64]:
    """The order of ids (n,) in which any beginning is a fair sample.

    It is that of a hash of each id (SplitMix64, Steele and others 2014), so that
    new samples fall between the old ones, and these keep their order.
    """
    with np.errstate(over="ignore"):
        z = ids.astype(np.uint64) + np.uint64(seed + 1) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.argsort(z ^ (z >> np.uint64(31)), kind="stable")


def find_layout(session: Session, row: FrameRow, view: View) -> DartLayoutRow | None:
    """The layout of a view as long as it holds all the samples that are placed."""
    layout = layouts.find(session, row.id, view)
    if layout is None or view != "board":
        return layout
    return layout if layout.darts == layouts.count_placed(session, row.id) else None


def ensure_layout(read: Sessions, write: Sessions, slug: str, number: int) -> None:
    """Pack the darts of a board that was drawn before they were packed."""
    with read() as session:
        row = frames.get(session, datasets.get(session, slug).id, number)
        if find_layout(session, row, "board") is not None:
            return
    with write() as session:
        lay_out(session, row.id)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which payload is wanted; `tag` is what the address says, it may name an older content."""

    view: View = "board"
    color: str = "status"
    tag: str = ""


ANY = Wish()


def prepare(session: Session, slug: str, number: int, wish: Wish = ANY) -> Payload:
    """Everything about a payload but its columns.

    "DRT1", u32 length of a JSON header, the header padded to 4 bytes, then the
    little-endian columns u16 x[n], u16 y[n], u16 cell[n], u8 flags[n], u8 cat[n].
    Rows are in a fixed random order, so that any prefix is a fair sample.
    `cat` counts the header's categories; past their end it is "other".

    Raises:
        NotDrawnError: the view has no layout yet.
    """
    dataset = datasets.get(session, slug)
    row = frames.get(session, dataset.id, number)
    layout = layouts.find(session, row.id, wish.view)
    if layout is None:
        raise NotDrawnError
    tag = tag_of(dataset, layout, color=wish.color + marks.stamp(session, wish.color))
    # An address that names the content was made from it just now: nothing to count again.
    if tag != wish.tag and find_layout(session, row, wish.view) is None:
        raise NotDrawnError
    states = dart_states.find(session, dataset, layout, tag=tag, color=wish.color)
    told = {"n": layout.darts, "frame": number, "view": wish.view, "color": wish.color}
    cells = [cell["id"] for cell in row.facts["cells"]]
    more = {"categories": states.names, "rows": layout.fingerprint, "cells": cells}
    header = orjson.dumps({**told, **more, **layout.facts})
    header += b" " * (-len(header) % 4)
    return Payload(layout, tag, MAGIC + len(header).to_bytes(4, "little") + header, states)


def tag_of(dataset: DatasetRow, layout: DartLayoutRow, *, color: str = "status") -> str:
    """The name of a payload's content, known without making it."""
    told = f"{layout.fingerprint} {dataset.event_head} {color}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def send(session: Session, payload: Payload, *, start: int = 0, stop: int = -1) -> Iterator[bytes]:
    """The bytes start..stop of a payload, a chunk of a column at a time."""
    stop = payload.size if stop < 0 else stop
    yield payload.header[start:stop]
    first = len(payload.header)
    for name, width in (("x", 2), ("y", 2), ("cell", 2), ("flags", 1), ("cat", 1)):
        length = width * payload.layout.darts
        low, high = max(start - first, 0), min(stop - first, length)
        if low < high:
            skipped = low % width
            span = ((low - skipped) // width, -(-high // width))
            yield from _trimmed(_column(session, payload, name, span), skipped, high - low)
        first += length


def pack(session: Session, slug: str, number: int) -> bytes:
    """The whole payload of a board at once, packing its darts first if need be."""
    row = frames.get(session, datasets.get(session, slug).id, number)
    if find_layout(session, row, "board") is None:
        lay_out(session, row.id)
    return b"".join(send(session, prepare(session, slug, number)))


def mask(
    session: Session, slug: str, number: int, query: Query, *, view: View = "board"
) -> tuple[bytes, str]:
    """Which darts a query finds: a bit each in the payload's order, the lowest bit first.

    Returns:
        The bits, and the fingerprint of the rows they belong to.
    """
    dataset = datasets.get(session, slug)
    row = frames.get(session, dataset.id, number)
    layout = find_layout(session, row, view)
    if layout is None:
        raise NotDrawnError
    found = layouts.ids_of(session, dataset.id, queries.resolve_counted(session, dataset.id, query))
    ids = layouts.whole_column(session, layout, "ids")
    return np.packbits(np.isin(ids, found), bitorder="little").tobytes(), layout.fingerprint


def sample_at(session: Session, slug: str, number: int, at: int, *, view: View = "board") -> int:
    """The id of the sample that a dart stands for, or DartNotFoundError."""
    row = frames.get(session, datasets.get(session, slug).id, number)
    layout = find_layout(session, row, view)
    if layout is None or not 0 <= at < layout.darts:
        raise DartNotFoundError
    found = np.concatenate(list(layouts.column(session, layout, "ids", start=at, stop=at + 1)))
    return int(found[0])


def href(slug: str, number: int, tag: str, *, view: View = "board", color: str = "status") -> str:
    """Where a payload is; the tag lets the browser keep it for good."""
    said = {"h": tag}
    if view != "board":
        said["view"] = view
    if color.startswith(marks.PREFIX):
        said["cmp"] = color.removeprefix(marks.PREFIX)
    elif color != "status":
        said["color"] = color
    return f"/d/{slug}/board/{number}/darts.bin?{urlencode(said)}"


def address(session: Session, dataset: DatasetRow, row: FrameRow, wish: Wish = ANY) -> str:
    """Where the darts of a view are as they stand now."""
    layout = layouts.find(session, row.id, wish.view)
    stamped = wish.color + marks.stamp(session, wish.color)
    tag = tag_of(dataset, layout, color=stamped) if layout else "new"
    return href(dataset.slug, row.number, tag, view=wish.view, color=wish.color)


def _column(
    session: Session, payload: Payload, name: str, span: tuple[int, int]
) -> Iterator[bytes]:
    start, stop = span
    if name in ("flags", "cat"):
        states = payload.states.flags if name == "flags" else payload.states.categories
        yield states[start:stop].tobytes()
        return
    column: Column = name  # type: ignore[assignment]
    for values in layouts.column(session, payload.layout, column, start=start, stop=stop):
        yield values.tobytes()


def _trimmed(pieces: Iterator[bytes], skipped: int, length: int) -> Iterator[bytes]:
    """The pieces without their first bytes, and not more than length bytes of them."""
    for piece in pieces:
        part = piece[skipped : skipped + length]
        length -= len(part)
        skipped = 0
        yield part
