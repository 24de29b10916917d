from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from app.curation import board, darts, queries, review
from app.encoders.hashing import HashingEncoder
from app.storage import frames, layouts, placements
from app.storage.board_tables import FrameRow
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status
from tests.curation.drawn import draw
from tests.pipeline import Pipeline


@pytest.fixture
def drawn(
    write: Sessions, dataset: DatasetRow, encoder: HashingEncoder, tmp_path: Path
) -> DatasetRow:
    return draw(write, dataset, Pipeline(write, tmp_path, encoder))


def frame_of(session: Session, dataset: DatasetRow) -> FrameRow:
    row = frames.newest(session, dataset.id)
    assert row is not None
    return row


def test_any_part_of_the_payload_is_that_part_of_the_whole(
    drawn: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        whole = darts.pack(session, drawn.slug, 1)
        payload = darts.prepare(session, drawn.slug, 1)
        assert payload.size == len(whole)
        for start, stop in ((0, 4), (0, len(whole)), (7, 613), (1001, 1002), (len(whole) - 3, -1)):
            part = b"".join(darts.send(session, payload, start=start, stop=stop))
            assert part == whole[start : stop if stop > 0 else None]


def test_a_decision_changes_the_tag_and_the_flags_and_no_place(
    drawn: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        before = darts.prepare(session, drawn.slug, 1)
        sample = darts.sample_at(session, drawn.slug, 1, 5)
        rejected = review.Change(status=Status.REJECTED)
        review.decide(session, drawn.slug, sample, rejected, actor="mia", version=1)
        after = darts.prepare(session, drawn.slug, 1)
        assert after.layout.fingerprint == before.layout.fingerprint
        assert after.tag != before.tag
        assert after.states.flags[5] & 8
        assert np.count_nonzero(after.states.flags & 8) == 1


def test_a_mask_marks_exactly_what_the_query_finds(drawn: DatasetRow, write: Sessions) -> None:
    with write() as session:
        query = queries.parse_string("q=bread")
        bits, rows = darts.mask(session, drawn.slug, 1, query)
        payload = darts.prepare(session, drawn.slug, 1)
        ids = layouts.whole_column(session, payload.layout, "ids")
        wanted = layouts.ids_of(session, drawn.id, queries.resolve(session, drawn.id, query))
    marked = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")[: len(ids)]
    assert rows == payload.layout.fingerprint
    assert len(bits) == -(-len(ids) // 8)
    assert sorted(ids[marked == 1].tolist()) == sorted(set(wanted.tolist()) & set(ids.tolist()))
    assert 0 < marked.sum() < len(ids)


def test_the_layout_says_what_the_placements_say(drawn: DatasetRow, write: Sessions) -> None:
    with write() as session:
        row = frame_of(session, drawn)
        layout = darts.find_layout(session, row, "board")
        assert layout is not None
        names: tuple[layouts.Column, ...] = ("ids", "x", "y", "cell")
        columns = [layouts.whole_column(session, layout, name).tolist() for name in names]
        found = placements.darts(session, drawn.id, row.id, Filter())
        assert sorted(zip(*columns, strict=True)) == [
            tuple(dart[:4]) for dart in found if dart[3] >= 0
        ]
        assert board.view(session, drawn.slug).darts_href.endswith(
            darts.prepare(session, drawn.slug, 1).tag
        )


@given(st.sets(st.integers(0, 2**62), min_size=2, max_size=60))
def test_new_samples_leave_the_order_of_the_others(ids: set[int]) -> None:
    everyone = np.array(sorted(ids), np.int64)
    some = everyone[::2]
    order = everyone[darts.drawing_order(everyone, seed=3)]
    kept = order[np.isin(order, some)]
    assert kept.tolist() == some[darts.drawing_order(some, seed=3)].tolist()
