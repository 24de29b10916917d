"""Wait for jobs with a bar; do them here when no other process works on this data folder."""

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from sqlmodel import Session

from app.cli import locks
from app.cli.instance import Instance
from app.cli.printing import terminal
from app.curation import progress
from app.curation.board_views import JobView
from app.errors import DartboardError
from app.storage import jobs
from app.storage.tables import JobState
from app.worker.loop import Task, run_next

POLL_SECONDS = 0.1

Find = Callable[[Session], JobView | None]


class JobFailedError(DartboardError):
    """The work was not done."""


def finish(instance: Instance, job_id: int) -> None:
    """Wait until the job is done.

    Raises:
        JobFailedError: it failed, or somebody cancelled it.
    """

    def find(session: Session) -> JobView | None:
        job = progress.view(session, job_id)
        return job if job.running else None

    with instance.read() as session:
        kind = progress.view(session, job_id).kind
    work_off(instance, [kind], find)
    with instance.read() as session:
        ended = progress.view(session, job_id)
    if ended.state != JobState.DONE:
        raise JobFailedError(ended.error or f"{ended.title}: {ended.state}")


def work_off(instance: Instance, kinds: Sequence[str], find: Find) -> None:
    """Wait, or work, until `find` finds no job that waits or runs any more."""
    with _bar(instance, find), _worker(instance, kinds) as run_one:
        while True:
            with instance.read() as session:
                if find(session) is None:
                    return
            if instance.is_served or not run_one():
                time.sleep(POLL_SECONDS)


@contextmanager
def _worker(instance: Instance, kinds: Sequence[str]) -> Iterator[Callable[[], bool]]:
    """A worker of these kinds in this process; what it leaves unfinished is given back."""
    name = f"shell:{os.getpid()}:{secrets.token_hex(4)}"
    tasks: dict[str, Task] = {}

    def run_one() -> bool:
        if not tasks:  # beside a server nothing of this need be loaded
            tasks.update(_tasks(instance, kinds))
        # Others see that somebody works here, and wait.
        with locks.held(instance.settings.data_dir / locks.WORKER, shared=True):
            return run_next(instance.write, name, tasks)

    try:
        yield run_one
    finally:
        with instance.write() as session:
            jobs.release_of(session, name)


def _tasks(instance: Instance, kinds: Sequence[str]) -> dict[str, Task]:
    from app.worker.main import make_tools
    from app.worker.tasks import make_tasks

    tools = make_tools(instance.settings, instance.read, instance.write)
    return {kind: task for kind, task in make_tasks(tools).items() if kind in kinds}


@contextmanager
def _bar(instance: Instance, find: Find) -> Iterator[None]:
    """Show how far the work has got, from a thread of its own; nothing without a terminal."""
    if not terminal.is_terminal:
        yield
        return
    stop = threading.Event()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f}%"))
    with Progress(*columns, TimeRemainingColumn(), console=terminal, transient=True) as shown:
        thread = threading.Thread(target=_follow, args=(instance, find, shown, stop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def _follow(instance: Instance, find: Find, shown: Progress, stop: threading.Event) -> None:
    task = shown.add_task("waiting", total=None)
    while not stop.wait(POLL_SECONDS):
        with instance.read() as session:
            job = find(session)
        if job is not None:
            words = job.phase or job.title
            shown.update(task, description=words, completed=job.done, total=job.total or None)
