"""How fast files become records and samples.

Run by hand: python -m tests.benchmarks.bench_formats
"""

import gzip
import io
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

import orjson

from app.formats import containers, dialects, exporters
from app.formats.entries import Record
from app.formats.sample import Sample

ROWS = 100_000
BYTES = 600


def main() -> None:
    """Print rows per second of every container, of the dialects and of the exporters."""
    rows = [_row(number) for number in range(ROWS)]
    lines = b"\n".join(rows) + b"\n"
    print(f"{ROWS:,} rows of {len(rows[0])} bytes")
    _time("jsonl", lambda: _drain(lines))
    files = {
        "jsonl, gzip": gzip.compress(lines, 1),
        "json array": b"[\n" + b",\n".join(rows) + b"\n]",
        "csv": _csv(rows),
        "parquet": _parquet(rows),
    }
    for name, data in files.items():
        _time(name, partial(_drain, data))
    _time("jsonl, skipped", lambda: _drain(lines, skip=ROWS))
    _time("jsonl, parsed", lambda: deque(_samples(lines), maxlen=0))
    samples = list(_samples(lines))
    _time("fingerprints", lambda: [sample.fingerprint for sample in samples])
    chats = [one for one in exporters.EXPORTERS.values() if "chat" in one.kinds]
    for name, exporter in ((one.name, one) for one in chats):
        _time(f"{name}, checked", partial(_each, exporter.check, samples))
        _time(f"{name}, written", partial(_each, exporter.write, samples))


def _row(number: int) -> bytes:
    record = {
        "messages": [
            {"role": "user", "content": f'Question {number}: how do I fix the tap? "Now"\n' * 5},
            {"role": "assistant", "content": "Turn the water off first, then change it. " * 5},
        ],
        "label": "tap",
    }
    return orjson.dumps(record).ljust(BYTES)


def _csv(rows: list[bytes]) -> bytes:
    return b"prompt,completion\n" + b"".join(
        b'%d,"%s"\n' % (at, row[:500].replace(b'"', b'""')) for at, row in enumerate(rows)
    )


def _parquet(rows: list[bytes]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    file = io.BytesIO()
    texts = [row.decode() for row in rows]
    parquet.write_table(pa.table({"prompt": texts, "completion": texts[::-1]}), file)
    return file.getvalue()


def _drain(data: bytes, skip: int = 0) -> None:
    for _ in containers.open_contents(io.BytesIO(data), skip=skip).entries:
        pass


def _samples(data: bytes) -> Iterator[Sample]:
    detection = dialects.Detection("messages", 1.0)
    entries = containers.open_contents(io.BytesIO(data)).entries
    found = (dialects.parse(entry, detection) for entry in entries if isinstance(entry, Record))
    return (sample for sample in found if isinstance(sample, Sample))


def _each(work: Callable[[Sample], object], samples: list[Sample]) -> None:
    for sample in samples:
        work(sample)


def _time(name: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    print(f"{name:>24}: {ROWS / (time.perf_counter() - start):>10,.0f} rows/s")


if __name__ == "__main__":
    main()
