"""Decisions one at a time and in bulk, undo and redo, conflicts and races."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app.curation import browsing, moves, queries, review, sample_page, undoing
from app.curation.opinions import Reader
from app.curation.review import Change, ChangeError, SameTextError, StaleSampleError
from app.curation.sample_lists import Look
from app.formats.sample import load_messages
from app.storage import datasets, events, facets, jobs, revisions, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, JobRow, SampleRow, Status
from app.worker.loop import run_next
from tests.stocked import stock_plain

ALL = queries.Query()
APPROVE, REJECT = Change(status="approved"), Change(status="rejected")


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    with write() as session:
        return stock_plain(session, dataset.id, 6)


def status_of(write: Sessions, dataset: DatasetRow, sample_id: int) -> str:
    with write() as session:
        return str(samples.get(session, dataset.id, sample_id).status)


def decide(
    write: Sessions, sample_id: int, change: Change, *, version: int = 1, actor: str = "mia"
) -> review.Decision:
    with write() as session:
        return review.decide(session, "recipes", sample_id, change, version=version, actor=actor)


def undo(write: Sessions, actor: str = "mia", batch: str = "") -> undoing.UndoReport | None:
    with write() as session:
        return undoing.undo(session, "recipes", actor, batch=batch)


def redo(write: Sessions, actor: str = "mia") -> undoing.UndoReport | None:
    with write() as session:
        return undoing.redo(session, "recipes", actor)


def test_a_decision_is_kept_with_who_and_why(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    change = replace(REJECT, reason="off topic", note="ask Noor")
    decision = decide(write, ids[0], change)
    assert (decision.status, decision.version) == ("rejected", 2)
    with write() as session:
        lines = sample_page.history(session, ids[0], Reader("mia", sees_all=True))
    assert [(line.actor, line.sentence) for line in lines] == [
        ("mia", "Rejected"),
        ("mia", "Noted"),
    ]
    assert lines[0].body["reason"] == "off topic"
    assert lines[1].body["note"] == "ask Noor"


def test_deciding_the_same_again_changes_nothing(write: Sessions, ids: list[int]) -> None:
    decide(write, ids[0], APPROVE)
    again = decide(write, ids[0], APPROVE, version=2)
    assert (again.changed, again.version) == (False, 2)


def test_a_stale_decision_is_refused_with_both_sides(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    decide(write, ids[0], APPROVE, actor="noor")
    with pytest.raises(StaleSampleError) as refused:
        decide(write, ids[0], REJECT)
    assert refused.value.theirs["status"] == "approved"
    assert refused.value.theirs["version"] == 2
    assert refused.value.yours == {"status": "rejected"}
    assert status_of(write, dataset, ids[0]) == "approved"


@pytest.mark.parametrize(
    "change",
    [
        Change(status="open"),
        Change(label="x" * 201),
        Change(label="nul\0"),
        Change(note="half \ud800"),
        Change(messages=[{"role": "user", "content": "alone"}]),
        Change(
            messages=[{"role": "nobody", "content": "x"}, {"role": "assistant", "content": "y"}]
        ),
        Change(messages=[{"role": "assistant", "content": "nul\0"}]),
        Change(messages=[{"role": "assistant", "content": "half \ud800"}]),
        Change(messages=[{"role": "assistant", "content": 7}]),
    ],
    ids=repr,
)
def test_what_no_sample_can_be_is_refused(write: Sessions, ids: list[int], change: Change) -> None:
    with pytest.raises(ChangeError):
        decide(write, ids[0], change)


def test_an_edit_keeps_the_original_and_asks_for_vectors(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    turns = [{"role": "user", "content": "why?"}, {"role": "assistant", "content": "because"}]
    decision = decide(write, ids[0], Change(messages=turns, status="approved"))
    assert (decision.revision, decision.status) == (2, "approved")
    with write() as session:
        row = samples.get(session, dataset.id, ids[0])
        assert (row.preview, row.length, str(row.origin)) == ("why?", 11, "edited")
        kept = revisions.of_sample(session, ids[0])
        told = [load_messages(it.messages)[0].content for it in kept]
        assert told == ["question 0", "why?"]
        assert [(job.kind, job.params) for job in jobs.of_dataset(session, dataset.id)] == [
            ("embed", {"side": "input"})
        ]
    assert undo(write)
    with write() as session:
        row = samples.get(session, dataset.id, ids[0])
        assert (row.preview, row.revision, str(row.origin)) == ("question 0", 1, "human")
        assert row.status == Status.PENDING
    assert redo(write)
    with write() as session:
        assert samples.get(session, dataset.id, ids[0]).preview == "why?"


def test_an_edit_after_an_undone_edit_takes_a_new_number(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    decide(write, ids[0], Change(messages=[{"role": "assistant", "content": "second"}]))
    undo(write)
    third = Change(messages=[{"role": "assistant", "content": "third"}])
    assert decide(write, ids[0], third, version=3).revision == 3
    with write() as session:
        assert [it.number for it in revisions.of_sample(session, ids[0])] == [1, 2, 3]


def test_an_edit_into_another_samples_text_is_refused(write: Sessions, ids: list[int]) -> None:
    turns = [
        {"role": "user", "content": "question 1"},
        {"role": "assistant", "content": "an answer"},
    ]
    with pytest.raises(SameTextError) as refused:
        decide(write, ids[0], Change(messages=turns))
    assert refused.value.facts == {"samples": [ids[1]]}


def test_undo_goes_back_act_by_act_and_redo_forward(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    decide(write, ids[0], APPROVE)
    decide(write, ids[1], REJECT)
    assert undo(write).sample_id == ids[1]  # type: ignore[union-attr]
    assert undo(write).sample_id == ids[0]  # type: ignore[union-attr]
    assert undo(write) is None
    assert redo(write).sample_id == ids[0]  # type: ignore[union-attr]
    assert status_of(write, dataset, ids[0]) == "approved"
    decide(write, ids[2], APPROVE)
    assert redo(write) is None, "a new act ends what could be done again"


def test_undo_is_per_person_and_leaves_alone_what_others_changed_since(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        review.decide_many(session, "recipes", ALL, APPROVE, actor="mia")
    decide(write, ids[0], REJECT, version=2, actor="noor")
    decide(write, ids[0], APPROVE, version=3, actor="noor")
    report = undo(write)
    assert report
    assert (report.changed, report.act) == (5, "Approved: 6 samples")
    assert [(it.sample_id, it.reason) for it in report.skipped] == [(ids[0], undoing.BY_OTHERS)]
    assert status_of(write, dataset, ids[0]) == "approved"
    assert status_of(write, dataset, ids[1]) == "pending"
    assert undo(write, "noor").act == f"Approved: sample {ids[0]}"  # type: ignore[union-attr]


def test_a_named_act_can_be_undone_once(write: Sessions, ids: list[int]) -> None:
    first = decide(write, ids[0], APPROVE).batch
    decide(write, ids[1], APPROVE)
    assert undo(write, batch=first).sample_id == ids[0]  # type: ignore[union-attr]
    with pytest.raises(undoing.BatchNotFoundError):
        undo(write, batch=first)
    with pytest.raises(undoing.BatchNotFoundError):
        undo(write, "noor", batch=first)


def test_a_note_is_nothing_to_undo(write: Sessions, ids: list[int]) -> None:
    assert decide(write, ids[0], Change(note="look at this")).changed
    assert undo(write) is None


def test_a_bulk_act_into_the_trash_is_one_act(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    query = queries.parse([("q", '"question 3"')])
    with write() as session:
        told = review.decide_many(
            session, "recipes", query, Change(deleted=True), actor="mia", preview=True
        )
        assert (told.matched, told.changed, told.batch) == (1, 1, "")
        review.decide_many(session, "recipes", query, Change(deleted=True), actor="mia")
        assert samples.count(session, dataset.id) == 5
        trash = browsing.listing(session, "recipes", queries.parse([("trash", "1")]))
        assert [row.id for row in trash.rows] == [ids[3]]
    undo(write)
    with write() as session:
        assert samples.count(session, dataset.id) == 6


def test_bulk_acts_need_something_to_do(write: Sessions, ids: list[int]) -> None:
    with write() as session, pytest.raises(ChangeError):
        review.decide_many(session, "recipes", ALL, Change(note="x"), actor="mia")


def run_all(write: Sessions) -> list[JobRow]:
    while run_next(write, "w", {"decide": lambda job: review.run_batch(write, job)}):
        pass
    with write() as session:
        return list(jobs.newest(session))


def statuses(session: Session, dataset: DatasetRow) -> dict[Status, int]:
    return facets.count_by_status(session, dataset.id)


def test_above_a_chunk_a_bulk_act_and_its_undo_are_jobs(
    write: Sessions, dataset: DatasetRow
) -> None:
    with write() as session:
        stock_plain(session, dataset.id, 2_500)
        pending = queries.parse([("status", "pending")])
        report = review.decide_many(session, "recipes", pending, APPROVE, actor="mia")
        late = stock_plain(session, dataset.id, 1, first=9_000)[0]
    assert (report.matched, report.changed) == (2_500, 0)
    assert report.job
    (job,) = run_all(write)
    assert (job.state, job.done, job.total, job.error) == ("done", 2_500, 2_500, "")
    with write() as session:
        assert statuses(session, dataset) == {Status.APPROVED: 2_500, Status.PENDING: 1}
        assert samples.get(session, dataset.id, late).status == Status.PENDING
    turned = undo(write)
    assert turned
    assert turned.job
    assert turned.act == "Approved: 2,500 samples"
    run_all(write)
    with write() as session:
        assert statuses(session, dataset) == {Status.PENDING: 2_501}
        assert events.broken_link(session, dataset.id) is None
    assert redo(write).job  # type: ignore[union-attr]
    run_all(write)
    with write() as session:
        assert statuses(session, dataset) == {Status.APPROVED: 2_500, Status.PENDING: 1}


def test_a_bulk_act_undone_before_it_ran_does_nothing(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        stock_plain(session, dataset.id, 1_001)
        review.decide_many(session, "recipes", ALL, APPROVE, actor="mia")
    undo(write)
    assert [job.state for job in run_all(write)] == ["done"]
    with write() as session:
        assert statuses(session, dataset) == {Status.PENDING: 1_001}


def test_the_undo_of_a_large_act_is_stepped_over(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        ids = stock_plain(session, dataset.id, 700)
    first = decide(write, ids[0], APPROVE).batch
    for _ in range(2):
        with write() as session:
            review.decide_many(session, "recipes", ALL, REJECT, actor="mia")
            review.decide_many(session, "recipes", ALL, Change(status="pending"), actor="mia")
    for _ in range(4):
        undo(write)
    assert undo(write).batch == first  # type: ignore[union-attr]
    assert undo(write) is None


def test_batches_name_the_act_they_are_about() -> None:
    batch = moves.new_batch()
    assert moves.root_of(batch) == (batch, 0)
    assert moves.root_of(f"{batch}.12") == (batch, 12)
    assert len(f"{batch}.99999999") <= 32


def test_racing_decisions_keep_one_winner_and_an_unbroken_chain(
    own_read: Sessions, own_write: Sessions
) -> None:
    with own_write() as session:
        dataset = datasets.add(session, "recipes")
        ids = stock_plain(session, dataset.id, 5)
    outcomes: list[str] = []

    def race(actor: str, order: Sequence[int]) -> None:
        for sample_id in order:
            try:
                decide(own_write, sample_id, APPROVE, actor=actor)
                outcomes.append("won")
            except StaleSampleError:
                outcomes.append("stale")

    orders = {"mia": ids, "noor": ids[::-1], "ada": ids[2:] + ids[:2], "bob": ids}
    threads = [threading.Thread(target=race, args=it) for it in orders.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["stale"] * 15 + ["won"] * 5
    with own_read() as session:
        assert events.broken_link(session, dataset.id) is None
        versions = session.execute(select(SampleRow.version)).scalars()  # type: ignore[call-overload]
        assert set(versions) == {2}


def test_keyset_pages_lose_and_repeat_nothing_while_others_decide(
    own_read: Sessions, own_write: Sessions
) -> None:
    with own_write() as session:
        dataset = datasets.add(session, "recipes")
        ids = stock_plain(session, dataset.id, 60)
    stop = threading.Event()

    def keep_deciding() -> None:
        turn = 0
        while not stop.is_set():
            with own_write() as session:
                row = samples.get(session, dataset.id, ids[turn % 60])
                wanted = APPROVE if row.status != Status.APPROVED else REJECT
                review.decide(session, "recipes", row.id, wanted, version=row.version, actor="noor")
            turn += 7

    other = threading.Thread(target=keep_deciding)
    other.start()
    try:
        for _ in range(5):
            seen: list[int] = []
            after = "0"
            while after:
                with own_read() as session:
                    look = Look(after=after)
                    page = browsing.more(session, "recipes", ALL, look, limit=7)
                seen += [row.id for row in page.rows]
                after = page.next_after
            assert seen == ids
    finally:
        stop.set()
        other.join()
    with own_read() as session:
        assert samples.count(session, dataset.id, Filter()) == 60
