"""How long a board takes to count again after a bulk decision, on both databases.

Run: python -m tests.benchmarks.bench_recount

234,000 placed samples; a query decides 10,028 of them as the worker does. Then the page's view
is made as the next look at it does: count, judge, join regions. Goal: the count within 1 s.
"""

import statistics
import tempfile
import time
from pathlib import Path

from app.curation import board, judging, queries, review
from app.curation.review import Change
from app.storage import datasets, jobs
from app.storage.database import Sessions, connect, reading, writing
from app.storage.tables import JobState, Status
from tests.benchmarks import million
from tests.postgres import Postgres

ROWS = 234_000
QUERY = "label=label 3&status=approved"
ROUNDS = 3


def main() -> None:
    """Print the medians of each database."""
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", f"sqlite:///{Path(folder) / 'many.db'}")
    server = Postgres()
    server.start()
    try:
        _measure("Postgres", server.new_database("many"))
    finally:
        server.stop()


def _measure(name: str, address: str) -> None:
    million.make(address, ROWS)
    engine = connect(address)
    read, write = reading(engine), writing(engine)
    _look(read)  # unpacks the frame
    seconds = []
    for status in (Status.REJECTED, Status.APPROVED, Status.REJECTED)[:ROUNDS]:
        decided = _decide(write, status)
        seconds.append((*_look(read), decided))
    count, whole, decided = (statistics.median(column) for column in zip(*seconds, strict=True))
    print(
        f"{name:10} deciding {decided:.1f} s; count again {count:.2f} s, and the whole board's view"
        f" {whole:.2f} s; medians of {ROUNDS}",
        flush=True,
    )
    engine.dispose()


def _decide(write: Sessions, status: Status) -> float:
    start = time.perf_counter()
    before = Status.REJECTED if status == Status.APPROVED else Status.APPROVED
    query = queries.parse_string(QUERY.replace("approved", before))
    with write() as session:
        asked = review.decide_many(
            session, million.SLUG, query, Change(status=status), actor="bench"
        )
        assert asked.job is not None
    with write() as session:
        job = jobs.claim(session, "bench", ["decide"])
        assert job is not None
    review.run_batch(write, job)
    with write() as session:
        jobs.finish(session, job, JobState.DONE)
    return time.perf_counter() - start


def _look(read: Sessions) -> tuple[float, float]:
    """Seconds to count and judge, and then for the rest of the view."""
    start = time.perf_counter()
    with read() as session:
        judging.judge(session, datasets.get(session, million.SLUG))
        counted = time.perf_counter()
        board.view(session, million.SLUG)
    return counted - start, time.perf_counter() - counted


if __name__ == "__main__":
    main()
