from app.errors import InvalidError
from app.storage import jobs
from app.storage.database import Sessions
from app.storage.jobs import IDLE_ATTEMPTS
from app.storage.tables import DatasetRow, JobRow, JobState
from app.worker.loop import run_next


def enqueue(write: Sessions, dataset: DatasetRow) -> JobRow:
    with write() as session:
        return jobs.enqueue(session, "anything", dataset.id)


def state_of(write: Sessions, job: JobRow) -> tuple[JobState, str]:
    with write() as session:
        stored = jobs.get(session, job.id)
        return stored.state, stored.error


def do_nothing(job: JobRow) -> None:
    pass


def test_an_empty_queue_is_no_work(write: Sessions) -> None:
    assert not run_next(write, "w", {"anything": do_nothing})


def test_a_failing_job_says_why_and_the_worker_goes_on(
    write: Sessions, dataset: DatasetRow
) -> None:
    job = enqueue(write, dataset)

    def burn(job: JobRow) -> None:
        raise RuntimeError("out of memory")

    assert run_next(write, "w", {"anything": burn})
    assert state_of(write, job) == (JobState.FAILED, "RuntimeError: out of memory")
    assert not run_next(write, "w", {"anything": burn})


def test_a_fault_of_the_input_is_told_in_its_own_words(
    write: Sessions, dataset: DatasetRow
) -> None:
    job = enqueue(write, dataset)

    def refuse(job: JobRow) -> None:
        raise InvalidError("This is a web page, not data.")

    run_next(write, "w", {"anything": refuse})
    assert state_of(write, job) == (JobState.FAILED, "This is a web page, not data.")


def test_a_job_that_never_gets_on_is_given_up(write: Sessions, dataset: DatasetRow) -> None:
    job = enqueue(write, dataset)
    for _ in range(IDLE_ATTEMPTS):  # workers that died before their first checkpoint
        with write() as session:
            assert jobs.claim(session, "dead", ["anything"])
            jobs.release_of(session, "dead")
    assert run_next(write, "w", {"anything": do_nothing})
    state, error = state_of(write, job)
    assert state == JobState.FAILED
    assert "without progress" in error


def test_a_cancelled_job_ends_as_cancelled(write: Sessions, dataset: DatasetRow) -> None:
    job = enqueue(write, dataset)

    def work(job: JobRow) -> None:
        with write() as session:
            jobs.cancel(session, job.id)
        with write() as session:
            jobs.checkpoint(session, job)

    run_next(write, "w", {"anything": work})
    assert state_of(write, job) == (JobState.CANCELLED, "")
