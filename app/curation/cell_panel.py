"""The selected cell beside the board: its samples, its copies, what nothing covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.curation import gauge_parts, gauges, queries
from app.curation.board_views import CellPanel, CellView, SampleLine, UncoveredLine
from app.curation.gauges import Miss
from app.curation.judging import Judged
from app.curation.queries import Query
from app.storage import datasets, placements, samples, targets
from app.storage.filters import Filter
from app.storage.tables import DatasetRow

SHOWN_SAMPLES = 30
UNCOVERED = 8


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell that somebody selected, and what is counted in it."""

    cell: str
    query: Query
    wanted: Filter

    @property
    def asked(self) -> str:
        """The query that finds its samples."""
        return queries.write(self.query.but("cell", self.cell))


def show(
    session: Session, judged: Judged, cells: Sequence[CellView], spot: Spot
) -> CellPanel | None:
    """The panel of a selected cell, or None where there is none of it."""
    number = next((at for at, cell in enumerate(cells) if cell.id == spot.cell), None)
    if number is None:
        return None
    dataset = datasets.get_by_id(session, judged.row.dataset_id)
    frame, within = judged.row.id, (dataset.id, spot.wanted)
    sizes = placements.knot_sizes(session, frame)
    rows = placements.of_cells(session, frame, [number], within=within, limit=SHOWN_SAMPLES)
    address = f"/d/{dataset.slug}/samples?{spot.asked}"
    return CellPanel(
        cell=cells[number],
        near_duplicates=placements.count_near_duplicates(session, frame, number, within=within),
        samples=tuple(
            _line(f"/d/{dataset.slug}/s/{row.id}?{spot.asked}", row, sizes) for row in rows
        ),
        uncovered=_uncovered(session, dataset, judged, _Bare(number, spot.query)),
        query=spot.asked,
        list_href=address,
    )


def _line(href: str, row: Any, sizes: Mapping[int, int]) -> SampleLine:
    copies = sizes.get(row.knot, 0)
    return SampleLine(row.id, row.preview, row.status, row.label, copies, href)


@dataclass(frozen=True, slots=True)
class _Bare:
    """Whose inputs are looked for: the number of a cell, and what is counted."""

    cell: int
    query: Query


def _uncovered(
    session: Session, dataset: DatasetRow, judged: Judged, asked: _Bare
) -> tuple[UncoveredLine, ...]:
    """Inputs of the target in this cell that nothing covers: without a sample near, then bare."""
    if not judged.target.holds_texts:
        return ()
    part = gauge_parts.find(session, dataset.id, asked.query)
    found = gauges.misses(session, part, judged.row.id, asked.cell)
    known = {miss.position: miss for miss in (*found.missed, *found.bare)}
    bare = _positions(session, judged, asked.cell)
    # Those of which the nearest sample is known come first.
    bare.sort(key=lambda at: at not in known)
    chosen = list(dict.fromkeys([*(miss.position for miss in found.missed), *bare]))[:UNCOVERED]
    if not chosen:
        return ()
    told = targets.texts_at(session, judged.target.id, chosen)
    texts = dict(zip(sorted(chosen), told, strict=True))
    near = [known[at].sample for at in chosen if at in known]
    previews = samples.previews_of(session, [one for one in near if one is not None])
    return tuple(_line_of(dataset.slug, texts[at], known.get(at), previews) for at in chosen)


def _line_of(slug: str, text: str, miss: Miss | None, previews: Mapping[int, str]) -> UncoveredLine:
    if miss is None or miss.sample is None or miss.sample not in previews:
        return UncoveredLine(text, "", 0.0, "")
    href = f"/d/{slug}/s/{miss.sample}"
    return UncoveredLine(text, previews[miss.sample] or f"#{miss.sample}", miss.alike, href)


def _positions(session: Session, judged: Judged, cell: int) -> list[int]:
    """Where the target's inputs stand in which the board finds this cell bare."""
    if judged.evidence is None:
        return []
    frame = judged.frame
    bare = frame.target_rows[judged.evidence.gap & (frame.target_cell == cell)]
    positions = targets.positions_of(session, judged.target.id) if len(bare) else []
    return [positions[row] for row in bare.tolist()]
