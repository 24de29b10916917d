"""kill -9 of the worker at any instant loses nothing and doubles nothing."""

import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from app.curation import chunks, intake, mapping
from app.curation.intake import Arrival
from app.curation.spooling import SpoolWriter
from app.settings import Settings
from app.storage import datasets, jobs, samples
from app.storage.database import Sessions
from app.storage.tables import JobState
from app.worker import main

KILLS = int(os.environ.get("DARTBOARD_KILLS", "20"))  # `make soak` asks for more
FILES, ROWS = 5, 1_500
EVERY_BAD, EVERY_COPY = 100, 50
LONGEST_SECONDS = 900 + 10 * KILLS
"""Only so that a run that hangs ends: a busy machine takes its time."""


def file_of(number: int) -> bytes:
    """A file with a broken line in every 100 and a duplicate in every 50."""
    lines = []
    for row in range(ROWS):
        asked = f"question {number}-{row - 1 if row % EVERY_COPY == 1 else row}"
        record = {"prompt": asked, "completion": f"answer to {asked}"}
        lines.append(b"{oops" if row % EVERY_BAD == 99 else orjson.dumps(record))
    return b"\n".join(lines) + b"\n"


def work(settings: Settings) -> None:
    """A worker that draws no map, which takes half a minute, and stores a file in three parts."""
    mapping.AUTOMATIC = sys.maxsize
    chunks.ENTRIES = ROWS // 3
    main.main(settings)


@contextmanager
def working(address: str, folder: Path, name: str) -> Iterator[BaseProcess]:
    """A worker in a process of its own, killed at the end of the block."""
    # Forked off a process that has read the modules: what is killed is work, not a start.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(
        ["pytest", "scipy.cluster.hierarchy", "app.worker.main", __name__]
    )
    settings = Settings(database_url=address, data_dir=folder, encoder="hashing", worker_name=name)
    process = processes.Process(target=work, args=(settings,))
    process.start()
    yield process
    process.kill()
    process.join()


@pytest.fixture
def uploads(own_write: Sessions, tmp_path: Path) -> list[int]:
    """Files that are accepted but not read yet."""
    ids = []
    with own_write() as session:
        datasets.add(session, "kills")
    for number in range(FILES):
        with SpoolWriter(tmp_path / "spool", limit=1 << 30) as writer:
            writer.write(file_of(number))
            spooled = writer.finish()
        with own_write() as session:
            view = intake.accept(
                session, "kills", spooled, Arrival("mia"), spool=tmp_path / "spool"
            )
        ids.append(view.id)
    return ids


def claims_and_steps(write: Sessions) -> tuple[int, int]:
    """How often a job was begun, and how often anything of one was committed."""
    with write() as session:
        found = jobs.newest(session, limit=100)
    ended = sum(job.state not in jobs.OPEN for job in found)
    return sum(job.attempt for job in found), sum(job.seq for job in found) + ended


def is_done(write: Sessions) -> bool:
    with write() as session:
        return jobs.count_open(session) == 0


def test_kills_lose_and_double_nothing(
    uploads: list[int], own_write: Sessions, own_address: str, tmp_path: Path
) -> None:
    chance = random.Random(7)
    deadline = time.monotonic() + LONGEST_SECONDS
    for kill in range(KILLS):
        before = claims_and_steps(own_write)
        with working(own_address, tmp_path, f"worker {kill}"):
            # Now after a first step, now before: a job that never gets on is given up.
            while claims_and_steps(own_write)[kill % 2] == before[kill % 2]:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            time.sleep(chance.random() / 4)
        with own_write() as session:
            jobs.release_of(session, f"worker {kill}")
            if jobs.count_open(session) == 0:  # too quick for the killer: give it more to do
                jobs.enqueue(session, "draw", 1, again=kill)
    with working(own_address, tmp_path, "last"):
        while not is_done(own_write) and time.monotonic() < deadline:
            time.sleep(0.2)
    check(own_write, uploads)


def check(write: Sessions, uploads: list[int]) -> None:
    bad = ROWS // EVERY_BAD
    copies = ROWS // EVERY_COPY
    with write() as session:
        for upload_id in uploads:
            view = intake.view(session, "kills", upload_id)
            assert view.state == "done"
            assert (view.lines, view.rejected, view.duplicate) == (ROWS, bad, copies)
            assert view.accepted == ROWS - bad - copies
            assert view.accepted + view.duplicate + view.rejected + view.blank == view.lines
        assert samples.count(session, 1) == FILES * (ROWS - bad - copies)
        placed = session.execute(text("select count(*), count(distinct sample_id) from placement"))
        total = FILES * (ROWS - bad - copies)
        assert tuple(placed.one()) == (total, total)
        ended = {job.state for job in jobs.newest(session, limit=100)}
        assert ended == {JobState.DONE}
