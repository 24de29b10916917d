"""An export that is stopped anywhere and run again: the same bytes, and nothing left behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import Session

from app.curation import export_run
from app.curation.export import Order
from app.curation.export_files import GrowingFile
from app.curation.export_recipe import Recipe
from app.storage import datasets, jobs
from app.storage.database import Sessions
from app.storage.release_tables import DealingRow
from app.storage.tables import JobRow, JobState
from tests.curation.release import SLUG, Release, chat, lines_of
from tests.curation.test_export import TWO_SYSTEMS

ROWS = [chat(f"How long do I cook {n} eggs?", f"About {n} minutes.") for n in range(40)]
FILES = ("README.md", "manifest.json", "train.jsonl")


class KilledError(BaseException):
    """Nothing may catch this, as nothing catches a kill."""


class Killing:
    """Writing sessions that die at the n-th transaction: before it is committed, or after."""

    def __init__(self, write: Sessions, *, at: int, after: bool) -> None:
        self.write, self.left, self.after = write, at, after

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        with self.write() as session:
            yield session
            self.left -= 1
            if self.left == 0 and not self.after:
                raise KilledError
        if self.left == 0:
            raise KilledError


@pytest.fixture
def release(
    own_read: Sessions, own_write: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Release:
    monkeypatch.setattr(export_run, "CHUNK", 10)
    with own_write() as session:
        datasets.add(session, SLUG)
    release = Release(own_read, own_write, tmp_path)
    release.load(lines_of([*ROWS[:15], TWO_SYSTEMS, *ROWS[15:]]))
    return release


def claim(release: Release, worker: str) -> JobRow:
    with release.write() as session:
        job = jobs.claim(session, worker, ["export"])
    assert job is not None
    return job


def kill(release: Release, *, at: int, after: bool = True) -> None:
    """Run the waiting export until its n-th transaction; the job is free again then."""
    job, write = claim(release, "dead"), Killing(release.write, at=at, after=after)
    with pytest.raises(KilledError):
        export_run.run(release.read, write, job, release.files)
    with release.write() as session:
        jobs.release_of(session, "dead")


def test_a_kill_at_any_transaction_loses_and_doubles_nothing(release: Release) -> None:
    whole = release.export(Order("openai-chat"))
    expected = [release.content(whole, name) for name in FILES]
    for after in (False, True):
        for at in range(1, 7):
            started = release.start(Order("openai-chat"))
            kill(release, at=at, after=after)
            release.run("alive")
            done = release.view(started.id)
            assert (done.state, done.rows, done.failed) == ("done", 40, 1)
            assert done.failures == whole.failures
            assert [release.content(done, name) for name in FILES] == expected
            left = sorted(path.name for path in (release.files / str(done.id)).iterdir())
            assert left == list(FILES)


def test_a_split_that_is_killed_anywhere_gives_the_same_files(release: Release) -> None:
    wanted = Order("openai-chat", recipe=Recipe(split="50/25/25"))
    whole = release.export(wanted)
    names = ("manifest.json", "test.jsonl", "train.jsonl", "validation.jsonl")
    expected = [release.content(whole, name) for name in names]
    for at in (2, 6, 8, 11, 12):  # checked, dealt, written, noted: five chunks each
        with release.write() as session:
            session.exec(delete(DealingRow))
        started = release.start(wanted)
        kill(release, at=at, after=at != 6)
        release.run("alive")
        done = release.view(started.id)
        assert (done.state, done.rows, done.failures) == ("done", 40, whole.failures)
        assert [release.content(done, name) for name in names] == expected
        left = [path.name for path in (release.files / str(done.id)).iterdir()]
        assert sorted(left) == ["README.md", *names]


def test_a_job_that_goes_on_does_not_read_what_it_has_written(release: Release) -> None:
    started = release.start(Order("openai-chat"))
    kill(release, at=3)
    job = claim(release, "alive")
    assert job.cursor is not None
    assert job.cursor["tally"]["passed"] == 29
    export_run.run(release.read, release.write, job, release.files)
    assert job.seq == 3 + 3  # the fourth chunk, the fifth, the row
    assert release.view(started.id).rows == 40


@pytest.mark.parametrize("damage", [b"", b"other bytes", None], ids=["cut", "changed", "gone"])
def test_a_partial_file_that_was_damaged_is_written_anew(
    release: Release, damage: bytes | None
) -> None:
    whole = release.export(Order("alpaca"))
    started = release.start(Order("alpaca"))
    kill(release, at=2)
    (partial,) = (release.files / str(started.id)).glob("*.partial")
    if damage is None:
        partial.unlink()
    else:
        partial.write_bytes(damage)
    release.run()
    assert release.content(release.view(started.id)) == release.content(whole)


def test_a_cancelled_export_stops_at_its_next_chunk_and_goes_on_when_retried(
    release: Release,
) -> None:
    started = release.start(Order("openai-chat"))
    assert started.job is not None
    job = claim(release, "test")
    with release.write() as session:
        jobs.cancel(session, job.id)
    with pytest.raises(jobs.CancelledError):
        export_run.run(release.read, release.write, job, release.files)
    with release.write() as session:
        jobs.finish(session, job, JobState.CANCELLED)
    stopped = release.view(started.id)
    assert (stopped.state, stopped.running, stopped.files) == ("cancelled", False, ())
    with release.write() as session:
        jobs.retry(session, job.id)
    release.run()
    assert release.view(started.id).rows == 40


def test_progress_is_told_by_the_chunk(release: Release) -> None:
    started = release.start(Order("openai-chat"))
    kill(release, at=2)
    job = release.view(started.id).job
    assert job is not None
    assert (job.phase, job.done, job.total, job.running) == ("write", 20, 41, True)


def test_a_worker_that_lost_its_lease_cannot_spoil_the_file_of_the_next(tmp_path: Path) -> None:
    old = GrowingFile(tmp_path / "x.jsonl", attempt=1)
    old.write([b"one\n"])
    mark = old.mark()
    new = GrowingFile(tmp_path / "x.jsonl", attempt=2)
    assert new.take_up(mark)
    old.write([b"late\n"])
    old.mark()
    old.discard()
    new.write([b"two\n"])
    new.sync()
    new.publish()
    assert (tmp_path / "x.jsonl").read_bytes() == b"one\ntwo\n"
    assert [path.name for path in tmp_path.iterdir()] == ["x.jsonl"]
