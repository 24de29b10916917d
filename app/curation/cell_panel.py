"""The selected cell beside the board: its samples, its copies, what nothing covers."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from app.curation import gauges
from app.curation.board_views import CellPanel, CellView, SampleLine, UncoveredLine
from app.curation.drawing import TAU
from app.curation.gauges import Miss
from app.curation.judging import Judged
from app.storage import placements, samples, targets
from app.storage.tables import DatasetRow

SHOWN_SAMPLES = 30
UNCOVERED = 8


def show(
    session: Session, dataset: DatasetRow, judged: Judged, cells: list[CellView], chosen: str
) -> CellPanel | None:
    """The panel of the cell with this id, or None where there is none of it."""
    number = next((at for at, cell in enumerate(cells) if cell.id == chosen), None)
    if number is None:
        return None
    sizes = placements.knot_sizes(session, judged.row.id)
    rows = placements.of_cells(session, judged.row.id, [number], limit=SHOWN_SAMPLES)
    return CellPanel(
        cell=cells[number],
        near_duplicates=placements.count_near_duplicates(session, judged.row.id, number, TAU),
        samples=tuple(_line(dataset.slug, chosen, row, sizes) for row in rows),
        uncovered=_uncovered(session, dataset, judged, number),
        list_href=f"/d/{dataset.slug}/samples?cell={chosen}",
    )


def _line(slug: str, cell: str, row: Any, sizes: dict[int, int]) -> SampleLine:
    copies = sizes.get(row.knot, 0)
    href = f"/d/{slug}/s/{row.id}?cell={cell}"
    return SampleLine(row.id, row.preview, row.status, row.label, copies, href)


def _uncovered(
    session: Session, dataset: DatasetRow, judged: Judged, number: int
) -> tuple[UncoveredLine, ...]:
    """Inputs of the target in this cell that nothing covers: without a sample near, then bare."""
    if not judged.target.holds_texts:
        return ()
    missed = gauges.uncovered(session, judged.row.id, number, UNCOVERED)
    misses = {miss.position: miss for miss in missed}
    positions = list(misses) + _bare(session, judged, number)
    chosen = list(dict.fromkeys(positions))[:UNCOVERED]
    if not chosen:
        return ()
    found = targets.texts_at(session, judged.target.id, chosen)
    texts = dict(zip(sorted(chosen), found, strict=True))
    near = [miss.sample for miss in missed if miss.sample is not None]
    previews = samples.previews_of(session, near)
    return tuple(_line_of(dataset.slug, texts[at], misses.get(at), previews) for at in chosen)


def _line_of(slug: str, text: str, miss: Miss | None, previews: Mapping[int, str]) -> UncoveredLine:
    if miss is None or miss.sample is None or miss.sample not in previews:
        return UncoveredLine(text, "", 0.0, "")
    href = f"/d/{slug}/s/{miss.sample}"
    return UncoveredLine(text, previews[miss.sample] or f"#{miss.sample}", miss.alike, href)


def _bare(session: Session, judged: Judged, number: int) -> list[int]:
    """The positions of the target's inputs in this cell where the board finds a gap."""
    if judged.evidence is None:
        return []
    frame = judged.frame
    bare = frame.target_rows[judged.evidence.gap & (frame.target_cell == number)]
    positions = targets.positions_of(session, judged.target.id) if len(bare) else []
    return [positions[row] for row in bare[:UNCOVERED].tolist()]
