import numpy as np
import pytest

from app.curation import board, judging, trimming, undoing
from app.curation.trimming import NothingToTrimError
from app.geometry import evidence
from app.storage import placements, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Origin, Status
from tests.curation.lopsided import data_of, reference
from tests.pipeline import Pipeline


@pytest.fixture
def crowded(pipeline: Pipeline, dataset: DatasetRow) -> DatasetRow:
    pipeline.send(dataset.slug, reference(), purpose="target")
    pipeline.send(dataset.slug, data_of([200, 0, *[40] * 8]))
    pipeline.run()
    return dataset


def test_exactly_what_the_preview_shows_is_cut(crowded: DatasetRow, write: Sessions) -> None:
    with write() as session:
        shown = trimming.preview(session, crowded.slug, ())
        assert {line.status for line in shown.lines} == {Status.PENDING}
        report = trimming.trim(session, crowded.slug, (), actor="mia")
        rejected = samples.ids_matching(session, crowded.id, Filter(statuses=(Status.REJECTED,)))
    assert rejected == sorted(line.id for line in shown.lines)
    assert report.changed == len(shown.lines) == shown.have - shown.after


def test_no_cell_is_cut_below_twice_its_target(crowded: DatasetRow, write: Sessions) -> None:
    with write() as session:
        before = board.view(session, crowded.slug)
        trimming.trim(session, crowded.slug, (), actor="mia")
        after = board.view(session, crowded.slug)
    assert after.to_cut == 0
    cut = {cell.id for cell in before.cells if cell.cut}
    assert cut
    for cell in after.cells:
        if cell.id in cut:
            assert cell.have >= 2 * cell.expected - 1


def test_undo_brings_all_of_it_back(crowded: DatasetRow, write: Sessions) -> None:
    with write() as session:
        before = board.view(session, crowded.slug).placed
        trimming.trim(session, crowded.slug, (), actor="mia")
        undoing.undo(session, crowded.slug, "mia")
        assert board.view(session, crowded.slug).placed == before


def test_what_people_made_or_approved_is_cut_last(crowded: DatasetRow, write: Sessions) -> None:
    with write() as session:
        first = trimming.preview(session, crowded.slug, ())
        spared = [line.id for line in first.lines[:6]]
        samples.change(session, spared[:3], status=Status.APPROVED)
        samples.change(session, spared[3:], origin=Origin.HUMAN)
        shown = {line.id for line in trimming.preview(session, crowded.slug, ()).lines}
    assert not shown & set(spared)


def test_a_neighbour_of_the_crowd_goes_only_when_the_crowd_is_gone(
    crowded: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        gone = {line.id for line in trimming.preview(session, crowded.slug, ()).lines}
        judged = judging.judge(session, crowded)
        assert judged is not None
        assert judged.evidence is not None
        for cell in np.flatnonzero(judged.balance.cut).tolist():
            rows = placements.of_cells(session, judged.row.id, [cell])
            levels = np.array([np.frombuffer(row.levels, "<u2") for row in rows])
            too_many = evidence.crowded(judged.evidence.verdict, levels)
            cut = np.array([row.id in gone for row in rows])
            assert cut.any()
            assert too_many[~cut].sum() == 0 or too_many[cut].all()


def test_of_twins_one_stays(crowded: DatasetRow, write: Sessions) -> None:
    with write() as session:
        shown = trimming.preview(session, crowded.slug, ())
        row = judging.judge(session, crowded)
        assert row is not None
        left = placements.of_cells(session, row.row.id, list(range(row.frame.cells)))
    gone = {line.id for line in shown.lines}
    assert len(left) - len(gone) == len([kept for kept in left if kept.id not in gone])
    assert any(line.similarity > 0.9 for line in shown.lines)
    knots = {row.knot for row in left if row.knot >= 0}
    assert knots
    for knot in knots:
        assert any(row.id not in gone for row in left if row.knot == knot)


def test_one_cell_may_be_chosen(crowded: DatasetRow, write: Sessions) -> None:
    with write() as session:
        cell = board.view(session, crowded.slug).cut_first[0].cell
        assert trimming.preview(session, crowded.slug, (cell,)).cells == (cell,)


def test_where_nothing_is_crowded_there_is_nothing_to_trim(
    crowded: DatasetRow, dataset: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        fair = next(c for c in board.view(session, crowded.slug).cells if not c.cut)
        with pytest.raises(NothingToTrimError):
            trimming.preview(session, crowded.slug, (fair.id,))
