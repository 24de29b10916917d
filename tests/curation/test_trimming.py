import numpy as np
import pytest

from app.curation import board, judging, trimming, undoing
from app.curation.trimming import NothingToTrimError
from app.geometry import evidence
from app.storage import placements, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Origin, Status


def test_exactly_what_the_preview_shows_is_cut(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        shown = trimming.preview(session, lopsided_board.slug, ())
        assert {line.status for line in shown.lines} == {Status.PENDING}
        report = trimming.trim(session, lopsided_board.slug, (), actor="mia")
        rejected = samples.ids_matching(
            session, lopsided_board.id, Filter(statuses=(Status.REJECTED,))
        )
    assert rejected == sorted(line.id for line in shown.lines)
    assert report.changed == len(shown.lines) == shown.have - shown.after


def test_no_cell_is_cut_below_twice_its_target(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        before = board.view(session, lopsided_board.slug)
        trimming.trim(session, lopsided_board.slug, (), actor="mia")
        after = board.view(session, lopsided_board.slug)
    assert after.to_cut == 0
    cut = {cell.id for cell in before.cells if cell.cut}
    assert cut
    for cell in after.cells:
        if cell.id in cut:
            assert cell.have >= 2 * cell.expected - 1


def test_undo_brings_all_of_it_back(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        before = board.view(session, lopsided_board.slug).placed
        trimming.trim(session, lopsided_board.slug, (), actor="mia")
        undoing.undo(session, lopsided_board.slug, "mia")
        assert board.view(session, lopsided_board.slug).placed == before


def test_what_people_made_or_approved_is_cut_last(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        first = trimming.preview(session, lopsided_board.slug, ())
        spared = [line.id for line in first.lines[:6]]
        samples.change(session, spared[:3], status=Status.APPROVED)
        samples.change(session, spared[3:], origin=Origin.HUMAN)
        shown = {line.id for line in trimming.preview(session, lopsided_board.slug, ()).lines}
    assert not shown & set(spared)


def test_a_neighbour_of_the_crowd_goes_only_when_the_crowd_is_gone(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        gone = {line.id for line in trimming.preview(session, lopsided_board.slug, ()).lines}
        judged = judging.judge(session, lopsided_board)
        assert judged is not None
        assert judged.evidence is not None
        for cell in np.flatnonzero(judged.balance.cut).tolist():
            rows = placements.of_cells(session, judged.row.id, [cell])
            levels = np.array([np.frombuffer(row.levels, "<u2") for row in rows])
            too_many = evidence.crowded(judged.evidence.verdict, levels)
            cut = np.array([row.id in gone for row in rows])
            assert cut.any()
            assert too_many[~cut].sum() == 0 or too_many[cut].all()


def test_of_twins_one_stays(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        shown = trimming.preview(session, lopsided_board.slug, ())
        row = judging.judge(session, lopsided_board)
        assert row is not None
        left = placements.of_cells(session, row.row.id, list(range(row.frame.cells)))
    gone = {line.id for line in shown.lines}
    assert len(left) - len(gone) == len([kept for kept in left if kept.id not in gone])
    assert any(line.similarity > 0.9 for line in shown.lines)
    knots = {row.knot for row in left if row.knot >= 0}
    assert knots
    for knot in knots:
        assert any(row.id not in gone for row in left if row.knot == knot)


def test_one_cell_may_be_chosen(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        cell = board.view(session, lopsided_board.slug).cut_first[0].cell
        assert trimming.preview(session, lopsided_board.slug, (cell,)).cells == (cell,)


def test_where_nothing_is_crowded_there_is_nothing_to_trim(
    lopsided_board: DatasetRow, dataset: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        fair = next(c for c in board.view(session, lopsided_board.slug).cells if not c.cut)
        with pytest.raises(NothingToTrimError):
            trimming.preview(session, lopsided_board.slug, (fair.id,))
