"""Vectors -> a frame and a place in it for every sample. Runs in the worker.

Reading, thinking and writing are apart: while the geometry works nothing is
locked. A frame is frozen; it is fitted anew only where the old one cannot
serve: another target, side or encoder, a person's wish, or a first board that
was fitted on too few samples to mean anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import darts as packed_darts
from app.curation import fitting, naming, quotas
from app.curation import frames as packing
from app.curation.fitting import Base
from app.curation.judging import judge
from app.geometry import balance, neighbours, redundancy, thinning
from app.geometry import frame as geometry
from app.geometry.frame import Places
from app.geometry.neighbours import Neighbours
from app.storage import datasets, embeddings, frames, jobs, placements, samples, targets
from app.storage.board_tables import FrameRow, TargetRow
from app.storage.database import Sessions
from app.storage.filters import NEAR_DUPLICATE, Filter
from app.storage.tables import DatasetRow, JobRow

TAU = NEAR_DUPLICATE
"""Cosine above which two texts count as near copies (all-MiniLM-L6-v2; PERFORMANCE.md 4)."""
ROWS_PER_WRITE = 5_000
NEIGHBOURS = 15

Report = Callable[[str, int, int], None]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """What a board is drawn from; `vectors` (n, d) belong to `ids`, row by row."""

    dataset: DatasetRow
    target: TargetRow
    old: FrameRow | None
    ids: list[int]
    hashes: list[str]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Darts:
    """Where each sample lies, and how alone it is there; arrays of length n."""

    places: Places
    similarity: NDArray[np.float32]
    knot: NDArray[np.int64]
    rank: NDArray[np.int64]


def draw_board(read: Sessions, write: Sessions, job: JobRow, encoder: str) -> None:
    """Fit a frame if one is needed, place every sample in it, find near copies."""
    report = _reporter(write, job)
    with write() as session:
        material = _gather(session, int(job.dataset_id or 0), encoder)
    if not material.ids:
        return
    report("find near copies", 0, 4)
    near = _look_around(material.vectors)
    row = material.old
    if row is None or job.params.get("refit") or not _serves(row, material, encoder):
        report("find topics", 1, 4)
        row = _freeze(read, write, material, near, encoder)
    report("place samples", 2, 4)
    places = geometry.place(packing.unpack(row), material.vectors)
    darts = _examine(places, material.vectors, near)
    report("store", 3, 4)
    _save(write, job, row, material, darts)
    with write() as session:
        title = f"Read the gauges of {material.dataset.name}"
        jobs.enqueue(session, "gauge", material.dataset.id, title=title)


def _gather(session: Session, dataset_id: int, encoder: str) -> Material:
    dataset = datasets.get_by_id(session, dataset_id)
    side = dataset.side
    target = targets.find(session, dataset_id, side)
    if target is None:
        target = targets.add(session, dataset_id, "itself", side=side)
    ids, hashes, vectors = vectors_of(session, dataset_id, side, encoder)
    old = frames.of_side(session, dataset_id, side)
    return Material(dataset, target, old, ids, hashes, vectors)


def vectors_of(
    session: Session, dataset_id: int, side: str, encoder: str, wanted: Filter | None = None
) -> tuple[list[int], list[str], Vectors]:
    """Ids, hashes and vectors of one side; of a pair both, one after the other.

    The cosine of two pairs is then the mean of the cosines of their sides.
    """
    if side != "pair":
        one_side = embeddings.side_of(side)
        return embeddings.of_samples(session, dataset_id, one_side, encoder, wanted)
    asked = embeddings.of_samples(session, dataset_id, "input", encoder, wanted)
    told = embeddings.of_samples(session, dataset_id, "output", encoder, wanted)
    both, one, two = np.intersect1d(asked[0], told[0], return_indices=True)
    hashes = [asked[1][a][:16] + told[1][b][:16] for a, b in zip(one, two, strict=True)]
    vectors = np.concatenate([asked[2][one], told[2][two]], axis=1) / np.sqrt(2)
    return both.tolist(), hashes, vectors.astype(np.float32)


def _serves(row: FrameRow, material: Material, encoder: str) -> bool:
    asked = (material.target.id, material.dataset.side, encoder)
    if (row.target_id, row.side, row.encoder) != asked:
        return False
    few = balance.FEWEST_SAMPLES
    provisional = not material.target.holds_texts and row.fitted_on < few
    return not (provisional and len(material.ids) > row.fitted_on)


def _freeze(
    read: Sessions, write: Sessions, material: Material, near: Neighbours, encoder: str
) -> FrameRow:
    """Fit, name and store a new frame."""
    with read() as session:
        base = _base(session, material, near, encoder)
    frame, facts = fitting.fit(base, material.old)
    facts |= {"through": material.ids[-1], "far": frame.far}  # samples after it are new to it
    with write() as session:
        if material.old is not None and "before" in facts:
            # Its darts are about to be removed; what it says of them is kept.
            facts["before"] |= _verdict(session, material.dataset.id)
        return frames.add(
            session,
            dataset_id=material.dataset.id,
            target_id=material.target.id,
            side=material.dataset.side,
            encoder=encoder,
            fitted_on=len(dict(base.texts)),  # quotas draw a sample several times
            facts=facts,
            arrays=packing.pack(frame),
        )


def _verdict(session: Session, dataset_id: int) -> dict[str, Any]:
    """What the board says while it is still the one in force."""
    judged = judge(session, datasets.get_by_id(session, dataset_id))
    if judged is None:
        return {}
    found = judged.balance
    return {
        "counts": judged.counts,
        "states": [str(state) for state in found.state],
        "cut": found.cut.tolist(),
        "write": found.write.tolist(),
        "score": found.score,
    }


def _base(session: Session, material: Material, near: Neighbours, encoder: str) -> Base:
    """The target's own vectors and texts; without any those of the distinct samples."""
    if material.target.holds_texts:
        vectors = embeddings.of_target(session, material.target.id, encoder)
        told = targets.texts_of(session, material.target.id)
        return Base(vectors, told, external=True, data=material.vectors)
    rows = thinning.rows(material.vectors, near.similarity[:, 0], tau=TAU)
    is_quota = material.target.kind == "quotas"
    if is_quota:
        wanted = quotas.read(material.target.definition)
        ids = [material.ids[at] for at in rows]
        rows = rows[quotas.choose_rows(session, material.dataset.id, wanted, ids)]
    found = samples.texts_of(session, sorted({material.ids[at] for at in rows}))
    words = dict(naming.texts_of(found, side=material.dataset.side))
    texts = [(material.ids[at], words[material.ids[at]]) for at in rows]
    data = material.vectors if is_quota else None
    return Base(material.vectors[rows], texts, external=is_quota, data=data)


def _look_around(vectors: Vectors) -> Neighbours:
    """The nearest others of every sample; of a single one nothing at all, -1 alike."""
    if len(vectors) > 1:
        return neighbours.knn(vectors, k=min(NEIGHBOURS, len(vectors) - 1))
    return Neighbours(np.zeros((1, 1), np.int32), np.full((1, 1), -1.0, np.float32))


def _examine(places: Places, vectors: Vectors, near: Neighbours) -> Darts:
    similarity = np.maximum(near.similarity[:, 0], 0)
    alone = len(vectors) < 2
    knots = np.full(len(vectors), -1) if alone else _knots(vectors, near)
    rank = np.zeros(len(vectors), np.int64)
    for cell in np.unique(places.cell):
        members = np.flatnonzero(places.cell == cell)
        order, _ = redundancy.order_cuts(vectors[members])
        rank[members[order]] = np.arange(len(members))
    return Darts(places, similarity, knots, rank)


def _knots(vectors: Vectors, near: Neighbours) -> NDArray[np.int64]:
    return np.asarray(redundancy.find_knots(vectors, near, tau=TAU).knot, np.int64)


def _save(write: Sessions, job: JobRow, row: FrameRow, material: Material, darts: Darts) -> None:
    for start in range(0, len(material.ids), ROWS_PER_WRITE):
        chosen = range(start, min(start + ROWS_PER_WRITE, len(material.ids)))
        with write() as session:
            rows = [_dart(row.id, material, darts, at) for at in chosen]
            placements.replace(session, row.id, rows)
            jobs.checkpoint(session, job, phase="store", done=chosen.stop, total=len(material.ids))
    with write() as session:
        packed_darts.lay_out(session, row.id)
        placements.remove_older(session, row)


def _dart(frame_id: int, material: Material, darts: Darts, at: int) -> dict[str, Any]:
    places = darts.places
    return {
        "frame_id": frame_id,
        "sample_id": material.ids[at],
        "text_hash": material.hashes[at],
        "cell": int(places.cell[at]),
        "x": int(places.x[at]),
        "y": int(places.y[at]),
        "distance": float(places.distance[at]),
        "similarity": float(darts.similarity[at]),
        "knot": int(darts.knot[at]),
        "redundancy": int(darts.rank[at]),
        "levels": places.levels[at].astype("<u2").tobytes(),
    }


def _reporter(write: Sessions, job: JobRow) -> Report:
    def report(phase: str, done: int, total: int) -> None:
        with write() as session:
            jobs.checkpoint(session, job, phase=phase, done=done, total=total)

    return report
