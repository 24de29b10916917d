"""How fast a large version is frozen, compared and exported, and how much memory that takes.

Run by hand: python -m tests.benchmarks.bench_export [rows] [name of an export ...]

Beside the plain exports: with what reviewers said, split, with tokens counted, of pairs and of
verdicts. Each is told as a part of the pace of a bare loop that only reads a column of JSON by the
database's own cursor, decodes it, and writes it anew.
Held to: 50,000 exported rows a second at a million rows of 600 bytes, 10 seconds each for a freeze
and a difference, 200 MB of growth.
"""

import hashlib
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import insert, text

from app.curation import export, versions
from app.curation.export import Order
from app.curation.export_recipe import Recipe
from app.encoders.tokenizer_files import BUNDLED
from app.settings import Settings
from app.storage import datasets, uploads
from app.storage.database import Sessions, connect, reading, writing
from app.storage.migration import migrate
from app.storage.tables import SampleRow, Status, UploadRow, UploadState, now
from app.worker.loop import run_next
from tests.benchmarks import million

ROWS = 1_000_000
BYTES = 600
SLUG = "many"
ROWS_PER_WRITE = 20_000
EXPORTS = {
    **{name: Order(name, version=1) for name in ("openai-chat", "trl-messages", "alpaca")},
    "with reviews": Order("trl-messages", version=1, recipe=Recipe(review=True)),
    "split at random": Order("openai-chat", version=1, recipe=Recipe(split="90/5/5")),
    "split by label": Order("openai-chat", version=1, recipe=Recipe(split="90/5/5", by="label")),
    "tokens counted": Order("openai-chat", version=1, recipe=Recipe(tokenizer=BUNDLED)),
}
OTHER = [{"role": "assistant", "content": "Leave it, it will stop dripping some day. " * 5}]
KINDS: dict[str, dict[str, Any]] = {
    "trl-preference": {"kind": "preference", "rejected": OTHER, "desirable": None},
    "trl-kto": {"kind": "kto", "rejected": [], "desirable": True},
}


def main() -> None:
    """Print seconds and rows per second of each step."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{rows:,} rows of {BYTES} bytes; load average {load}")
    source = _database(rows)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "bench.db"
        shutil.copy(source, path)
        engine = connect(f"sqlite:///{path}")
        _run(reading(engine), writing(engine), Path(name) / "exports", rows)
        engine.dispose()


def _run(read: Sessions, write: Sessions, files: Path, rows: int) -> None:
    _note_decisions(write)
    with _timed("freeze", rows), write() as session:
        versions.freeze(session, SLUG, actor="bench")
    with write() as session:
        session.execute(text("update sample set status = 'pending' where id % 100 = 0"))
        session.execute(text("update sample set fingerprint = 'new' || id where id % 100 = 1"))
        session.execute(text("update sample set deleted = true where id % 100 = 2"))
    with _timed("freeze again", rows), write() as session:
        versions.freeze(session, SLUG, actor="bench")
    with _timed("difference", rows), read() as session:
        versions.compare(session, SLUG, 1, 2)
    tasks: dict[str, Callable[..., None]] = {
        "export": lambda job: export.run(read, write, job, files)
    }
    peer = _bare_loop(read, files.with_name("bare.jsonl"), rows)

    def go(order: Order, what: str) -> None:
        if sys.argv[2:] and what not in sys.argv[2:]:
            return
        with write() as session:
            made = export.start(session, SLUG, order, actor="bench")
        with _timed(what, rows, peer):
            run_next(write, "bench", tasks)
        with read() as session:
            done = export.view(session, SLUG, made.id)
        print(f"    {done.state}: {done.rows:,} lines, {done.failed:,} left out")

    for name, order in EXPORTS.items():
        go(order, name)
    for name, rest in KINDS.items():
        with write() as session:
            told = {"rest": orjson.dumps({"answer_turns": 1, **rest}).decode()}
            session.execute(text("update sample set rest = :rest"), told)
        go(Order(name, version=1), name)


def _bare_loop(read: Sessions, path: Path, rows: int) -> float:
    """Seconds of processor that reading JSON and writing it as JSON takes by itself."""
    worked = time.process_time()
    with read() as session, _timed("bare loop", rows), path.open("wb") as file:
        for (messages,) in session.connection().exec_driver_sql("select messages from sample"):
            file.write(orjson.dumps({"messages": orjson.loads(messages)}) + b"\n")
    return time.process_time() - worked


def _note_decisions(write: Sessions) -> None:
    """One approval of each sample, as reviewers leave them behind."""
    with write() as session:
        session.execute(text(
            "insert into event (dataset_id, sample_id, batch, actor, kind, body, prev_hash, hash,"
            " at) select dataset_id, id, 'b' || id, 'bench', 'decided',"
            """ '{"from": {"status": "pending"}, "to": {"status": "approved"}}', '', '',"""
            " created_at from sample"
        ))  # fmt: skip


@contextmanager
def _timed(what: str, rows: int, peer: float = 0.0) -> Iterator[None]:
    before, start, worked = _most_memory(), time.perf_counter(), time.process_time()
    yield
    seconds, cpu = time.perf_counter() - start, time.process_time() - worked
    grown = _most_memory() - before
    speed = f"{rows / seconds:9,.0f} rows/s, {rows / cpu:9,.0f} a second of processor"
    told = f", {cpu / peer:.1f} times the bare loop" if peer else ""
    print(f"{what:28} {seconds:6.1f} s, {cpu:6.1f} s of processor, {speed}, +{grown:.0f} MB{told}")


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _database(rows: int) -> Path:
    """A SQLite file with that many samples; made once, then kept in the temporary folder."""
    kept = Path(tempfile.gettempdir()) / f"dartboard-{rows}-export-{million.schema()}.db"
    if not kept.exists():
        made = kept.with_suffix(".part")
        made.unlink(missing_ok=True)
        _make(made, rows)
        shutil.move(made, kept)
    return kept


def _make(path: Path, rows: int) -> None:
    engine = connect(f"sqlite:///{path}")
    migrate(engine, Settings().migrations)
    write = writing(engine)
    with write() as session:
        dataset = datasets.add(session, SLUG)
        upload = uploads.add(session, UploadRow(
            dataset_id=dataset.id, actor="bench", spool_name="none", bytes=0, sha256="",
            state=UploadState.DONE,
        ))  # fmt: skip
    for start in range(0, rows, ROWS_PER_WRITE):
        numbers = range(start, min(start + ROWS_PER_WRITE, rows))
        with write() as session:
            made = [_sample(dataset.id, upload.id, number) for number in numbers]
            session.execute(insert(SampleRow), made)
    with engine.connect() as connection:
        connection.exec_driver_sql("analyze")
    engine.dispose()


def _sample(dataset: int, upload: int, number: int) -> dict[str, Any]:
    turns = [
        {"role": "user", "content": f'Question {number}: how do I fix the tap? "Now"\n' * 5},
        {"role": "assistant", "content": "Turn the water off first, then change it. " * 5},
    ]
    messages = orjson.dumps(turns).decode()
    raw = orjson.dumps({"messages": turns, "label": "tap"}).ljust(BYTES).decode()
    name = hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
    return {
        "id": number + 1, "dataset_id": dataset, "upload_id": upload, "position": number,
        "fingerprint": name * 2, "input_hash": name, "output_hash": name, "origin": "human",
        "status": Status.APPROVED, "dialect": "messages", "label": "tap", "turns": 2,
        "length": len(messages), "preview": turns[0]["content"][:300], "messages": messages,
        "raw": raw, "extra": '{"label": "tap"}', "created_at": now(),
    }  # fmt: skip


if __name__ == "__main__":
    main()
