"""What is crowded is thinned: exactly which samples would go, then one act that can be undone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import board, judging, review
from app.curation.board_views import DatasetHead
from app.curation.bulk import BatchReport
from app.curation.judging import Judged
from app.curation.review import Change
from app.errors import InvalidError
from app.geometry import evidence, redundancy
from app.storage import datasets, embeddings, placements
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Origin, Status

MOST_COMPARED = 6_000
"""Cells larger than this are cut in the order that was stored when the board was drawn."""
REASON = "trimmed: more of this than the target expects"


class NothingToTrimError(InvalidError):
    """There is nothing to trim here: no cell of this choice is over-dense."""

    code = "nothing_to_trim"


@dataclass(frozen=True, slots=True)
class TrimLine:
    """One sample that would be cut, and how much like another one it is."""

    id: int
    preview: str
    status: str
    label: str
    similarity: float
    kept_last: bool  # approved, or made by a person


@dataclass(frozen=True, slots=True)
class TrimView:
    """A trim before it happens: the same lines are cut when it does."""

    head: DatasetHead
    cells: tuple[str, ...]
    name: str
    have: int
    expected: float
    lines: tuple[TrimLine, ...]

    @property
    def after(self) -> int:
        """How many stay."""
        return self.have - len(self.lines)


def preview(session: Session, slug: str, cells: tuple[str, ...]) -> TrimView:
    """Choose what to cut: the most redundant first; what people made or approved last.

    A cell may hold a crowd and a few of its neighbours: those of the crowd go first. No cell is
    cut below twice what its target expects.

    Args:
        cells: ids of cells; none means every over-dense cell.

    Raises:
        NothingToTrimError: none of them is over-dense.
    """
    dataset = datasets.get(session, slug)
    judged = judging.judge(session, dataset)
    if judged is None:
        raise NothingToTrimError
    told = judged.row.facts["cells"]
    chosen = [
        number
        for number in np.flatnonzero(judged.balance.cut > 0).tolist()
        if not cells or told[number]["id"] in cells
    ]
    if not chosen:
        raise NothingToTrimError
    lines = [line for number in chosen for line in _lines(session, dataset, judged, number)]
    return TrimView(
        head=board.head(session, slug),
        cells=tuple(told[number]["id"] for number in chosen),
        name=", ".join(_name(judged, number) for number in chosen[:3]),
        have=sum(judged.counts[number] for number in chosen),
        expected=float(sum(judged.balance.expected[number] for number in chosen)),
        lines=tuple(lines),
    )


def trim(session: Session, slug: str, cells: tuple[str, ...], *, actor: str) -> BatchReport:
    """Reject what the preview shows, as one act."""
    view = preview(session, slug, cells)
    change = Change(status=Status.REJECTED, reason=REASON)
    query = review.by_ids([line.id for line in view.lines])
    return review.decide_many(session, slug, query, change, actor=actor)


def _lines(session: Session, dataset: DatasetRow, judged: Judged, number: int) -> list[TrimLine]:
    rows = placements.of_cells(session, judged.row.id, [number])
    turns = _turns(judged, rows)
    if len(rows) <= MOST_COMPARED:
        ordered = _in_order(session, dataset, judged, rows, turns)
    else:
        ordered = [(rows[at], rows[at].similarity) for at in np.argsort(turns, kind="stable")]
    return [
        _line(row, similarity) for row, similarity in ordered[: int(judged.balance.cut[number])]
    ]


def _turns(judged: Judged, rows: list[Any]) -> NDArray[np.int64]:
    """When each sample's turn is: the crowd's own first, what people made or approved last."""
    last = np.array([_is_kept_last(row) for row in rows], dtype=np.int64)
    if judged.evidence is None:
        return last
    levels = np.frombuffer(b"".join(row.levels for row in rows), "<u2").reshape(len(rows), -1)
    return 2 * last + ~evidence.crowded(judged.evidence.verdict, levels)


def _in_order(
    session: Session,
    dataset: DatasetRow,
    judged: Judged,
    rows: list[Any],
    turns: NDArray[np.int64],
) -> list[tuple[Any, float]]:
    """Order anew among what is still there: of a pair of twins one may be gone by now."""
    wanted = Filter(ids=tuple(row.id for row in rows))
    side, encoder = embeddings.side_of(judged.row.side), judged.row.encoder
    ids, _, vectors = embeddings.of_samples(session, dataset.id, side, encoder, wanted)
    at = {row.id: number for number, row in enumerate(rows)}
    found = [at[sample_id] for sample_id in ids]
    order, alike = redundancy.order_cuts(vectors, turn=turns[found])
    return [(rows[found[n]], float(value)) for n, value in zip(order, alike, strict=True)]


def _line(row: Any, similarity: float) -> TrimLine:
    return TrimLine(row.id, row.preview, row.status, row.label, similarity, _is_kept_last(row))


def _is_kept_last(row: Any) -> bool:
    return row.status == Status.APPROVED or row.origin in (Origin.HUMAN, Origin.EDITED)


def _name(judged: Judged, number: int) -> str:
    facts = judged.row.facts
    topic = facts["topics"][int(judged.frame.topic[number])]["words"]
    words = facts["cells"][number]["words"]
    return f"{' '.join(topic[:1]) or 'other'} / {' '.join(words) or 'other'}"
