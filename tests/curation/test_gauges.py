"""From a drawn board to gauges, with the real stages, on both databases."""

import orjson
import pytest

from app.curation import (
    board,
    bulk,
    gauge_parts,
    gauges,
    queries,
    readings,
    report,
    review,
    versions,
)
from app.curation.board import Look
from app.curation.gauge_views import GaugesView, GaugeView
from app.curation.review import Change
from app.storage import frames, jobs, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.measurements import Part
from app.storage.tables import DatasetRow, Status
from tests.curation.lopsided import asked, data_of, reference
from tests.pipeline import Pipeline

EVERY = [
    "repeats", "evenness", "coverage", "novelty", "vendi",
    "templates", "openings", "lengths", "phrases", "answers", "facets",
]  # fmt: skip


def read(write: Sessions, dataset: DatasetRow, *, tau: float | None = None) -> GaugesView:
    with write() as session:
        return gauges.view(session, dataset.slug, tau=tau)


def by_name(view: GaugesView) -> dict[str, GaugeView]:
    return {gauge.name: gauge for gauge in view.gauges}


def test_a_drawn_board_is_measured(lopsided_board: DatasetRow, write: Sessions) -> None:
    view = read(write, lopsided_board)
    assert [gauge.name for gauge in view.gauges] == EVERY
    assert view.measured_at is not None
    assert not view.old
    for gauge in view.gauges:
        assert 0 <= gauge.place <= 1
        assert gauge.sentence.endswith(".")
        assert (gauge.low is None) == (gauge.high is None)


def test_what_is_crowded_and_missing_shows_in_the_gauges(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    found = by_name(read(write, lopsided_board))
    assert found["evenness"].flagged
    assert found["evenness"].low is not None
    assert found["evenness"].value < found["evenness"].low
    assert found["coverage"].flagged
    assert 0.5 < found["coverage"].value < 0.98
    assert found["vendi"].flagged


def test_data_that_match_the_target_raise_no_flag_of_variety(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pipeline.send(dataset.slug, reference(), purpose="target")
    pipeline.send(dataset.slug, data_of([40] * 10))
    pipeline.run()
    found = by_name(read(write, dataset))
    assert not found["evenness"].flagged
    assert not found["coverage"].flagged
    assert not found["novelty"].flagged
    assert not found["vendi"].flagged


def test_the_missing_inputs_of_a_cell_are_those_nothing_covers(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        gap = board.view(session, lopsided_board.slug).write_next[0].cell
        row = frames.newest(session, lopsided_board.id)
        assert row is not None
        number = [cell["id"] for cell in row.facts["cells"]].index(gap)
        found = gauges.misses(session, Part(lopsided_board.id), row.id, number)
        none = gauges.misses(session, Part(lopsided_board.id), row.id + 1, number)
    assert 0 < len(found.missed + found.bare) <= 80
    assert all(40 <= miss.position < 80 for miss in found.missed)  # the 40 inputs about bread
    assert all(miss.sample is not None and -1 <= miss.alike <= 1 for miss in found.missed)
    assert none == gauges.Misses((), ())


def test_itself_has_no_coverage_and_speaks_of_no_target(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pipeline.send(dataset.slug, data_of([60] * 5))
    pipeline.run()
    found = by_name(read(write, dataset))
    assert "coverage" not in found
    assert found["repeats"].low is None


def copies() -> bytes:
    rows = [asked(topic, number) for topic in range(10) for number in range(25)]
    rows += [rows[0]] * 30
    records = [{"prompt": text, "completion": f"Sure, {n}"} for n, text in enumerate(rows)]
    return b"\n".join(orjson.dumps(record) for record in records)


def test_copies_and_one_opening_are_flagged_and_lead_to_their_samples(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pipeline.send(dataset.slug, copies())
    pipeline.run()
    view = read(write, dataset)
    found = by_name(view)
    assert found["repeats"].flagged
    assert "31 word for word" in found["repeats"].sentence
    assert found["repeats"].href.startswith("/d/recipes/samples?ids=")
    assert view.likeness is not None
    assert view.likeness.samples == round(found["repeats"].value * 280)


def test_rejected_copies_are_no_repeats_any_more(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pair = [asked(topic, 1) for topic in range(10)] * 2
    records = [{"prompt": text, "completion": f"a {n}"} for n, text in enumerate(pair)]
    pipeline.send(dataset.slug, b"\n".join(orjson.dumps(record) for record in records))
    pipeline.run()
    assert by_name(read(write, dataset))["repeats"].value == 1
    with write() as session:
        chosen = samples.ids_matching(session, dataset.id, Filter())[10:]
        samples.change(session, chosen, status=Status.REJECTED)
        gauge_parts.ask(session, dataset.slug)
    pipeline.run()
    repeats = by_name(read(write, dataset))["repeats"]
    assert repeats.value < 1
    assert not set(map(str, chosen)) & set(repeats.href.partition("ids=")[2].split(","))


def test_the_gauges_say_how_much_was_decided_since_and_a_bulk_act_reads_them_again(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 100)
    pipeline.send(dataset.slug, data_of([60] * 4))
    pipeline.run()
    assert read(write, dataset).since == 0
    with write() as session:
        query = queries.parse_string("q=egg")
        change = Change(status=Status.REJECTED)
        told = review.decide_many(session, dataset.slug, query, change, actor="mia")
    assert told.changed == 60
    assert read(write, dataset).since == 60
    with write() as session:
        everything = queries.parse_string("")
        change = Change(status=Status.APPROVED)
        review.decide_many(session, dataset.slug, everything, change, actor="mia")
    pipeline.run()
    again = read(write, dataset)
    assert again.since == 0
    assert "240" in by_name(again)["answers"].sentence


def test_a_bulk_act_on_what_was_never_measured_asks_for_no_gauges(
    dataset: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        job = jobs.enqueue(session, "decide", dataset.id)
    gauges.ask_after_deciding(write, job)
    with write() as session:
        assert [found.kind for found in jobs.of_dataset(session, dataset.id)] == ["decide"]


def fillings() -> bytes:
    trips = [f"please plan a short trip to {asked(at % 10, at)[:3]}{at} for me" for at in range(60)]
    rows = [asked(topic, number) for topic in range(10) for number in range(25)] + trips
    return b"\n".join(orjson.dumps({"prompt": row, "completion": "Sure."}) for row in rows)


def test_a_template_is_counted_and_its_samples_can_be_opened(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pipeline.send(dataset.slug, fillings())
    pipeline.run()
    view = read(write, dataset)
    found = by_name(view)["templates"]
    assert found.flagged
    assert any("plan a short trip" in group.preview for group in view.templates)
    for group in view.templates:
        ids = group.href.partition("ids=")[2].split(",")
        assert len(ids) == group.samples >= 20
        assert group.whole


def test_the_threshold_of_likeness_can_be_moved(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    loose, strict = (read(write, lopsided_board, tau=tau).likeness for tau in (0.8, 0.99))
    assert loose is not None
    assert strict is not None
    assert loose.samples >= strict.samples
    for likeness in (loose, strict):
        shown = [pair.alike for pair in likeness.pairs]
        assert shown == sorted(shown)
        assert all(alike >= likeness.tau for alike in shown)
        assert sum(step.chosen for step in likeness.steps) == 1


def test_versions_keep_what_was_read_before_them(
    pipeline: Pipeline, lopsided_board: DatasetRow, write: Sessions
) -> None:
    before = by_name(read(write, lopsided_board))
    with write() as session:
        versions.freeze(session, lopsided_board.slug, actor="mia")
        crowd = board.view(session, lopsided_board.slug).cut_first[0].cell
        row = frames.newest(session, lopsided_board.id)
        assert row is not None
        number = [cell["id"] for cell in row.facts["cells"]].index(crowd)
        wanted = Filter(frame_id=row.id, cells=(number,))
        chosen = samples.ids_matching(session, lopsided_board.id, wanted)
        samples.change(session, chosen[20:], status=Status.REJECTED)
        gauge_parts.ask(session, lopsided_board.slug)
    pipeline.run()
    after = by_name(read(write, lopsided_board))["evenness"]
    assert [point.version for point in after.trend] == [1, 0]
    assert after.trend[0].value == before["evenness"].value
    assert after.value > before["evenness"].value
    assert after.trend[0].y > after.trend[1].y  # better is higher
    assert after.trend_line


def test_freezing_the_same_again_keeps_one_version_of_the_gauges(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        versions.freeze(session, lopsided_board.slug, actor="mia")
        versions.freeze(session, lopsided_board.slug, actor="mia")
    trend = by_name(read(write, lopsided_board))["repeats"].trend
    assert [point.version for point in trend] == [1, 0]


def test_a_version_of_some_samples_is_measured_by_itself(
    pipeline: Pipeline, lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        versions.freeze(session, lopsided_board.slug, query="not.q=egg", actor="mia")
        versions.freeze(session, lopsided_board.slug, query="not.q=egg", actor="mia")
    assert by_name(read(write, lopsided_board))["evenness"].trend == ()
    assert pipeline.run() == 1
    whole = read(write, lopsided_board)
    with write() as session:
        first = gauges.view(session, lopsided_board.slug, query=queries.parse_string("version=1"))
    evenness = by_name(first)["evenness"]
    assert by_name(whole)["evenness"].trend[0].value == evenness.value
    assert evenness.value != by_name(whole)["evenness"].value
    assert by_name(first)["coverage"].href.endswith("&version=1")
    assert whole.history is not None
    assert whole.history.versions == (1,)
    assert [line.name for line in whole.history.lines] == EVERY


def test_the_samples_of_a_query_are_measured_on_demand(
    pipeline: Pipeline, lopsided_board: DatasetRow, write: Sessions
) -> None:
    query = queries.parse_string("q=egg")
    with write() as session:
        assert gauges.view(session, lopsided_board.slug, query=query).gauges == ()
        gauge_parts.ask(session, lopsided_board.slug, query)
        with pytest.raises(queries.QueryError):
            gauge_parts.ask(session, lopsided_board.slug, queries.parse_string("version=7"))
    pipeline.run()
    with write() as session:
        found = gauges.view(session, lopsided_board.slug, query=query)
        for number in range(gauge_parts.MOST_QUERIES):
            gauge_parts.ask(session, lopsided_board.slug, queries.parse_string(f"q=word{number}"))
        forgotten = gauges.view(session, lopsided_board.slug, query=query)
    assert "200 equally" in by_name(found)["answers"].sentence
    assert by_name(found)["coverage"].value < by_name(read(write, lopsided_board))["coverage"].value
    assert forgotten.gauges == ()


def test_what_the_board_calls_bare_has_its_nearest_sample_too(
    lopsided_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        gap = board.view(session, lopsided_board.slug).write_next[0].cell
        panel = board.view(session, lopsided_board.slug, Look(cell=gap)).selected
    assert panel is not None
    assert panel.uncovered
    assert all(line.nearest and line.href for line in panel.uncovered)


@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_next_to_nothing_is_measured_too(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions, count: int
) -> None:
    if count:
        pipeline.send(dataset.slug, data_of([count]))
        pipeline.run()
    view = read(write, dataset)
    assert bool(view.gauges) == bool(count)
    with write() as session:
        found = report.view(session, dataset.slug)
    assert found.placed == count


def test_without_answers_there_are_no_gauges_of_answers() -> None:
    assert readings.of_answers([1, 2], ["", ""]) == []
    assert [one.name for one in readings.of_answers([1, 2], ["", "yes"])] == EVERY[6:10]
