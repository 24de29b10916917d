"""Where a text that nobody has stored would lie on the board."""

import numpy as np
from sqlmodel import Session

from app.curation import frames as packing
from app.curation import nearness, sample_rows
from app.curation.list_views import LandingView
from app.geometry import frame as geometry
from app.storage import frames
from app.storage.tables import DatasetRow


def land(session: Session, dataset: DatasetRow, text: str) -> LandingView | None:
    """Where a text would lie on the board in force; None when there is none of this model."""
    row = frames.newest(session, dataset.id)
    encoder, vector = nearness.encode(session, text)
    if row is None or row.encoder != encoder:
        return None
    places = geometry.place(packing.unpack(row), vector[None])
    board = frames.outline(session, dataset.id)
    number = int(places.cell[0])
    cell = board.cells[number] if board and 0 <= number < len(board.cells) else {}
    href = f"/d/{dataset.slug}/board?cell={cell['id']}" if cell else f"/d/{dataset.slug}/board"
    return LandingView(
        text=text, topic=sample_rows.topic_of(board, cell), cell=cell.get("id", ""),
        cell_name=sample_rows.named(cell), cell_href=href,
        x=_unpacked(places.x[0]), y=_unpacked(places.y[0]),
    )  # fmt: skip


def _unpacked(value: np.uint16) -> float:
    return float(value) / 65_535 * 2 - 1
