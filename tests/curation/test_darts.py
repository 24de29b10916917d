import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from app.curation import board, darts, queries, review
from app.storage import frames, layouts, placements
from app.storage.board_tables import FrameRow
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status


def frame_of(session: Session, dataset: DatasetRow) -> FrameRow:
    row = frames.newest(session, dataset.id)
    assert row is not None
    return row


def test_any_part_of_the_payload_is_that_part_of_the_whole(
    dishes_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        whole = darts.pack(session, dishes_board.slug, 1)
        payload = darts.prepare(session, dishes_board.slug, 1)
        assert payload.size == len(whole)
        for start, stop in ((0, 4), (0, len(whole)), (7, 613), (1001, 1002), (len(whole) - 3, -1)):
            part = b"".join(darts.send(session, payload, start=start, stop=stop))
            assert part == whole[start : stop if stop > 0 else None]


def test_a_decision_changes_the_tag_and_the_flags_and_no_place(
    dishes_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        before = darts.prepare(session, dishes_board.slug, 1)
        sample = darts.sample_at(session, dishes_board.slug, 1, 5)
        rejected = review.Change(status=Status.REJECTED)
        review.decide(session, dishes_board.slug, sample, rejected, actor="mia", version=1)
        after = darts.prepare(session, dishes_board.slug, 1)
        assert after.layout.fingerprint == before.layout.fingerprint
        assert after.tag != before.tag
        assert after.states.flags[5] & 8
        assert np.count_nonzero(after.states.flags & 8) == 1


def test_a_mask_marks_exactly_what_the_query_finds(
    dishes_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        query = queries.parse_string("q=bread")
        bits, rows = darts.mask(session, dishes_board.slug, 1, query)
        payload = darts.prepare(session, dishes_board.slug, 1)
        ids = layouts.whole_column(session, payload.layout, "ids")
        wanted = layouts.ids_of(
            session, dishes_board.id, queries.resolve(session, dishes_board.id, query)
        )
    marked = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")[: len(ids)]
    assert rows == payload.layout.fingerprint
    assert len(bits) == -(-len(ids) // 8)
    assert sorted(ids[marked == 1].tolist()) == sorted(set(wanted.tolist()) & set(ids.tolist()))
    assert 0 < marked.sum() < len(ids)


def test_the_layout_says_what_the_placements_say(dishes_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        row = frame_of(session, dishes_board)
        layout = darts.find_layout(session, row, "board")
        assert layout is not None
        names: tuple[layouts.Column, ...] = ("ids", "x", "y", "cell")
        columns = [layouts.whole_column(session, layout, name).tolist() for name in names]
        found = placements.darts(session, dishes_board.id, row.id, Filter())
        assert sorted(zip(*columns, strict=True)) == [
            tuple(dart[:4]) for dart in found if dart[3] >= 0
        ]
        assert board.view(session, dishes_board.slug).darts_href.endswith(
            darts.prepare(session, dishes_board.slug, 1).tag
        )


@given(st.sets(st.integers(0, 2**62), min_size=2, max_size=60))
def test_new_samples_leave_the_order_of_the_others(ids: set[int]) -> None:
    everyone = np.array(sorted(ids), np.int64)
    some = everyone[::2]
    order = everyone[darts.drawing_order(everyone, seed=3)]
    kept = order[np.isin(order, some)]
    assert kept.tolist() == some[darts.drawing_order(some, seed=3)].tolist()
