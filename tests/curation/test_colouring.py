"""What darts are coloured by, and the marks of a comparison, on both databases."""

import numpy as np
import orjson
import pytest
from sqlmodel import Session

from app.curation import board, board_table, colouring, darts, marks, queries, review, versions
from app.curation.board import Look
from app.curation.colouring import COLOURS, ColourError
from app.curation.dart_states import HIDDEN
from app.curation.darts import Wish
from app.storage import datasets, layouts
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, Status
from tests.boards import DISHES
from tests.pipeline import Pipeline


@pytest.fixture
def coloured_board(dataset: DatasetRow) -> DatasetRow:
    return dataset


def counted(session: Session, dataset: DatasetRow, color: str) -> tuple[list[int], list[str]]:
    """How many darts of a payload that are not hidden have each category."""
    frame = board.view(session, dataset.slug).frame
    payload = darts.prepare(session, dataset.slug, frame, Wish(color=color))
    shown = payload.states.categories[(payload.states.flags & HIDDEN) == 0]
    names = list(payload.states.names)
    return np.bincount(shown, minlength=len(names) + 1).tolist(), names


@pytest.mark.parametrize("color", COLOURS)
def test_the_legend_counts_what_the_payload_colours(
    coloured_board: DatasetRow, write: Sessions, color: str
) -> None:
    with write() as session:
        view = board.view(session, coloured_board.slug, Look(colour=color))
        numbers, names = counted(session, coloured_board, color)
        assert f"color={color}" in view.darts_href or color == "status"
    assert view.colour is not None
    told = {line.hue: line.samples for line in view.colour.lines}
    assert told == {(at + 1) % (len(names) + 1): n for at, n in enumerate(numbers) if n}
    assert sum(told.values()) == view.placed == 240
    assert len(names) <= colouring.MOST_CATEGORIES


def test_a_legend_says_how_many_of_what_the_query_finds(
    coloured_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        query = queries.parse([("split", "test")])
        view = board.view(session, coloured_board.slug, Look(query=query, colour="label"))
    assert view.colour is not None
    assert sum(line.samples for line in view.colour.lines) == view.placed == 48
    assert view.colour.lines[0].href == "/d/recipes/samples?label=label+0" or "label" in (
        view.colour.lines[0].href
    )


def test_there_is_no_colour_by_anything_else() -> None:
    assert colouring.check("balance") == ""
    with pytest.raises(ColourError):
        colouring.check("mood")


def test_a_version_marks_what_is_new_and_what_is_gone(
    pipeline: Pipeline, coloured_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        versions.freeze(session, coloured_board.slug, actor="mia")
        sample = darts.sample_at(session, coloured_board.slug, 1, 7)
        rejected = review.Change(status=Status.REJECTED)
        review.decide(session, coloured_board.slug, sample, rejected, actor="mia", version=1)
    pipeline.send(
        coloured_board.slug, orjson.dumps({"prompt": "how do I make tea?", "completion": "so"})
    )
    pipeline.run()
    with write() as session:
        view = board.view(session, coloured_board.slug, Look(compare="v1"))
        numbers, names = counted(session, coloured_board, "cmp:v1")
        payload = darts.prepare(session, coloured_board.slug, view.frame, Wish(color="cmp:v1"))
        ids = layouts.whole_column(session, payload.layout, "ids")
    assert names == list(marks.NAMES)
    assert numbers[:3] == [239, 1, 1]
    assert ids[payload.states.categories == marks.REMOVED].tolist() == [sample]
    assert view.compare is not None
    assert [mark for mark, _ in view.compare.marks] == ["new", "removed", "both"]
    assert "cmp=v1" in view.darts_href


def test_a_split_and_another_data_set_mark_what_they_share(
    pipeline: Pipeline, coloured_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        datasets.add(session, "twin")
    rows = [{"prompt": f"how do I make {DISHES[n % 6]} number {n}?"} for n in range(10)]
    pipeline.send("twin", b"\n".join(orjson.dumps({**row, "completion": "no"}) for row in rows))
    pipeline.run()
    with write() as session:
        assert counted(session, coloured_board, "cmp:split:test")[0][:3] == [48, 192, 0]
        assert counted(session, coloured_board, "cmp:@twin")[0][:3] == [10, 230, 0]
        keys = {one.key for one in board.view(session, coloured_board.slug).compare_choices}
    assert keys == {"split:test", "split:train", "@twin"}


def test_the_table_for_spreadsheets_holds_what_the_board_holds(
    coloured_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        view = board.view(session, coloured_board.slug, Look(compare="split:test"))
    head, *rows = board_table.rows(view)
    assert len(rows) == len(view.cells)
    have = head.index("have")
    assert sum(int(str(row[have])) for row in rows) == view.placed
    assert head[-2:] == ("in split test", "share")
    assert {row[0] for row in rows} == {f"c{cell.id}" for cell in view.cells}
