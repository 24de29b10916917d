"""How fast a large file is accepted, parsed and stored, and what memory that takes.

Run by hand: python -m tests.benchmarks import
Held to: 20,000 rows a second accepted, 8,000 parsed and stored, 200 MB of memory more than
before, CSV and Parquet within a factor of two of JSON Lines. ROWS, CONTAINERS (jsonl, csv,
parquet) and DATABASES (sqlite, postgres) in the environment make it smaller; IDS=1 gives each
record of JSON Lines an id.
"""

import csv
import io
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import psutil

from tests.postgres import Postgres
from tests.server import Server, serving

ROWS = int(os.environ.get("ROWS", "1000000"))
CONTAINERS = os.environ.get("CONTAINERS", "jsonl csv parquet").split()
DATABASES = os.environ.get("DATABASES", "sqlite postgres").split()
IDS = bool(os.environ.get("IDS"))
BYTES, BATCH = 600, 50_000
SLUG = "large"


def main() -> None:
    """Every container over every database; one server each, so that memory begins low."""
    folder = Path(tempfile.mkdtemp(prefix="dartboard-import-"))
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"{ROWS:,} rows of {BYTES} bytes; {cores} cores, load {load:.1f}")
    try:
        files = {name: _write(folder, name) for name in CONTAINERS}
        for kind in DATABASES:
            for name, file in files.items():
                with _address(kind) as address, tempfile.TemporaryDirectory(dir=folder) as data:
                    _measure(f"{kind}, {name}", file, Path(data), address)
    finally:
        shutil.rmtree(folder)


def _measure(title: str, file: Path, folder: Path, address: str) -> None:
    with serving(folder, database=address, encoder="hashing", worker=False) as server:
        server.new_dataset(SLUG)
        with _watched(server) as grown, file.open("rb") as stream:
            began = time.perf_counter()
            sent = server.post(f"/api/v1/datasets/{SLUG}/uploads", content=_pieces(stream))
            accepted = ROWS / (time.perf_counter() - began)
            upload = sent.json()["id"]
            web = grown[0]
        server.start_worker()
        time.sleep(3)  # the worker is up, and has loaded what it needs
        with _watched(server) as grown:
            seconds, processor = _parsed(server, upload)
        rate = ROWS / seconds
        print(
            f"{title:>18}: accepted {accepted:>9,.0f}/s, stored {rate:>7,.0f}/s "
            f"({ROWS / processor:,.0f} a second of the worker's processor), "
            f"web +{web:,.0f} MB, worker +{grown[1]:,.0f} MB, its reader {grown[2]:,.0f} MB, "
            f"load {os.getloadavg()[0]:.1f}",
            flush=True,
        )


def _parsed(server: Server, upload: int) -> tuple[float, float]:
    """Seconds from the first chunk to the last, on the clock and of the worker's processor."""
    assert server.worker is not None
    worker = psutil.Process(server.worker.pid)
    began = time.perf_counter()
    used = sum(worker.cpu_times()[:2])
    while True:
        told = _answer(server, upload)
        assert told["state"] != "failed", told
        if told["state"] == "done":
            assert told["accepted"] == ROWS, told
            return time.perf_counter() - began, sum(worker.cpu_times()[:2]) - used
        time.sleep(0.2)


def _answer(server: Server, upload: int) -> dict[str, object]:
    try:
        told: dict[str, object] = server.get(f"/api/v1/datasets/{SLUG}/uploads/{upload}").json()
    except httpx.TransportError:
        return {"state": "busy"}
    return told


@contextmanager
def _watched(server: Server) -> Iterator[list[float]]:
    """How many MB web and worker have grown by, at most, while this lasts; and all of a reader."""
    processes = (server.web, server.worker)
    before = [server.memory(one) for one in processes]
    grown, done = [0.0, 0.0, 0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            for at, one in enumerate(processes):
                grown[at] = max(grown[at], (server.memory(one) - before[at]) / 1e6)
            grown[2] = max(grown[2], _readers(server) / 1e6)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield grown
    finally:
        done.set()
        thread.join()


def _readers(server: Server) -> int:
    if server.worker is None:
        return 0
    try:
        children = psutil.Process(server.worker.pid).children()
        return sum(child.memory_info().rss for child in children)
    except psutil.Error:
        return 0


def _texts(number: int) -> tuple[str, str]:
    question = f'Question {number}: how do I mend the tap of room {number % 911}? "Now"\n'
    answer = f"Turn the water off first, then change the washer of tap {number}. "
    return question * 4, (answer * 5)[: BYTES - 4 * len(question) - 50]


def _write(folder: Path, container: str) -> Path:
    path = folder / f"rows.{container}"
    if container == "parquet":
        _write_parquet(path)
        return path
    with path.open("wb") as stream:
        if container == "csv":
            stream.write(b"prompt,completion\n")
        for number in range(ROWS):
            stream.write(_line(container, *_texts(number)))
    return path


def _line(container: str, question: str, answer: str) -> bytes:
    if container == "jsonl":
        record = {"prompt": question, "completion": answer}
        if IDS:
            record["id"] = question.partition(":")[0]
        return orjson.dumps(record) + b"\n"
    cells = io.StringIO()
    csv.writer(cells, lineterminator="\n").writerow((question, answer))
    return cells.getvalue().encode()


def _write_parquet(path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([("prompt", pa.string()), ("completion", pa.string())])
    with parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, ROWS, BATCH):
            texts = [_texts(number) for number in range(start, min(start + BATCH, ROWS))]
            columns = [list(column) for column in zip(*texts, strict=True)]
            writer.write_table(pa.table(columns, schema=schema))


def _pieces(stream: io.BufferedReader) -> Iterator[bytes]:
    while piece := stream.read(1 << 20):
        yield piece


@contextmanager
def _address(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    server = Postgres()
    server.start()
    try:
        address = server.new_database("bench")
        yield address
    finally:
        server.stop()


if __name__ == "__main__":
    main()
