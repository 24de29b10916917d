import pytest

from app.storage import datasets, jobs
from app.storage.database import Sessions
from app.storage.jobs import CancelledError, JobEndedError, JobNotFoundError, LeaseLostError
from app.storage.tables import DatasetRow, JobRow, JobState


def enqueue(write: Sessions, dataset: DatasetRow, upload: int = 0) -> JobRow:
    with write() as session:
        return jobs.enqueue(session, "parse", dataset.id, upload=upload)


def claim(write: Sessions, worker: str = "w1") -> JobRow | None:
    with write() as session:
        return jobs.claim(session, worker, ["parse"])


def test_jobs_are_claimed_in_their_order_and_once(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        other = datasets.add(session, "another")
    first, second = enqueue(write, other), enqueue(write, dataset)
    claimed = [claim(write), claim(write), claim(write)]
    assert [job.id if job else None for job in claimed] == [first.id, second.id, None]


def test_what_a_person_waits_for_comes_before_older_work(
    write: Sessions, dataset: DatasetRow
) -> None:
    with write() as session:
        for kind in ("map", "gauge", "decide"):
            jobs.enqueue(session, kind, dataset.id)
        claimed = [jobs.claim(session, "w1", ["map", "gauge", "decide"]) for _ in range(3)]
    assert [job.kind if job else "" for job in claimed] == ["decide", "map", "gauge"]


def test_of_one_kind_and_data_set_one_job_runs_at_a_time(
    write: Sessions, dataset: DatasetRow
) -> None:
    first, second = enqueue(write, dataset, upload=1), enqueue(write, dataset, upload=2)
    assert claim(write) is not None
    assert claim(write) is None
    with write() as session:
        jobs.finish(session, jobs.get(session, first.id), JobState.DONE)
    claimed = claim(write)
    assert claimed is not None
    assert claimed.id == second.id


def test_the_same_work_is_not_queued_twice_while_it_waits(
    write: Sessions, dataset: DatasetRow
) -> None:
    assert enqueue(write, dataset, upload=1).id == enqueue(write, dataset, upload=1).id
    claim(write)
    again = enqueue(write, dataset, upload=1)
    assert again.state == JobState.QUEUED  # the first one runs already: new work may have come


def test_a_worker_only_gets_the_kinds_it_knows(write: Sessions, dataset: DatasetRow) -> None:
    enqueue(write, dataset)
    with write() as session:
        assert jobs.claim(session, "w", ["export"]) is None
        assert not jobs.is_any_free(session, ["export"])
        assert jobs.is_any_free(session, ["parse"])


def test_a_released_job_is_claimed_again_and_fences_out_its_first_worker(
    write: Sessions, dataset: DatasetRow
) -> None:
    enqueue(write, dataset)
    first = claim(write, "dead")
    assert first is not None
    with write() as session:
        assert jobs.release_of(session, "dead") == 1
    second = claim(write, "alive")
    assert second is not None
    assert (second.id, second.attempt) == (first.id, 2)
    first.attempt = 1  # the dead worker's own copy
    with pytest.raises(LeaseLostError), write() as session:
        jobs.checkpoint(session, first)
    with write() as session:
        jobs.checkpoint(session, second, done=1)


def test_a_checkpoint_renews_the_lease_and_keeps_the_cursor(
    write: Sessions, dataset: DatasetRow
) -> None:
    enqueue(write, dataset)
    job = claim(write)
    assert job is not None
    with write() as session:
        jobs.checkpoint(session, job, cursor={"entries": 7}, done=7, total=10)
    with write() as session:
        stored = jobs.get(session, job.id)
        assert (stored.cursor, stored.done, stored.idle_attempts) == ({"entries": 7}, 7, 0)


def test_cancel_is_immediate_while_waiting_and_seen_at_the_next_checkpoint_while_running(
    write: Sessions, dataset: DatasetRow
) -> None:
    waiting = enqueue(write, dataset, upload=1)
    with write() as session:
        assert jobs.cancel(session, waiting.id).state == JobState.CANCELLED
    enqueue(write, dataset, upload=2)
    running = claim(write)
    assert running is not None
    with write() as session:
        jobs.cancel(session, running.id)
    with pytest.raises(CancelledError), write() as session:
        jobs.checkpoint(session, running)


def test_only_what_failed_or_was_cancelled_can_be_retried(
    write: Sessions, dataset: DatasetRow
) -> None:
    job = enqueue(write, dataset)
    with pytest.raises(JobEndedError), write() as session:
        jobs.retry(session, job.id)
    with write() as session:
        jobs.cancel(session, job.id)
        assert jobs.retry(session, job.id).state == JobState.QUEUED
    with pytest.raises(JobNotFoundError), write() as session:
        jobs.retry(session, 10**6)
