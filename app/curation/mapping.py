"""The map: the target and the data laid out flat, in the worker. Only to look at.

Like a frame a map is frozen: samples that come later are placed among their neighbours and move
no other point. It is drawn anew for another frame, or once the data are twice what they were.
"""

import secrets
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import darts, drawing
from app.curation.board_views import BoardView
from app.curation.dart_states import KNOT
from app.geometry import mapping
from app.storage import datasets, embeddings, frames, jobs, layouts, samples
from app.storage.board_tables import FrameRow
from app.storage.dart_tables import DartLayoutRow
from app.storage.database import Sessions
from app.storage.layouts import NO_CELL, Layout
from app.storage.tables import DatasetRow, JobRow

KIND = "map"
AUTOMATIC = 1_000
"""Samples from which a map is drawn before anybody asks for it; a smaller one is quickly made."""
GROWTH = 2
"""How many times its first points a map may hold before it is drawn anew."""

NO_LEVELS = np.zeros((0, 0), np.uint16)

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MapView:
    """What templates/boards/_map.html may show."""

    ready: bool
    darts_href: str
    target_href: str  # "" without points of a target
    states: tuple[str, ...]  # of each cell: what the darts are coloured by
    method: str  # umap or directions
    fitted: int
    points: int


NOT_DRAWN = MapView(
    ready=False, darts_href="", target_href="", states=(), method="", fitted=0, points=0
)


@dataclass(frozen=True, slots=True)
class _Points:
    """What a map is drawn from: target (m, d) and samples (n, d), both unit vectors."""

    row: FrameRow
    target: Vectors
    ids: NDArray[np.int64]
    vectors: Vectors
    placed: NDArray[np.int64]  # (sample, x, y, cell, knot) on the board

    @property
    def all(self) -> Vectors:
        """Target and samples in one array."""
        return np.concatenate([self.target, self.vectors]) if len(self.target) else self.vectors


def ask(read: Sessions, write: Sessions, slug: str) -> None:
    """See to it that the newest frame gets its map; nothing waits for it."""
    with read() as session:
        dataset = datasets.get(session, slug)
        row = frames.newest(session, dataset.id)
        if row is None or _is_fresh(session, row):
            return
    with write() as session:
        _enqueue(session, dataset)


def ask_after_embedding(write: Sessions, job: JobRow) -> None:
    """Once all sides of a larger data set have their vectors its map is drawn by itself."""
    if job.params.get("side") != "output":
        return
    with write() as session:
        dataset = datasets.get_by_id(session, int(job.dataset_id or 0))
        if samples.count(session, dataset.id) >= AUTOMATIC:
            _enqueue(session, dataset)


def draw_map(read: Sessions, write: Sessions, job: JobRow) -> None:
    """Draw the map of the newest frame, or add to it what is new."""

    def report(phase: str) -> None:
        with write() as session:
            jobs.checkpoint(session, job, phase=phase)

    report("read vectors")
    with read() as session:
        points = _gather(session, int(job.dataset_id or 0))
        if points is None:
            return
        older = layouts.find(session, points.row.id, "map")
        known = _known(session, older)
    if older is not None and _may_grow(older, points):
        report("place new samples")
        packed = _add(points, known, older.facts["scale"])
        facts = {**older.facts, "placed": len(points.placed)}
        _save(write, points, packed, facts)
        return
    drawn = mapping.draw(points.all, report=report)
    scale = mapping.scale_of(drawn.positions)
    facts = {
        "method": drawn.method, "fitted": drawn.fitted, "scale": scale,
        "first": len(points.ids), "placed": len(points.placed), "drawn": secrets.token_hex(8),
    }  # fmt: skip
    packed = mapping.pack(drawn.positions, scale)
    _save_target(write, points, packed[: len(points.target)])
    _save(write, points, packed[len(points.target) :], facts)


def view(session: Session, slug: str, board: BoardView) -> MapView:
    """The map of the newest frame, as far as it is drawn."""
    dataset = datasets.get(session, slug)
    row = frames.newest(session, dataset.id)
    layout = layouts.find(session, row.id, "map") if row else None
    if row is None or layout is None:
        return NOT_DRAWN
    target = layouts.find(session, row.id, "target")
    target_href = ""
    if target is not None and target.darts:
        target_href = darts.href(slug, row.number, darts.tag_of(dataset, target), view="target")
    return MapView(
        ready=True,
        darts_href=board.darts_href,
        target_href=target_href,
        states=tuple(cell.state for cell in board.cells),
        method=str(layout.facts["method"]),
        fitted=int(layout.facts["fitted"]),
        points=layout.darts + (target.darts if target else 0),
    )


def _enqueue(session: Session, dataset: DatasetRow) -> None:
    jobs.enqueue(session, KIND, dataset.id, title=f"Draw the map of {dataset.name}")


def _is_fresh(session: Session, row: FrameRow) -> bool:
    layout = layouts.find(session, row.id, "map")
    placed = layouts.count_placed(session, row.id, outsiders=True)
    return layout is not None and layout.facts.get("placed") == placed


def _gather(session: Session, dataset_id: int) -> _Points | None:
    row = frames.newest(session, dataset_id)
    if row is None:
        return None
    ids, _, vectors = drawing.vectors_of(session, dataset_id, row.side, row.encoder)
    target = embeddings.of_target(session, row.target_id, row.encoder)
    if not ids or target.shape[1] != vectors.shape[1]:
        target = np.zeros((0, vectors.shape[1]), np.float32)
    placed, _ = layouts.placed(session, row.id)
    return _Points(row, target, np.array(ids, np.int64), vectors, placed) if ids else None


def _known(session: Session, older: DartLayoutRow | None) -> tuple[NDArray[Any], NDArray[Any]]:
    """Ids (n,) and packed positions (n, 2) of an older map, ascending by id."""
    if older is None:
        return np.zeros(0, np.int64), np.zeros((0, 2), np.uint16)
    ids = layouts.whole_column(session, older, "ids")
    x, y = (layouts.whole_column(session, older, name) for name in ("x", "y"))
    order = np.argsort(ids)
    return ids[order], np.stack([x, y], axis=1)[order]


def _may_grow(older: DartLayoutRow, points: _Points) -> bool:
    if older.facts["method"] != "umap":
        return False
    return len(points.ids) <= GROWTH * max(int(older.facts["first"]), 1)


def _add(
    points: _Points, known: tuple[NDArray[Any], NDArray[Any]], scale: list[float]
) -> NDArray[np.uint16]:
    """Packed positions of all samples: the old ones stay, the new come beside their neighbours."""
    ids, packed = known
    at = np.minimum(np.searchsorted(ids, points.ids), len(ids) - 1)
    old = ids[at] == points.ids
    result = packed[at]
    if not old.all():
        spread = (scale[0], scale[1], scale[2])
        there = mapping.unpack(result[old], spread)
        placed = mapping.beside(points.vectors[~old], points.vectors[old], there)
        result[~old] = mapping.pack(placed, spread)
    return result


def _save(
    write: Sessions, points: _Points, packed: NDArray[np.uint16], facts: dict[str, Any]
) -> None:
    cell, flags = _on_board(points)
    order = darts.drawing_order(points.ids, seed=points.row.id)
    layout = Layout(
        points.ids[order], packed[order, 0], packed[order, 1], cell[order], flags[order],
        NO_LEVELS,
    )  # fmt: skip
    with write() as session:
        layouts.save(session, points.row.id, "map", layout, facts)


def _save_target(write: Sessions, points: _Points, packed: NDArray[np.uint16]) -> None:
    ids = np.arange(len(packed), dtype=np.int64)
    order = darts.drawing_order(ids, seed=points.row.id)
    nowhere = np.full(len(ids), NO_CELL, np.uint16)
    layout = Layout(
        ids[order], packed[order, 0], packed[order, 1], nowhere, np.zeros(len(ids), np.uint8),
        NO_LEVELS,
    )  # fmt: skip
    with write() as session:
        layouts.save(session, points.row.id, "target", layout, {})


def _on_board(points: _Points) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """The cell of each sample, NO_CELL for outsiders, and its flags."""
    cell = np.full(len(points.ids), NO_CELL, np.uint16)
    flags = np.zeros(len(points.ids), np.uint8)
    if len(points.placed):
        at = np.minimum(np.searchsorted(points.placed[:, 0], points.ids), len(points.placed) - 1)
        there = points.placed[at]
        seen = (there[:, 0] == points.ids) & (there[:, 3] >= 0)
        cell[seen] = there[seen, 3]
        flags[seen & (there[:, 4] >= 0)] = KNOT
    return cell, flags
