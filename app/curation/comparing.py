"""Two sets of samples in one frame: a version, a split or another data set against what is now."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import marks
from app.curation.judging import Judged
from app.curation.marks import ComparisonNotFoundError
from app.geometry import balance
from app.geometry import frame as geometry
from app.storage import datasets, embeddings, placements, samples, versions
from app.storage.filters import Filter
from app.storage.placements import COUNTED
from app.storage.tables import DatasetRow

LEVEL = 0.05
MOST_SPLITS = 20
STEADY = 0.8, 1.25
"""A share between these parts of what it was has not changed to speak of."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the board can be compared with."""

    key: str  # what stands in the address: v6, split:test, @other-dataset
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of each cell, from then to now; arrays of length K.

    `ratio` is share now by share then (half a sample added to each count);
    `sure` where a two-proportion test, corrected over all cells, says so.
    """

    choice: Choice
    then: NDArray[np.int64]
    ratio: NDArray[np.float64]
    sure: NDArray[np.bool_]

    def of(self, cell: int) -> str:
        """more, less or same."""
        low, high = STEADY
        if not self.sure[cell] or low < self.ratio[cell] < high:
            return "same"
        return "more" if self.ratio[cell] > 1 else "less"


def choices(session: Session, dataset: DatasetRow) -> tuple[Choice, ...]:
    """Everything that this data set's board can be compared with."""
    frozen = [
        Choice(f"v{row.number}", f"version {row.number}" + (f", {row.name}" if row.name else ""))
        for row in versions.of_dataset(session, dataset.id)
    ]
    splits = [
        Choice(f"split:{value}", f"split {value}")
        for value in samples.values_of(session, dataset.id, "split", limit=MOST_SPLITS)
        if value
    ]
    others = [
        Choice(f"@{row.slug}", row.name) for row in datasets.all_of(session) if row.id != dataset.id
    ]
    return (*frozen, *splits, *others)


def compare(session: Session, dataset: DatasetRow, judged: Judged, key: str) -> Change:
    """Count the other side in this frame and test every cell."""
    choice = Choice(key, marks.name_of(session, dataset, key))
    then = _count(session, dataset, judged, key)
    now = np.array(judged.counts)
    shares = (now + 0.5) / (now.sum() + 1), (then + 0.5) / (then.sum() + 1)
    return Change(choice, then, shares[0] / shares[1], _is_sure(now, then))


def _count(session: Session, dataset: DatasetRow, judged: Judged, key: str) -> NDArray[np.int64]:
    frame_id, cells = judged.row.id, judged.frame.cells
    other = marks.read(key)
    if other.kind == "dataset":
        return _count_other(session, judged, datasets.get(session, other.value))
    if other.kind == "split":
        wanted = Filter(statuses=COUNTED, facets=(("split", (other.value,)),))
        found = placements.count_by_cell(session, dataset.id, frame_id, wanted)
    else:
        version = versions.get(session, dataset.id, int(other.value))
        found = placements.count_version(session, frame_id, version.id)
    return np.array([found.get(cell, 0) for cell in range(cells)])


def _count_other(session: Session, judged: Judged, other: DatasetRow) -> NDArray[np.int64]:
    """Another data set has no places here: its vectors are placed as it is asked for."""
    side = embeddings.side_of(judged.row.side)
    wanted = Filter(statuses=COUNTED)
    _, _, vectors = embeddings.of_samples(session, other.id, side, judged.row.encoder, wanted)
    if not len(vectors) or vectors.shape[1] != judged.frame.centres.shape[1]:
        raise ComparisonNotFoundError("That data set is not embedded with this board's encoder.")
    cell = geometry.place(judged.frame, vectors).cell
    return np.bincount(cell[cell >= 0], minlength=judged.frame.cells)


def _is_sure(now: NDArray[np.int64], then: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Two-proportion z test of every cell, Benjamini-Hochberg over all."""
    n, m = max(int(now.sum()), 1), max(int(then.sum()), 1)
    pooled = (now + then) / (n + m)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / n + 1 / m), 1e-12))
    z = (now / n - then / m) / spread
    return np.asarray(balance.adjust(_two_sided(z)) < LEVEL)


def _two_sided(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability of a normal deviate at least this far from zero."""
    return np.array([math.erfc(abs(value) / math.sqrt(2)) for value in z])
