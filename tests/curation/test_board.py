"""From vectors to a judged board, with the real geometry, on both databases."""

import numpy as np
import orjson
import pytest
from sqlmodel import Session

from app.curation import board, darts, frames, review, targeting, undoing
from app.curation.board import Look
from app.curation.changing import Change
from app.storage import datasets, placements, samples
from app.storage import frames as frame_rows
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status
from tests.curation.lopsided import asked, data_of
from tests.pipeline import Pipeline


def samples_at(session: Session, dataset: DatasetRow) -> list[int]:
    return samples.ids_matching(session, dataset.id, Filter())


def places(session: Session, dataset: DatasetRow) -> dict[int, tuple[int, int]]:
    """Where each dart lies."""
    row = frame_rows.newest(session, dataset.id)
    assert row is not None
    found = placements.darts(session, dataset.id, row.id, Filter())
    return {dart[0]: (dart[1], dart[2]) for dart in found}


def test_what_is_crowded_and_what_is_missing_is_flagged(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        found = board.view(session, lopsided_board.slug)
    assert (found.state, found.target_kind) == ("ready", "reference")
    assert "egg" in {word for region in found.cut_first for word in region.topic.split()}
    assert "bread" in {word for region in found.write_next for word in region.topic.split()}
    assert found.to_cut > 50
    assert found.to_write > 15
    assert found.placed + found.outsiders == 520
    assert found.waiting == 0
    assert 80 < found.score < 95  # one topic of ten is missing


def test_a_gap_shows_the_inputs_that_nothing_covers(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        gap = board.view(session, lopsided_board.slug).write_next[0].cell
        panel = board.view(session, lopsided_board.slug, Look(cell=gap)).selected
    assert panel is not None
    assert panel.uncovered
    assert all("bread" in line.text for line in panel.uncovered)


def test_itself_as_target_never_speaks_of_gaps(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pipeline.send(dataset.slug, data_of([200, 0, *[40] * 8]))
    pipeline.run()
    with write() as session:
        found = board.view(session, dataset.slug)
    assert found.target_kind == "itself"
    assert found.write_next == ()
    assert "gap" not in {cell.state for cell in found.cells}
    assert "not what is missing" in found.target_sentence


def test_a_decision_is_on_the_board_at_once(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        before = board.view(session, lopsided_board.slug)
        cell = before.cut_first[0].cell
        panel = board.view(session, lopsided_board.slug, Look(cell=cell)).selected
        assert panel is not None
        samples.change(session, [line.id for line in panel.samples[:10]], status=Status.REJECTED)
        after = board.view(session, lopsided_board.slug)
    assert after.placed == before.placed - 10


def test_new_samples_move_no_dart_of_the_others(
    pipeline: Pipeline, lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        before = places(session, lopsided_board)
    pipeline.send(lopsided_board.slug, orjson.dumps({"prompt": asked(1, 5), "completion": "x"}))
    pipeline.run()
    with write() as session:
        after = places(session, lopsided_board)
        frame = frame_rows.newest(session, lopsided_board.id)
    assert frame is not None
    assert frame.number == 1
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()


def test_an_edit_moves_its_dart_and_no_other_and_its_undo_brings_it_back(
    pipeline: Pipeline, lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        first, before = samples_at(session, lopsided_board)[0], places(session, lopsided_board)
    other = [{"role": "user", "content": asked(7, 999)}]
    said = Change(messages=[*other, {"role": "assistant", "content": "so"}])
    with write() as session:
        review.decide(session, lopsided_board.slug, first, said, version=1, actor="mia")
    pipeline.run()
    with write() as session:
        after = places(session, lopsided_board)
        assert [it for it in before if after.get(it) != before[it]] == [first], len(after)
        undoing.undo(session, lopsided_board.slug, "mia")
    pipeline.run()
    with write() as session:
        assert places(session, lopsided_board) == before


def test_another_target_makes_another_frame(
    pipeline: Pipeline, lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        targeting.use_itself(session, lopsided_board.slug, actor="mia")
    pipeline.run()
    with write() as session:
        found = board.view(session, lopsided_board.slug)
    assert (found.frame, found.target_kind, found.waiting) == (2, "itself", 0)


def test_few_samples_get_a_notice_and_no_flags(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pipeline.send(dataset.slug, data_of([40, 1]))
    pipeline.run()
    with write() as session:
        found = board.view(session, dataset.slug)
    assert found.state == "small"
    assert (found.cut_first, found.write_next) == ((), ())


@pytest.mark.parametrize("count", [0, 1, 2])
def test_next_to_nothing_is_still_a_board(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions, count: int
) -> None:
    if count:
        pipeline.send(dataset.slug, data_of([count]))
        pipeline.run()
    with write() as session:
        found = board.view(session, dataset.slug)
        jobs_left = found.job
    assert found.state == ("small" if count else "empty")
    assert found.placed == count
    assert jobs_left is None


def test_all_identical_inputs_are_one_idea(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    rows = [{"prompt": "the same", "completion": f"answer {n}"} for n in range(250)]
    pipeline.send(dataset.slug, b"\n".join(orjson.dumps(row) for row in rows))
    pipeline.run()
    with write() as session:
        found = board.view(session, dataset.slug)
    assert (found.placed, found.score) == (250, 0)
    assert [knot.samples for knot in found.knots] == [250]


def test_darts_are_packed_as_promised(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        packed = darts.pack(session, lopsided_board.slug, 1)
        view = board.view(session, lopsided_board.slug)
    assert packed[:4] == b"DRT1"
    length = int.from_bytes(packed[4:8], "little")
    header = orjson.loads(packed[8 : 8 + length])
    assert header["n"] == view.placed
    body = packed[8 + length :]
    assert len(body) == 8 * header["n"]
    cells = np.frombuffer(body[4 * header["n"] : 6 * header["n"]], "<u2")
    assert np.bincount(cells, minlength=len(view.cells)).tolist() == [c.have for c in view.cells]


def test_a_frame_survives_being_packed(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        row = frame_rows.newest(session, lopsided_board.id)
        assert row is not None
        frame = frames.unpack(row)
    assert frame.cells == len(row.facts["cells"])
    assert frame.external
    assert frame.target_size == 400


def test_the_trash_is_not_on_the_board(lopsided_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        chosen = samples_at(session, lopsided_board)[:5]
        before = board.view(session, lopsided_board.slug)
        samples.change(session, chosen, deleted=True)
        after = board.view(session, lopsided_board.slug)
        assert datasets.get(session, lopsided_board.slug).id == lopsided_board.id
    assert after.placed == before.placed - 5
    assert after.head.samples == before.head.samples - 5
