"""Claim a job, run it under its lease, write down how it ended."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from app.errors import DartboardError
from app.storage import jobs
from app.storage.database import Sessions
from app.storage.jobs import IDLE_ATTEMPTS, CancelledError, LeaseLostError
from app.storage.tables import JobRow, JobState

logger = logging.getLogger(__name__)

Task = Callable[[JobRow], None]

BEAT_SECONDS = 10.0


def run_next(write: Sessions, worker: str, tasks: Mapping[str, Task]) -> bool:
    """Run the oldest job that waits. False when there was none."""
    with write() as session:
        job = jobs.claim(session, worker, list(tasks))
    if job is None:
        return False
    if job.idle_attempts > IDLE_ATTEMPTS:
        sentence = f"Given up after {IDLE_ATTEMPTS} attempts without progress."
        _finish(write, job, JobState.FAILED, sentence)
        return True
    with _beating(write, job):
        state, error = _run(tasks[job.kind], job)
    if state is not None:
        _finish(write, job, state, error)
    return True


def _run(task: Task, job: JobRow) -> tuple[JobState | None, str]:
    try:
        task(job)
    except LeaseLostError:
        logger.warning("job %s belongs to another worker now", job.id)
        return None, ""
    except CancelledError:
        return JobState.CANCELLED, ""
    except DartboardError as error:
        return JobState.FAILED, str(error)
    except Exception as failure:
        logger.exception("job %s (%s) failed", job.id, job.kind)
        return JobState.FAILED, f"{type(failure).__name__}: {failure}"
    return JobState.DONE, ""


def _finish(write: Sessions, job: JobRow, state: JobState, error: str) -> None:
    with write() as session:
        jobs.finish(session, job, state, error)


@contextmanager
def _beating(write: Sessions, job: JobRow) -> Iterator[None]:
    """Renew the lease from a thread, so that one long step does not lose it."""
    job_id, attempt, stop = job.id, job.attempt, threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT_SECONDS):
            with write() as session:
                jobs.beat(session, job_id, attempt)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
