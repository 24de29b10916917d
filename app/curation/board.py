"""The board of a data set as it stands now: counts, states, regions, the selected cell.

Nothing here is stored: a frame is frozen and a count is one query, so that a
decision is on the board with the next look at it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import darts, outline, progress
from app.curation import frames as packing
from app.curation.board_views import (
    RIM,
    BoardView,
    CellPanel,
    CellView,
    DatasetHead,
    JobView,
    KnotView,
    SampleLine,
)
from app.curation.drawing import TAU
from app.geometry import balance, regions
from app.geometry import evidence as evidence_of
from app.geometry.balance import Balance, State
from app.geometry.evidence import Evidence
from app.geometry.frame import Frame
from app.storage import datasets, frames, jobs, placements, samples, targets
from app.storage.board_tables import FrameRow, TargetRow
from app.storage.filters import Filter
from app.storage.placements import COUNTED
from app.storage.tables import DatasetRow

ON_BOARD = Filter(statuses=COUNTED)
SHOWN_SAMPLES = 30
UNCOVERED = 8
REFIT_SHARE = 0.10

SENTENCES = {
    "itself": (
        "No target: the board compares the data with themselves, near-copies counted once."
        " It shows what is repeated and crowded, not what is missing."
    ),
    "reference": "The board compares the data with your reference inputs: what repeats, what is"
    " crowded and what is missing.",
}
NO_TARGET = "Throw the darts first: upload some samples."


@dataclass(frozen=True, slots=True)
class Judged:
    """A frame, the counts of its cells, and what follows from them."""

    row: FrameRow
    target: TargetRow
    frame: Frame
    counts: list[int]
    outsiders: int
    balance: Balance
    evidence: Evidence | None  # None without samples


def head(session: Session, slug: str) -> DatasetHead:
    """The data set as every page names it, or DatasetNotFoundError."""
    dataset = datasets.get(session, slug)
    total = samples.count(session, dataset.id)
    return DatasetHead(slug, dataset.name, total, jobs.count_open(session))


def judge(session: Session, dataset: DatasetRow, wanted: Filter = ON_BOARD) -> Judged | None:
    """Count and judge the cells of the newest frame; None before the first board."""
    row = frames.newest(session, dataset.id)
    if row is None:
        return None
    frame, target = packing.unpack(row), targets.get_by_id(session, row.target_id)
    cell, levels = placements.parts(session, dataset.id, row.id, wanted)
    counts = np.bincount(cell[cell >= 0], minlength=frame.cells)
    evidence = _weigh(frame, cell, levels)
    total = int(counts.sum())
    verdict = balance.judge(
        counts,
        frame.shares,
        external=frame.external,
        target_size=frame.target_size,
        distinct_share=min(1.0, row.fitted_on / total) if total else 0.0,
        portions=evidence.portions if evidence else None,
    )
    outsiders = int((cell < 0).sum())
    return Judged(row, target, frame, counts.tolist(), outsiders, verdict, evidence)


def _weigh(frame: Frame, cell: NDArray[np.int32], levels: NDArray[np.uint16]) -> Evidence | None:
    return evidence_of.weigh(frame, cell, levels) if len(cell) else None


def view(session: Session, slug: str, *, shown: str = "board", cell: str = "") -> BoardView:
    """Describe the board; `cell` is the id of the one that is selected, if any."""
    dataset = datasets.get(session, slug)
    judged = judge(session, dataset)
    about = head(session, slug)
    job = progress.running_of(session, dataset.id)
    if judged is None:
        return _empty(about, shown, job, targets.find(session, dataset.id))
    facts, frame = judged.row.facts, judged.frame
    cells = outline.cells(frame, judged.balance, judged.counts, facts)
    found = regions.join(frame, judged.balance)
    cut_first = outline.regions(found, State.OVER_DENSE, cells)
    write_next = outline.regions(found, State.GAP, cells)
    small = sum(judged.counts) < balance.FEWEST_SAMPLES
    score = round(judged.balance.score)
    return BoardView(
        head=about, state="small" if small else "ready", view=shown, job=job,
        target_kind=judged.target.kind, target_name=judged.target.name,
        target_sentence=SENTENCES[judged.target.kind],
        frame=judged.row.number, fitted_on=judged.row.fitted_on,
        fitted_at=judged.row.created_at, encoder=judged.row.encoder,
        encoder_note=_note(judged.row.encoder), score=score,
        score_label="% of target covered" if frame.external else "% distinct ideas",
        score_arc=outline.score_arc(judged.balance.score / 100),
        placed=sum(judged.counts), outsiders=judged.outsiders,
        waiting=placements.count_unplaced(session, dataset.id, judged.row.id),
        refit_hint=_refit_hint(judged), to_cut=sum(r.act for r in cut_first),
        to_write=sum(r.act for r in write_next), cut_first=cut_first, write_next=write_next,
        cells=tuple(cells), topics=tuple(outline.topics(frame, cells, facts)),
        groups=tuple(outline.groups(frame, facts)), knots=_knots(session, dataset, judged, cells),
        selected=_panel(session, dataset, judged, cells, cell),
        darts_href=darts.address(session, dataset, judged.row), query="",
    )  # fmt: skip


def _empty(
    about: DatasetHead, shown: str, job: JobView | None, target: TargetRow | None
) -> BoardView:
    kind = target.kind if target else "itself"
    return BoardView(
        head=about, state="waiting" if job else "empty", view=shown, job=job, target_kind=kind,
        target_name=target.name if target else "", target_sentence=NO_TARGET,
        frame=0, fitted_on=0, fitted_at=None, encoder="", encoder_note="", score=0,
        score_label="", score_arc="", placed=0, waiting=about.samples, outsiders=0,
        refit_hint="", to_cut=0, to_write=0, cut_first=(), write_next=(), cells=(), topics=(),
        groups=(), knots=(), selected=None, darts_href="", query="",
    )  # fmt: skip


def _panel(
    session: Session, dataset: DatasetRow, judged: Judged, cells: list[CellView], chosen: str
) -> CellPanel | None:
    number = next((at for at, cell in enumerate(cells) if cell.id == chosen), None)
    if number is None:
        return None
    sizes = placements.knot_sizes(session, judged.row.id)
    rows = placements.of_cells(session, judged.row.id, [number], limit=SHOWN_SAMPLES)
    return CellPanel(
        cell=cells[number],
        near_duplicates=placements.count_near_duplicates(session, judged.row.id, number, TAU),
        samples=tuple(_line(dataset.slug, chosen, row, sizes) for row in rows),
        uncovered=_uncovered(session, judged, number),
        list_href=f"/d/{dataset.slug}/samples?cell={chosen}",
    )


def _line(slug: str, cell: str, row: Any, sizes: dict[int, int]) -> SampleLine:
    copies = sizes.get(row.knot, 0)
    href = f"/d/{slug}/s/{row.id}?cell={cell}"
    return SampleLine(row.id, row.preview, row.status, row.label, copies, href)


def _uncovered(session: Session, judged: Judged, number: int) -> tuple[str, ...]:
    """Inputs of the target in this cell that nothing covers."""
    if judged.evidence is None or judged.target.kind != "reference":
        return ()
    frame = judged.frame
    bare = frame.target_rows[judged.evidence.gap & (frame.target_cell == number)]
    if not len(bare):
        return ()
    positions = targets.positions_of(session, judged.target.id)
    chosen = [positions[row] for row in bare[:UNCOVERED].tolist()]
    return tuple(targets.texts_at(session, judged.target.id, chosen))


def _knots(
    session: Session, dataset: DatasetRow, judged: Judged, cells: list[CellView]
) -> tuple[KnotView, ...]:
    rows = placements.knots(session, dataset.id, judged.row.id, ON_BOARD)
    return tuple(
        KnotView(_pixels(x), _pixels(y), size, number, cells[cell].id)
        for number, size, x, y, cell in rows
        if size >= 5
    )


def _pixels(packed: float) -> float:
    return round((float(packed) / 65535 * 2 - 1) * RIM, 1)


def _refit_hint(judged: Judged) -> str:
    total = sum(judged.counts) + judged.outsiders
    if not total or judged.outsiders <= REFIT_SHARE * total:
        return ""
    share = judged.outsiders / total
    return f"{share:.0%} of the darts land far from every topic of this board."


def _note(encoder: str) -> str:
    return "" if "int8" in encoder else f"Drawn with {encoder}."
