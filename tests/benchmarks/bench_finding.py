"""Find among very many samples on both databases: words, pages at any depth, counts, likeness.

python -m tests.benchmarks.bench_finding [rows] [sqlite|postgres] [vectors]
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks import stock
from tests.postgres import Postgres
from tests.server import Server, serving

ROWS, VECTORS, TURNS = 1_000_000, 200_000, 15
API = f"/api/v1/datasets/{stock.SLUG}/samples"
PAGE = f"/d/{stock.SLUG}/samples"
WORDS = ("w1", "w30", "w700", "w20000", '"w3 w1"', "w12*", "w5 w90", "w1 w2 w3", "w49999")


def main() -> None:
    """Print each figure beside its limit."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    wanted = sys.argv[2:3] or ["sqlite", "postgres"]
    vectors = int(sys.argv[3]) if len(sys.argv) > 3 else VECTORS
    for database in wanted:
        _on(database, rows, 24, _look)
        if vectors:
            _on(database, vectors, 384, _compare)


def _on(database: str, rows: int, dimensions: int, ask: Callable[[Server], None]) -> None:
    print(f"--- {database}, {rows:,} samples")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if database == "sqlite":
            shutil.copy(stock.on_sqlite(rows, dimensions=dimensions), folder / "dartboard.db")
            with serving(folder, encoder="hashing", worker=False) as server:
                ask(server)
            return
        postgres = Postgres()
        postgres.start()
        try:
            address = postgres.new_database("stock")
            stock.fill(address, rows, dimensions=dimensions)
            with serving(folder, database=address, encoder="hashing", worker=False) as server:
                ask(server)
        finally:
            postgres.stop()


def _look(server: Server) -> None:
    for told, query, limit in (
        ("list page, its beginning", "", 100),
        ("list page, deep", "&after=700000", 100),
        ("longest first, deep", "&sort=longest&after=400000_250", 100),
        ("newest first, deep", "&sort=newest&after=300000", 100),
        ("by status and label, deep", "&status=pending&label=label 3&after=600000", 100),
    ):
        _tell(told, [_timed(server, f"{API}?limit=100{query}") for _ in range(TURNS)], limit)
    _tell("page with all counts", [_timed(server, PAGE) for _ in range(TURNS)], 300)
    narrowed = [_timed(server, f"{PAGE}?status=pending&source=source 1") for _ in range(TURNS)]
    _tell("the same, narrowed", narrowed, 300)
    found = [_timed(server, f"{API}?limit=100&q={word}") for word in WORDS for _ in range(5)]
    _tell("words, first 100", found, 150)
    deep = [_timed(server, f"{API}?limit=100&after=600000&q={word}") for word in WORDS]
    _tell("words, deep", deep, 150)
    _tell("words, whole page", [_timed(server, f"{PAGE}?q={word}") for word in WORDS], 300)


def _compare(server: Server) -> None:
    first = _timed(server, "/api/v1/samples/1/similar")
    print(f"first question, files are made {first:10,.0f} ms")
    numbers = np.random.default_rng(0).integers(1, VECTORS // 2, 40).tolist()
    _tell("similar", [_timed(server, f"/api/v1/samples/{it}/similar") for it in numbers], 100)
    print(f"web process {server.memory(server.web) / 1e6:10,.0f} MB")


def _timed(server: Server, path: str) -> float:
    start = time.perf_counter()
    answer = server.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return (time.perf_counter() - start) * 1e3


def _tell(told: str, took: list[float], limit: float) -> None:
    p95 = float(np.percentile(took, 95))
    print(f"{told:30} median {np.median(took):8.1f} ms, p95 {p95:8.1f} (limit {limit:.0f})")


if __name__ == "__main__":
    main()
