"""Looking at a board: sides, slices, comparisons, names, on both databases."""

from dataclasses import replace

import orjson
import pytest
from sqlmodel import Session

from app.curation import board, darts, looking, outline, queries, refits, targeting, versions
from app.curation.board import Look
from app.curation.board_views import BoardView
from app.curation.looking import SideError, TopicNameError, TopicNotFoundError
from app.curation.marks import ComparisonNotFoundError
from app.curation.refits import RefitNotFoundError
from app.curation.zooming import SliceNotFoundError
from app.storage import datasets, samples
from app.storage import frames as frame_rows
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status
from tests.curation.lopsided import asked, data_of
from tests.pipeline import Pipeline


@pytest.fixture
def even_board(dataset: DatasetRow) -> DatasetRow:
    return dataset


def look(session: Session, dataset: DatasetRow, **how: str) -> BoardView:
    return board.view(session, dataset.slug, Look(**how))  # type: ignore[arg-type]


@pytest.mark.parametrize("side", ["output", "pair"])
def test_every_side_has_a_board_of_its_own(
    pipeline: Pipeline, even_board: DatasetRow, write: Sessions, side: str
) -> None:
    with write() as session:
        looking.choose_side(session, even_board.slug, side, actor="mia")
    pipeline.run()
    with write() as session:
        other = look(session, even_board)
        looking.choose_side(session, even_board.slug, "input", actor="mia")
        back = look(session, even_board)
    assert (other.side, other.target_kind, other.placed) == (side, "itself", 600)
    assert (back.side, back.target_kind, back.frame) == ("input", "reference", 1)


def test_there_are_three_sides(even_board: DatasetRow, write: Sessions) -> None:
    with write() as session, pytest.raises(SideError):
        looking.choose_side(session, even_board.slug, "top", actor="mia")


def test_a_slice_spreads_over_the_whole_board(even_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        whole, zoomed = look(session, even_board), look(session, even_board, zoom="2")
        with pytest.raises(SliceNotFoundError):
            look(session, even_board, zoom="99")
    assert {cell.id.split(".")[0] for cell in zoomed.cells} == {"2"}
    assert len(zoomed.topics) == len(zoomed.cells)
    have = {cell.id: cell.have for cell in whole.cells}
    assert all(have[cell.id] == cell.have for cell in zoomed.cells)
    assert zoomed.to_cut == whole.to_cut  # the lists stay those of the whole board


def test_a_query_narrows_what_is_counted(even_board: DatasetRow, write: Sessions) -> None:
    query = queries.parse([("q", "egg")])
    with write() as session:
        found = board.view(session, even_board.slug, Look(query=query))
    assert found.placed == 60
    assert found.query == "q=egg"


def test_a_version_counts_as_it_was_frozen(even_board: DatasetRow, write: Sessions) -> None:
    query = queries.parse_string("version=1")
    with write() as session:
        versions.freeze(session, even_board.slug, actor="mia")
        chosen = samples.ids_matching(session, even_board.id, Filter())
        samples.change(session, chosen[:100], status=Status.REJECTED)
        samples.change(session, chosen[100:150], deleted=True)
        now = look(session, even_board)
        then = board.view(session, even_board.slug, Look(query=query))
        bits, _ = darts.mask(session, even_board.slug, 1, query)
    assert (now.placed, then.placed, then.version) == (450, 600, "1")
    assert sum(byte.bit_count() for byte in bits) == 600


def test_the_panel_of_a_cell_obeys_the_query(even_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        every = samples.ids_matching(session, even_board.id, Filter())
        ids = ",".join(str(every[at]) for at in (0, 1, 2, 60, 61))
        query = queries.parse_string(f"ids={ids}")
        chosen = board.view(session, even_board.slug, Look(query=query))
        cell = max(chosen.cells, key=lambda one: one.have)
        panel = board.view(session, even_board.slug, Look(query=query, cell=cell.id)).selected
    assert panel is not None
    assert len(panel.samples) == cell.have > 0
    assert panel.list_href == f"/d/{even_board.slug}/samples?cell={cell.id}&ids={ids}"


def test_badges_that_would_cover_one_another_are_left_out(
    even_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        one = look(session, even_board).cells[0]
    crowd = [
        replace(one, id="1", badge="+5", write=5, x=0.0, y=0.0),
        replace(one, id="2", badge="+9", write=9, x=20.0, y=9.0),
        replace(one, id="3", badge="+1", write=1, x=20.0, y=-9.0),
        replace(one, id="4", badge="", x=0.0, y=200.0),
    ]
    clear = [cell.id for cell in outline.space_badges(crowd) if cell.badge_clear and cell.badge]
    assert clear == ["2", "3"]


def test_new_ideas_do_not_lower_the_share_of_distinct_ones(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    def rows(start: int, count: int) -> bytes:
        told = [f"w{n * 7} x{n * 11} y{n * 13} z{n * 17}" for n in range(start, start + count)]
        return b"\n".join(orjson.dumps({"prompt": it, "completion": "so"}) for it in told)

    pipeline.send(dataset.slug, rows(0, 300))
    pipeline.run()
    with write() as session:
        before = look(session, dataset).score
    pipeline.send(dataset.slug, rows(300, 300))
    pipeline.run()
    with write() as session:
        assert look(session, dataset).score == before == 100


def test_a_version_shows_what_has_grown_since(
    pipeline: Pipeline, even_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        versions.freeze(session, even_board.slug, actor="mia")
    more = [{"prompt": asked(3, 500 + n), "completion": "x"} for n in range(120)]
    pipeline.send(even_board.slug, b"\n".join(orjson.dumps(row) for row in more))
    pipeline.run()
    with write() as session:
        found = look(session, even_board, compare="v1")
        with pytest.raises(ComparisonNotFoundError):
            look(session, even_board, compare="v9")
    assert found.compare is not None
    assert found.compare.then == 600
    grown = [cell for cell in found.cells if cell.change == "more"]
    assert grown
    assert 80 <= sum(cell.have - cell.then for cell in grown) <= 120
    assert {choice.key for choice in found.compare_choices} >= {"v1"}


def test_the_same_data_shows_no_change(
    pipeline: Pipeline, even_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        datasets.add(session, "twin")
    pipeline.send("twin", data_of([60] * 10))
    pipeline.run()
    with write() as session:
        found = look(session, even_board, compare="@twin")
    assert {cell.change for cell in found.cells} == {"same"}


def test_a_name_given_by_a_person_survives_a_refit(
    pipeline: Pipeline, even_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        looking.rename_topic(session, even_board.slug, "1", "breakfast, morning", actor="mia")
        targeting.redraw(session, even_board.slug, refit=True)
    pipeline.run()
    with write() as session:
        row = frame_rows.newest(session, even_board.id)
        found = look(session, even_board)
        pair = refits.view(session, even_board.slug)
    assert row is not None
    assert row.number == 2
    assert ("breakfast", "morning") in {topic.words for topic in found.topics}
    assert found.moves == ()  # the same target, cut again: nothing moved
    assert found.refitted
    assert (pair.before.frame, pair.after.frame) == (1, 2)
    assert pair.before.placed == pair.after.placed == 600
    assert pair.before.cells == pair.after.cells  # what it said then is what it says now
    assert {topic.kind for topic in pair.topics} == {"same"}
    both = [[it.number for it in half.numerals] for half in (pair.before, pair.after)]
    assert sorted(both[0]) == sorted(both[1]) == [topic.number for topic in pair.topics]


def test_a_refit_to_another_target_lists_what_is_gone_and_new(
    pipeline: Pipeline, even_board: DatasetRow, write: Sessions
) -> None:
    few = [{"prompt": asked(topic, 2000 + n)} for topic in range(3) for n in range(120)]
    with write() as session, pytest.raises(RefitNotFoundError):
        refits.view(session, even_board.slug)
    pipeline.send(even_board.slug, b"\n".join(orjson.dumps(row) for row in few), purpose="target")
    pipeline.run()
    with write() as session:
        found = refits.view(session, even_board.slug)
        hint = look(session, even_board).refit_hint
    gone = [topic for topic in found.topics if topic.kind == "gone"]
    moved = [topic for topic in found.topics if topic.kind == "moved"]
    assert gone or moved
    assert all(topic.share_now is None and topic.share_before for topic in gone)
    assert sum(topic.share_now or 0 for topic in found.topics) == pytest.approx(1)
    assert sum(topic.share_before or 0 for topic in found.topics) == pytest.approx(1)
    assert hint == "" or "the target does not ask for them" in hint


@pytest.mark.parametrize("name", ["", " , ", "x" * 61, "a\nb"])
def test_a_topic_needs_a_short_plain_name(
    even_board: DatasetRow, write: Sessions, name: str
) -> None:
    with write() as session, pytest.raises(TopicNameError):
        looking.rename_topic(session, even_board.slug, "1", name, actor="mia")


def test_only_a_topic_that_is_there_can_be_named(even_board: DatasetRow, write: Sessions) -> None:
    with write() as session, pytest.raises(TopicNotFoundError):
        looking.rename_topic(session, even_board.slug, "99", "x", actor="mia")


def test_it_is_said_when_a_tenth_of_what_came_since_fits_nowhere(
    pipeline: Pipeline, even_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        assert look(session, even_board).refit_hint == ""
    strange = [f"zq{n} xv{n * 7} wk{n * 13} jj{n * 17}" for n in range(40)]
    rows = [orjson.dumps({"prompt": text, "completion": "x"}) for text in strange]
    pipeline.send(even_board.slug, b"\n".join(rows))
    pipeline.run()
    with write() as session:
        found = look(session, even_board)
    assert found.outsiders >= 20
    assert "of the darts that came since this board was cut" in found.refit_hint
    with write() as session:
        far = queries.resolve(session, even_board.id, queries.parse_string("flag=far"))
        assert samples.count(session, even_board.id, far) >= found.outsiders
