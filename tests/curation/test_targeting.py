"""Every kind of target, from the wish to the flags on the board, on both databases."""

from typing import Any

import pytest

from app.curation import board, targeting, versions
from app.curation.board_views import BoardView
from app.curation.quotas import QuotaError
from app.curation.targeting import TargetError
from app.storage import datasets, jobs, samples, targets
from app.storage import frames as frame_rows
from app.storage.database import Sessions
from app.storage.datasets import DatasetNotFoundError
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, JobState, Status
from app.storage.versions import VersionNotFoundError
from tests.boards import UNEVEN
from tests.curation.lopsided import WORDS, data_of, labelled, reference
from tests.pipeline import Pipeline


@pytest.fixture
def labelled_board(dataset: DatasetRow) -> DatasetRow:
    """Ten labels; one has far too many samples, one hardly any."""
    return dataset


def look(write: Sessions, dataset: DatasetRow) -> BoardView:
    with write() as session:
        return board.view(session, dataset.slug)


def ask_quotas(write: Sessions, dataset: DatasetRow, shares: dict[str, Any]) -> None:
    with write() as session:
        targeting.use_quotas(session, dataset.slug, {"shares": shares}, actor="mia")


def topics_of(view: BoardView, kind: str) -> set[str]:
    regions = view.cut_first if kind == "cut" else view.write_next
    return {region.topic for region in regions}


def test_quotas_make_full_labels_red_and_thin_ones_blue(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    ask_quotas(write, labelled_board, dict.fromkeys(WORDS, 1))
    pipeline.run()
    found = look(write, labelled_board)
    assert (found.target_kind, found.target_name) == ("quotas", "quotas for 10 labels")
    assert found.external
    assert "labels" in found.target_sentence
    assert topics_of(found, "cut") == {"egg"}
    assert topics_of(found, "write") == {"bread"}
    assert found.to_cut > 80
    assert found.to_write > 15
    lines = {line.value: line for line in found.quotas}
    assert (lines["egg"].have, lines["egg"].state) == (200, "over")
    assert (lines["bread"].have, round(lines["bread"].want), lines["bread"].state) == (
        4, 40, "under",
    )  # fmt: skip
    assert lines["soup"].state == "even"
    assert lines["soup"].href == f"/d/{labelled_board.slug}/samples?label=soup"


def test_every_job_of_a_board_by_quotas_is_done(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    ask_quotas(write, labelled_board, dict.fromkeys(WORDS, 1))
    pipeline.run()
    with write() as session:
        assert {job.state for job in jobs.of_dataset(session, labelled_board.id)} == {JobState.DONE}


def test_a_board_by_quotas_on_few_samples_is_drawn_anew_when_there_are_more(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pipeline.send(dataset.slug, labelled([4, 4]))
    ask_quotas(write, dataset, {"egg": 1, "bread": 1})
    pipeline.run()
    before = look(write, dataset)
    pipeline.send(dataset.slug, labelled([20, 30]))
    pipeline.run()
    after = look(write, dataset)
    assert (before.frame, after.frame) == (1, 2)
    assert (before.fitted_on <= 8, after.fitted_on <= 50) == (True, True)


def test_where_the_data_have_their_quotas_nothing_is_flagged(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    ask_quotas(write, labelled_board, dict(zip(WORDS, UNEVEN, strict=True)))
    pipeline.run()
    found = look(write, labelled_board)
    assert (found.cut_first, found.write_next) == ((), ())
    assert found.score > 90


def test_a_label_without_any_sample_is_told_beside_the_board(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    ask_quotas(write, labelled_board, {**dict.fromkeys(WORDS[2:], 1), "returns": 1})
    pipeline.run()
    found = look(write, labelled_board)
    lines = {line.value: line for line in found.quotas}
    missing = lines["returns"]
    assert (missing.have, round(missing.want), missing.state, missing.href) == (
        0, 40, "missing", "",
    )  # fmt: skip
    assert (lines["egg"].want, lines["egg"].state) == (0, "unasked")
    assert [line.value for line in found.quotas][-2:] == ["egg", "bread"]


def test_the_same_quotas_give_the_same_board(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    shares = []
    for _ in range(2):
        ask_quotas(write, labelled_board, dict.fromkeys(WORDS, 1))
        pipeline.run()
        shares.append([cell.expected for cell in look(write, labelled_board).cells])
    assert shares[0] == shares[1]


def test_quotas_for_labels_that_nothing_has_are_a_sentence_on_the_job(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    ask_quotas(write, labelled_board, {"returns": 1})
    pipeline.run()
    with write() as session:
        failed = next(job for job in jobs.of_dataset(session, labelled_board.id) if job.error)
    assert failed.error == "No sample has any label that the quotas ask for (returns)."
    assert look(write, labelled_board).target_kind == "itself"  # the old board stays


BAD_QUOTAS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Quotas need shares"),
    "no shares": ({"shares": {}}, "Quotas need shares"),
    "a list": ({"shares": [1]}, "Quotas need shares"),
    "an unknown facet": ({"facet": "colour", "shares": {"x": 1}}, "label, source, split"),
    "a name": ({"shares": {"refund": "many"}}, "The share of refund is not a number."),
    "a truth": ({"shares": {"refund": True}}, "The share of refund is not a number."),
    "less than nothing": ({"shares": {"refund": -0.1}}, "refund has to be zero or more"),
    "no number": ({"shares": {"refund": float("nan")}}, "refund has to be zero or more"),
    "all zero": ({"shares": {"refund": 0}}, "At least one share has to be above zero."),
    "infinite": ({"shares": {"a": 1e308, "b": 1e308}}, "At least one share"),
    "a blank label": ({"shares": {" ": 1}}, "a name of 1 to 200"),
    "a long label": ({"shares": {"x" * 201: 1}}, "a name of 1 to 200"),
    "an unstorable label": ({"shares": {"a\0b": 1}}, "no text can hold"),
    "too many": ({"shares": {str(n): 1 for n in range(501)}}, "more than 500"),
}


@pytest.mark.parametrize(("wish", "sentence"), BAD_QUOTAS.values(), ids=BAD_QUOTAS.keys())
def test_bad_quotas_are_refused_in_a_sentence(
    write: Sessions, dataset: DatasetRow, wish: dict[str, Any], sentence: str
) -> None:
    with write() as session, pytest.raises(QuotaError, match=sentence):
        targeting.use_quotas(session, dataset.slug, wish, actor="mia")


def make_other(pipeline: Pipeline, write: Sessions, data: bytes) -> DatasetRow:
    with write() as session:
        other = datasets.add(session, "Others")
    pipeline.send(other.slug, data)
    pipeline.run()
    return other


def test_another_data_set_serves_as_well_as_a_file_of_its_inputs(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    make_other(pipeline, write, reference().replace(b'"}', b'","completion":"so"}'))
    pipeline.send(dataset.slug, data_of([200, 0, *[40] * 8]))
    pipeline.send(dataset.slug, reference(), purpose="target")
    pipeline.run()
    by_file = look(write, dataset)
    with write() as session:
        targeting.use_dataset(session, dataset.slug, "others", actor="mia")
    pipeline.run()
    by_dataset = look(write, dataset)
    assert (by_dataset.target_kind, by_dataset.target_name) == ("dataset", "Others")
    assert dict(by_dataset.target_definition) == {
        "dataset": "others", "version": None, "texts": 400,
    }  # fmt: skip
    assert [(cell.have, cell.expected, cell.state) for cell in by_dataset.cells] == [
        (cell.have, cell.expected, cell.state) for cell in by_file.cells
    ]
    gap = by_dataset.write_next[0].cell
    with write() as session:
        panel = board.view(session, dataset.slug, board.Look(cell=gap)).selected
    assert panel is not None
    assert panel.uncovered


def test_a_version_stays_what_it_was(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        versions.freeze(session, labelled_board.slug, name="first", query="", actor="mia")
        chosen = samples.ids_matching(
            session, labelled_board.id, Filter(facets=(("label", ("cake",)),))
        )
        samples.change(session, chosen, status=Status.REJECTED)
        targeting.use_dataset(session, labelled_board.slug, labelled_board.slug, 1, actor="mia")
    pipeline.run()
    found = look(write, labelled_board)
    assert (found.target_kind, found.target_name) == ("dataset", "recipes v1")
    assert topics_of(found, "write") == {"cake"}


def test_what_is_rejected_is_not_part_of_a_target(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    other = make_other(pipeline, write, labelled([30, 30]))
    with write() as session:
        chosen = samples.ids_matching(session, other.id, Filter(facets=(("label", ("egg",)),)))
        samples.change(session, chosen, status=Status.REJECTED)
        targeting.use_dataset(session, dataset.slug, "others", actor="mia")
    pipeline.run()
    with write() as session:
        target = targets.find(session, dataset.id)
        assert target is not None
        told = targets.texts_of(session, target.id)
    assert len(told) == 30
    assert all("bread" in text for _, text in told)


def test_the_older_target_stays_while_a_copy_is_under_way(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    make_other(pipeline, write, data_of([50]))
    with write() as session:
        targeting.use_dataset(session, labelled_board.slug, "others", actor="mia")
        before = targets.find(session, labelled_board.id)
        targeting.use_itself(session, labelled_board.slug, actor="mia")
        after = targets.find(session, labelled_board.id)
    assert before is not None
    assert after is not None
    assert (before.kind, after.kind) == ("itself", "itself")
    pipeline.run()
    assert look(write, labelled_board).target_kind == "itself"  # the later wish counts


def test_a_copy_that_was_killed_begins_anew(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    make_other(pipeline, write, data_of([50]))
    with write() as session:
        job = targeting.use_dataset(session, dataset.slug, "others", actor="mia")
        target = int(job.params["target"])
        targets.add_texts(session, target, [(n, "hash", "half a copy") for n in range(7)])
    pipeline.run()
    with write() as session:
        assert jobs.get(session, job.id).state == JobState.DONE
        assert len(targets.texts_of(session, target)) == 50


@pytest.mark.parametrize(
    ("side", "word"), [("input", "how long"), ("output", "answer")], ids=["inputs", "outputs"]
)
def test_a_target_has_the_side_of_the_board(
    pipeline: Pipeline, write: Sessions, side: str, word: str
) -> None:
    make_other(pipeline, write, data_of([50]))
    with write() as session:
        dataset = datasets.add(session, "answers", side=side)
    pipeline.send(dataset.slug, data_of([10, 10]))
    with write() as session:
        targeting.use_dataset(session, dataset.slug, "others", actor="mia")
    pipeline.run()
    found = look(write, dataset)
    assert (found.target_kind, found.fitted_on) == ("dataset", 50)
    with write() as session:
        row = frame_rows.newest(session, dataset.id)
        assert row is not None
        assert row.side == side
        assert all(word in text for _, text in targets.texts_of(session, row.target_id))


def test_what_cannot_be_a_target_is_said(
    pipeline: Pipeline, labelled_board: DatasetRow, write: Sessions
) -> None:
    with write() as session:
        datasets.add(session, "nothing")
        pair = datasets.add(session, "pairs", side="pair")
    cases: list[tuple[str, str, int | None, type[Exception], str]] = [
        (labelled_board.slug, labelled_board.slug, None, TargetError, "target of that name"),
        (labelled_board.slug, "nothing", None, TargetError, "no sample in nothing"),
        (labelled_board.slug, "nowhere", None, DatasetNotFoundError, "no such data set"),
        (labelled_board.slug, labelled_board.slug, 7, VersionNotFoundError, "no such version"),
        (pair.slug, labelled_board.slug, None, TargetError, "board of pairs"),
    ]
    for slug, other, version, error, sentence in cases:
        with write() as session, pytest.raises(error, match=sentence):
            targeting.use_dataset(session, slug, other, version, actor="mia")


def test_who_chose_which_target_is_in_the_history(
    labelled_board: DatasetRow, write: Sessions
) -> None:
    from sqlmodel import col, select

    from app.storage.tables import EventRow

    ask_quotas(write, labelled_board, {"egg": 3, "bread": 1})
    with write() as session:
        event = session.exec(select(EventRow).order_by(col(EventRow.seq).desc()).limit(1)).one()
    assert (event.kind, event.actor) == ("target", "mia")
    assert event.body == {
        "kind": "quotas", "facet": "label", "shares": {"egg": 0.75, "bread": 0.25},
    }  # fmt: skip
