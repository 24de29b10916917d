"""What each gauge reads of the vectors and texts of a board. No database here.

A reading is a number, the band of what random draws from the target would score (where there is a
target to draw from), and in its body what the number rests on, so that a page can show it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.checks import answers, grids
from app.checks.facets import Facets
from app.curation.drawing import TAU
from app.curation.judging import Judged
from app.geometry import coverage, evenness, neighbours, null_band, regions, templated, variety
from app.geometry import frame as geometry
from app.geometry.balance import State
from app.geometry.coverage import Coverage
from app.geometry.neighbours import Neighbours
from app.geometry.null_band import Band

STEPS = tuple(round(0.80 + 0.01 * step, 2) for step in range(20))
"""The thresholds of likeness that people can choose between."""
PAIRS_PER_STEP = 4
MISSES_PER_CELL = 40
COMPARED = 1_500
"""Samples that are compared with one another for novelty and the Vendi score."""
PICKS = 5
SHOWN_IDS = 300
LISTED_TEMPLATES = 12

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """One number, with its null band where one is known, and what it rests on."""

    name: str
    value: float
    band: Band | None
    body: dict[str, Any]

    def as_row(self) -> dict[str, Any]:
        """The columns of a measurement."""
        low, high = (self.band.low, self.band.high) if self.band else (None, None)
        usual = {"usual": self.band.usual} if self.band else {}
        return {
            "name": self.name, "value": self.value, "low": low, "high": high,
            "body": {**self.body, **usual},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """The samples on a board, row by row, and the target they are compared with.

    `positions` (t,) are the places of the target's vectors in its file; `own` their neighbours
    among themselves. Both are None where the target is the data themselves. `bare` are the places
    of those where the board finds a gap.
    """

    ids: NDArray[np.int64]
    hashes: Sequence[str]
    vectors: Vectors
    similarity: NDArray[np.float32]
    target: Vectors
    positions: NDArray[np.int64] | None
    bare: NDArray[np.int64]
    own: Neighbours | None


def of_repeats(found: Measured) -> Reading:
    """The share of samples with a near copy; how it changes with the threshold; the borderline."""
    size = len(found.ids)
    times = Counter(found.hashes)
    exact = sum(times[text] > 1 for text in found.hashes)
    band = null_band.of_repeats(found.own, size, tau=TAU) if found.own else None
    alike = np.flatnonzero(found.similarity >= TAU)
    body = {
        "tau": TAU,
        "size": size,
        "count": len(alike),
        "ids": found.ids[alike[:SHOWN_IDS]].tolist(),
        "exact": exact,
        "counts": [int((found.similarity >= step).sum()) for step in STEPS],
        "pairs": _borderline(found),
    }
    return Reading("repeats", len(alike) / max(size, 1), band, body)


def _borderline(found: Measured) -> list[list[float]]:
    """[id, id, cosine] of the least similar pairs just above each step, least similar first."""
    chosen: list[int] = []
    order = np.argsort(found.similarity, kind="stable")
    starts = np.searchsorted(found.similarity[order], STEPS)
    for start in starts:
        chosen += order[start : start + 2 * PAIRS_PER_STEP].tolist()
    rows = np.unique(np.array(chosen, dtype=np.int64))
    near = found.vectors[rows] @ found.vectors.T
    near[np.arange(len(rows)), rows] = -1
    pairs = {}
    for row, other, alike in zip(rows, near.argmax(axis=1), near.max(axis=1), strict=True):
        first, second = sorted((int(found.ids[row]), int(found.ids[other])))
        pairs[first, second] = round(float(alike), 4)
    return [[first, second, alike] for (first, second), alike in sorted(pairs.items(), key=_alike)]


def _alike(pair: tuple[tuple[int, int], float]) -> tuple[float, tuple[int, int]]:
    return pair[1], pair[0]


def of_evenness(judged: Judged) -> Reading:
    """How many cells' worth the data fill, against the target; the largest over-full region."""
    counts, shares = np.array(judged.counts), judged.frame.shares
    found = regions.join(judged.frame, judged.balance)
    over = [region for region in found if region.kind is State.OVER_DENSE]
    held = [int(counts[list(region.cells)].sum()) for region in over]
    largest = int(np.argmax(held)) if held else -1
    cells = judged.row.facts["cells"]
    body = {
        "filled": evenness.effective(counts),
        "wanted": evenness.effective(shares),
        "over": len(over),
        "gaps": len(found) - len(over),
        "largest": held[largest] / max(int(counts.sum()), 1) if held else 0.0,
        "cells": [cells[cell]["id"] for cell in over[largest].cells] if held else [],
    }
    band = null_band.of_evenness(shares, int(counts.sum()))
    return Reading("evenness", evenness.compare(counts, shares), band, body)


def of_coverage(found: Measured, judged: Judged) -> Reading | None:
    """The share of the target that is reached, and what is not, cell by cell."""
    if found.positions is None or found.own is None:
        return None
    reached = coverage.measure(found.target, found.vectors, own=found.own)
    places = geometry.place(judged.frame, found.target)
    order = np.argsort(places.distance, kind="stable")  # the most typical of a cell first
    near = _Nearest(found.positions, found.ids, reached)
    left = Counter(places.cell[~reached.covered].tolist())
    left.pop(-1, None)
    worst = left.most_common(1)[0][0] if left else None
    bare = np.isin(found.positions, found.bare) & reached.covered
    body = {
        "size": len(found.target),
        "missing": int((~reached.covered).sum()),
        "worst": judged.row.facts["cells"][worst]["id"] if worst is not None else "",
        "missed": near.list_by_cell(places.cell, order[~reached.covered[order]]),
        "bare": near.list_by_cell(places.cell, order[bare[order]]),
    }
    band = null_band.of_coverage(found.own, len(found.ids))
    return Reading("coverage", reached.share, band, body)


@dataclass(frozen=True, slots=True)
class _Nearest:
    """Where each target point stands in its file, and which sample comes nearest to it."""

    positions: NDArray[np.int64]
    ids: NDArray[np.int64]
    reached: Coverage

    def list_by_cell(
        self, cells: NDArray[np.int32], rows: NDArray[np.int64]
    ) -> dict[str, list[list[float | None]]]:
        """[position, nearest sample, cosine] of the first rows of each cell."""
        listed: dict[str, list[list[float | None]]] = {}
        for row in rows.tolist():
            told = listed.setdefault(str(cells[row]), [])
            if len(told) < MISSES_PER_CELL:
                told.append([int(self.positions[row]), *self._nearest(row)])
        return listed

    def _nearest(self, row: int) -> tuple[int | None, float]:
        nearest, alike = int(self.reached.nearest[row]), float(self.reached.similarity[row])
        return int(self.ids[nearest]) if nearest >= 0 else None, round(alike, 3)


def of_variety(found: Measured) -> list[Reading]:
    """Novelty and the Vendi score of equally many samples and draws from the target."""
    size = null_band.common_size(len(found.ids), len(found.target), most=COMPARED)
    read = []
    for name, measure in (("novelty", variety.novelty), ("vendi", variety.vendi)):
        random = np.random.default_rng(1)
        picks = [null_band.pick(random, len(found.ids), size) for _ in range(PICKS)]
        value = float(np.median([measure(found.vectors[rows]) for rows in picks]))
        band = null_band.of_vectors(measure, found.target, size)
        read.append(Reading(name, value, band, {"size": size}))
    return read


def of_templates(ids: Sequence[int], texts: Sequence[str], vectors: Vectors) -> Reading:
    """The share of samples that fill a template, and the largest templates."""
    found = templated.find(texts, neighbours.knn(vectors, k=templated.LINKS))
    groups = []
    for number in range(min(len(found.sizes), LISTED_TEMPLATES)):
        members = [ids[row] for row in np.flatnonzero(found.template == number).tolist()]
        groups.append({"size": len(members), "ids": members[:SHOWN_IDS]})
    held = int(found.sizes.sum())
    body = {"size": len(ids), "count": held, "templates": len(found.sizes), "groups": groups}
    return Reading("templates", held / max(len(ids), 1), None, body)


def of_answers(ids: Sequence[int], outputs: Sequence[str]) -> list[Reading]:
    """The output side: openings, lengths, phrases, different answers; [] without any answer.

    Phrases are read in the order given, up to a fixed number: the order should say nothing.
    """
    if not any(outputs):
        return []
    opening, lengths = answers.commonest_opening(outputs), answers.lengths(outputs)
    different = answers.effective(outputs)
    shown = sorted(ids[row] for row in opening.rows)[:SHOWN_IDS]
    opened = {"phrase": opening.phrase, "count": len(opening.rows), "ids": shown}
    spread = {"short": lengths.short, "middle": lengths.middle, "long": lengths.long}
    labels = {"labels": lengths.are_labels}
    return [
        Reading("openings", opening.share, None, opened | labels),
        Reading("lengths", lengths.spread, None, spread),
        Reading("phrases", answers.distinct(outputs), None, {}),
        Reading(
            "answers", different / len(outputs), None,
            {"different": different, "size": len(outputs)} | labels,
        ),
    ]  # fmt: skip


def of_facets(
    ids: Sequence[int], described: Sequence[Facets], target: Sequence[Facets] | None
) -> Reading:
    """How many kinds of input are missing or thin, and the grids of all kinds."""
    thin = grids.thin(described, target)
    shown = [
        {
            "down": grid.down, "across": grid.across,
            "down_values": grid.down_values, "across_values": grid.across_values,
            "counts": grid.counts,
            "ids": [[[ids[row] for row in place] for place in line] for line in grid.rows],
        }
        for grid in grids.count(described)
    ]  # fmt: skip
    body = {"thin": thin, "grids": shown, "size": len(ids), "asked": target is not None}
    return Reading("facets", float(len(thin)), None, body)


def neighbours_of(target: Vectors) -> Neighbours:
    """The target's neighbours among themselves, as many as the bands look at."""
    return neighbours.knn(target, k=15)
