"""Placed samples -> what the gauges read of them. Runs in the worker, after the board is drawn.

The board is read as it stands: all of it, a version's samples, or those that a query finds. After a
bulk act all of it is read again; after single decisions the page says how many came since.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.checks import facets
from app.checks.facets import Facets
from app.curation import drawing, gauge_parts, judging, readings
from app.curation.gauge_parts import Chosen
from app.curation.judging import Judged
from app.curation.readings import Measured, Reading, Vectors
from app.formats.sample import Sample, load_messages
from app.geometry import neighbours, thinning
from app.storage import datasets, embeddings, jobs, measurements, placements, samples, targets
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import JobRow, now

MOST_TARGET = 10_000
MOST_READ = 20_000
MOST_ASKED = 5_000
"""Vectors of a target, texts of the data and of a target: spread evenly when there are more."""
STEPS = 3


def read_gauges(read: Sessions, write: Sessions, job: JobRow) -> None:
    """Measure samples on the newest board, and keep what was read in place of the old."""
    _report(write, job, "measure vectors", 0)
    began = now()
    with read() as session:
        chosen = gauge_parts.of_job(session, job)
        judged = _judge(session, chosen) if chosen else None
        found = _gather(session, judged, chosen.wanted) if chosen and judged else None
    if chosen is None or judged is None or found is None:
        return
    read_now = _read_vectors(found, judged)
    _report(write, job, "read texts", 1)
    with read() as session:
        read_now += _read_texts(session, found, judged)
    _report(write, job, "store", 2)
    with write() as session:
        rows = [one.as_row() for one in read_now]
        measurements.replace(session, chosen.part, judged.row.id, rows, at=began)
        jobs.checkpoint(session, job, done=STEPS, total=STEPS)


def _judge(session: Session, chosen: Chosen) -> Judged | None:
    dataset = datasets.get_by_id(session, chosen.part.dataset_id)
    return judging.judge(session, dataset, chosen.wanted)


def _report(write: Sessions, job: JobRow, phase: str, done: int) -> None:
    with write() as session:
        jobs.checkpoint(session, job, phase=phase, done=done, total=STEPS)


def _gather(session: Session, judged: Judged, wanted: Filter) -> Measured | None:
    """The samples that match and have a place and a vector, or None when there are none."""
    row, dataset_id = judged.row, judged.row.dataset_id
    known = dict(placements.similarities(session, dataset_id, row.id, wanted))
    ids, hashes, vectors = drawing.vectors_of(session, dataset_id, row.side, row.encoder, wanted)
    kept = np.array([number in known for number in ids], dtype=bool)
    if not kept.any():
        return None
    ids = [number for number in ids if number in known]
    vectors = vectors[kept]
    stored = np.array([known[number] for number in ids], dtype=np.float32)
    similarity = _renew(vectors, stored)
    target, positions = _target_of(session, judged, vectors, similarity)
    return Measured(
        ids=np.array(ids, dtype=np.int64),
        hashes=[text for text, keep in zip(hashes, kept, strict=True) if keep],
        vectors=vectors,
        similarity=similarity,
        target=target,
        positions=positions,
        bare=_bare(session, judged),
        own=None if positions is None else readings.neighbours_of(target),
    )


def _renew(vectors: Vectors, stored: NDArray[np.float32]) -> NDArray[np.float32]:
    """How alike the nearest counted sample is, where the nearest at drawing was alike at all.

    It may have been rejected since. Above the size of an exact search what was stored stands.
    """
    rows = np.flatnonzero(stored >= readings.STEPS[0])
    if len(vectors) < 2 or len(vectors) > neighbours.MOST_EXACT or not len(rows):
        return stored
    near = neighbours.knn(vectors[rows], k=2, others=vectors)
    itself = near.index[:, 0] == rows
    renewed = stored.copy()
    renewed[rows] = np.where(itself, near.similarity[:, 1], near.similarity[:, 0])
    return renewed


def _target_of(
    session: Session, judged: Judged, vectors: Vectors, similarity: NDArray[np.float32]
) -> tuple[Vectors, NDArray[np.int64] | None]:
    """The target's vectors and their positions; without texts the distinct samples and None."""
    if not judged.target.holds_texts:
        return vectors[thinning.rows(vectors, similarity, tau=drawing.TAU)], None
    target = embeddings.of_target(session, judged.target.id, judged.row.encoder)
    positions = np.array(targets.positions_of(session, judged.target.id), dtype=np.int64)
    rows = _spread(len(target), MOST_TARGET)
    return target[rows], positions[rows]


def _bare(session: Session, judged: Judged) -> NDArray[np.int64]:
    """The positions of the target's inputs where the board finds a gap."""
    if judged.evidence is None or not judged.target.holds_texts:
        return np.zeros(0, np.int64)
    positions = np.array(targets.positions_of(session, judged.target.id), dtype=np.int64)
    return positions[judged.frame.target_rows[judged.evidence.gap]]


def _read_vectors(found: Measured, judged: Judged) -> list[Reading]:
    read = [readings.of_repeats(found), readings.of_evenness(judged)]
    covered = readings.of_coverage(found, judged)
    if covered is not None:
        read.append(covered)
    return read + readings.of_variety(found)


def _read_texts(session: Session, found: Measured, judged: Judged) -> list[Reading]:
    rows = _spread(len(found.ids), MOST_READ)
    chosen = found.ids[rows].tolist()
    outputs: list[str] = []
    placed: list[str] = []
    described: list[Facets] = []
    for _, messages, language, origin in samples.described(session, chosen):
        sample = Sample(load_messages(messages))
        outputs.append(sample.output_text)
        placed.append(sample.output_text if judged.row.side == "output" else sample.input_text)
        described.append(facets.describe(sample.input_text, language=language, origin=origin))
    asked = _describe_target(session, judged)
    mixed = np.random.default_rng(0).permutation(len(chosen))
    return [
        readings.of_templates(chosen, placed, found.vectors[rows]),
        *readings.of_answers([chosen[at] for at in mixed], [outputs[at] for at in mixed]),
        readings.of_facets(chosen, described, asked),
    ]


def _describe_target(session: Session, judged: Judged) -> Sequence[Facets] | None:
    if not judged.target.holds_texts or judged.row.side != "input":
        return None
    texts = targets.texts_of(session, judged.target.id)
    return [facets.describe(texts[at][1]) for at in _spread(len(texts), MOST_ASKED)]


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """The rows to read: all, or so many at equal distances."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).astype(np.int64)
