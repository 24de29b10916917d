import numpy as np
import pytest

from app.curation import queries, selecting
from app.curation.selecting import SelectionGoneError, Stroke, StrokeError
from app.storage import frames, layouts, placements, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.selections import SelectionNotFoundError
from app.storage.tables import DatasetRow, Status

RIGHT = [32768, 0, 65535, 0, 65535, 65535, 32768, 65535]
UPPER = [0, 0, 65535, 0, 65535, 32768, 0, 32768]


def test_a_selection_is_what_lies_inside_and_the_query_finds_it(
    dishes_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        kept = selecting.keep(
            session, dishes_board.slug, (1, "board"), [Stroke("add", RIGHT)], actor="m"
        )
        row = frames.newest(session, dishes_board.id)
        assert row is not None
        found = placements.darts(session, dishes_board.id, row.id, Filter())
        inside = {dart[0] for dart in found if dart[1] >= 32768 and dart[3] >= 0}
        wanted = queries.resolve(session, dishes_board.id, queries.parse_string(kept.query))
        assert set(samples.ids_matching(session, dishes_board.id, wanted)) == inside
        assert kept.samples == len(inside) > 0
        turned = queries.resolve(
            session, dishes_board.id, queries.parse_string(f"not.sel={kept.id}")
        )
        assert samples.count(session, dishes_board.id, turned) == 240 - len(inside)
        samples.change(session, list(inside)[:3], status=Status.REJECTED)
        still = queries.parse_string(f"{kept.query}&status=rejected")
        assert (
            samples.count(
                session, dishes_board.id, queries.resolve(session, dishes_board.id, still)
            )
            == 3
        )


def test_a_second_stroke_takes_away(dishes_board: DatasetRow, write: Sessions) -> None:
    with write() as session:
        place: tuple[int, layouts.View] = (1, "board")
        add, less = Stroke("add", RIGHT), Stroke("subtract", UPPER)
        whole = selecting.keep(session, dishes_board.slug, place, [add], actor="m").samples
        rest = selecting.keep(session, dishes_board.slug, place, [add, less], actor="m").samples
        part = [add, Stroke("intersect", UPPER)]
        assert (
            selecting.keep(session, dishes_board.slug, place, part, actor="m").samples
            == whole - rest
        )


@pytest.mark.parametrize(
    "points",
    [[], [0, 0, 1, 1], [0, 0, 9, 9, 1], [0, 0, 9, 9, 1, 70_000], [-1, 0, 9, 9, 1, 2], [0] * 8_002],
    ids=["nothing", "two corners", "half a corner", "too far", "below zero", "endless"],
)
def test_what_is_no_outline_is_refused(
    dataset: DatasetRow, write: Sessions, points: list[int]
) -> None:
    with write() as session, pytest.raises(StrokeError):
        selecting.keep(session, dataset.slug, (1, "board"), [Stroke("add", points)], actor="m")


def test_a_selection_of_a_map_that_is_not_drawn_cannot_be(
    dishes_board: DatasetRow, write: Sessions
) -> None:
    with write() as session, pytest.raises(SelectionGoneError):
        selecting.keep(session, dishes_board.slug, (1, "map"), [Stroke("add", RIGHT)], actor="m")


def test_another_data_sets_selection_is_not_there(dataset: DatasetRow, write: Sessions) -> None:
    with write() as session, pytest.raises(SelectionNotFoundError):
        queries.resolve(session, dataset.id, queries.parse_string("sel=s_0123456789ab"))


def test_a_million_ids_are_one_value(dataset: DatasetRow, write: Sessions) -> None:
    from app.storage import listed

    with write() as session:
        wanted = Filter(chosen=listed.write(np.arange(1_000_000)))
        assert samples.count(session, dataset.id, wanted) == 0
