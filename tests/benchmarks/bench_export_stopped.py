"""Whether an export that is cancelled, tried again, killed and taken up gives the same bytes.

Run by hand: python -m tests.benchmarks.bench_export_stopped [rows]
"""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import Engine

from app.curation import export, versions
from app.curation.export import Order
from app.storage import jobs
from app.storage.database import connect, reading, writing
from app.storage.tables import JobRow
from app.worker.loop import run_next
from tests.benchmarks import bench_export
from tests.benchmarks.bench_export import SLUG

ORDER = Order("openai-chat", version=1)
CANCELLED_AT, KILLED_AT = 0.3, 0.6


def main() -> None:
    """Print when it was stopped and whether its files are those of an export left alone."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{rows:,} rows; load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "bench.db"
        shutil.copy(bench_export._database(rows), path)
        engine = connect(f"sqlite:///{path}")
        with writing(engine)() as session:
            versions.freeze(session, SLUG, actor="bench")
            whole = export.start(session, SLUG, ORDER, actor="bench")
        engine.dispose()
        _work(path)
        engine = connect(f"sqlite:///{path}")
        with writing(engine)() as session:
            job = export.start(session, SLUG, ORDER, actor="bench").job
        assert job is not None
        _stop_at(path, job.id, int(rows * CANCELLED_AT), kill=False)
        with writing(engine)() as session:
            jobs.retry(session, job.id)
        _stop_at(path, job.id, int(rows * KILLED_AT), kill=True)
        with writing(engine)() as session:
            jobs.release_of(session, "bench")
        _work(path)
        with reading(engine)() as session:
            stopped = export.history(session, SLUG, limit=1)[0]
            whole = export.view(session, SLUG, whole.id)
        print(f"{stopped.state}, {stopped.rows:,} lines; the same: {stopped.files == whole.files}")
        engine.dispose()


def _stop_at(path: Path, job_id: int, done: int, *, kill: bool) -> None:
    """Let a process of its own work on the job, and stop it once it has come so far."""
    worker = multiprocessing.get_context("spawn").Process(target=_work, args=(path,))
    worker.start()
    engine = connect(f"sqlite:///{path}")
    while (come := _progress(engine, job_id)) < done:
        time.sleep(0.05)
    if kill:
        os.kill(int(worker.pid or 0), signal.SIGKILL)
    else:
        with writing(engine)() as session:
            jobs.cancel(session, job_id)
    worker.join()
    print(f"{'killed' if kill else 'cancelled'} at {come:,}")
    engine.dispose()


def _progress(engine: Engine, job_id: int) -> int:
    with reading(engine)() as session:
        job = session.get(JobRow, job_id)
        return job.done if job and job.state == "running" else 0


def _work(path: Path) -> None:
    engine = connect(f"sqlite:///{path}")
    read, write = reading(engine), writing(engine)
    files = path.with_name("exports")
    run_next(write, "bench", {"export": lambda job: export.run(read, write, job, files)})
    engine.dispose()


if __name__ == "__main__":
    main()
