"""What an import costs when the table is already large: processor, and what is written to disk.

Run by hand: python -m tests.benchmarks import_on_top. Its million samples are made first and kept.
ROWS (there already), MORE (imported) and BEFORE=1 (with the indexes of hashes that 0016 dropped),
IDS=1 (each record has an id) in the environment.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

from app.encoders.hashing import HashingEncoder
from app.storage.database import connect, writing
from app.worker.loop import run_next
from tests.benchmarks import stock
from tests.benchmarks.bench_import import _line, _texts
from tests.pipeline import Pipeline

ROWS, MORE = int(os.environ.get("ROWS", "1000000")), int(os.environ.get("MORE", "40000"))
HASHES = {"ix_sample_input": "input_hash", "ix_sample_output": "output_hash"}


def main() -> None:
    """Import a file into a copy of the stock, in this process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = connect(f"sqlite:///{shutil.copy(stock.on_sqlite(ROWS), folder / 'copy.db')}")
        if os.environ.get("BEFORE"):
            with engine.begin() as connection:
                for index, column in HASHES.items():
                    connection.exec_driver_sql(f"create index {index} on sample ({column})")
        _import(Pipeline(writing(engine), folder, HashingEncoder()))
        engine.dispose()


def _import(pipeline: Pipeline) -> None:
    data = b"".join(_line("jsonl", *_texts(number)) for number in range(MORE))
    upload = pipeline.send(stock.SLUG, data)
    processor, written = time.process_time(), _written()
    run_next(pipeline.write, "bench", {"parse": pipeline.tasks["parse"]})
    processor, written = time.process_time() - processor, _written() - written
    assert pipeline.view(upload).accepted == MORE
    print(
        f"{MORE:,} rows on top of {ROWS:,}: {MORE / processor:,.0f} a second of the processor, "
        f"{written / MORE / 1e3:.1f} kB written a row, load {os.getloadavg()[0]:.1f}"
    )


def _written() -> int:
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["wchar"])


if __name__ == "__main__":
    main()
