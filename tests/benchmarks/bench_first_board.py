"""Upload to first board against plain sentence-transformers + umap-learn, on the same rows.

Upload, parse, embed the input side, draw; then the peer: the same inputs with
`SentenceTransformer.encode` and `umap.UMAP().fit_transform` at their defaults,
in a process of its own. Also printed: accepted rows/s (bytes synced to disk),
the board page and the list page, and peak memory of web and worker processes.

    python -m tests.benchmarks.bench_first_board [rows]
"""

import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import orjson

from tests.server import Server, serving
from tests.shared_data import ROOT

RUNS = 5


def main() -> None:
    """Print every figure of the issue."""
    rows = orjson.loads((ROOT / "alpaca_original_subset" / "alpaca_subset.json").read_bytes())
    rows = rows[: int(sys.argv[1])] if len(sys.argv) > 1 else rows
    data = b"\n".join(orjson.dumps(row) for row in rows)
    print(f"{len(rows):,} rows, {len(data) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as server:
        server.new_dataset("warm")  # a worker that has been up for a moment has its model
        server.post("/api/v1/datasets/warm/uploads", content=data[:5_000].rsplit(b"\n", 1)[0])
        server.wait_for_board("warm")
        ours, peak = _first_board(server, data)
        print(f"first board  {ours:12.1f} s; worker's peak {peak / 1e6:,.0f} MB (limit 2,500)")
        board = _median(lambda: server.get("/d/board/board"))
        print(f"board page   {board * 1e3:12.0f} ms (limit 300)")
        page = _median(lambda: server.get("/d/board/samples"))
        print(f"list page    {page * 1e3:12.0f} ms (limit 100)")
        server.stop_worker()
        server.new_dataset("again")
        accepted = statistics.median(_accept(server, data) for _ in range(RUNS))
        print(f"accepted     {len(rows) / accepted:12,.0f} rows/s (floor 20,000)")
        print(f"web process  {server.memory(server.web) / 1e6:12,.0f} MB (limit 400)")
    texts = [f"{row['instruction']}\n\n{row['input']}".strip() for row in rows]
    theirs = _in_own_process(texts)
    print(f"plain sentence-transformers + umap-learn, defaults: {theirs:.1f} s")
    print(f"ratio        {theirs / ours:12.1f} x (floor 3)")


def _accept(server: Server, data: bytes) -> float:
    """Seconds until the bytes are on disk and acknowledged; nothing is parsed."""
    start = time.perf_counter()
    answer = server.post("/api/v1/datasets/again/uploads", content=data)
    took = time.perf_counter() - start
    assert answer.status_code == 202, answer.text
    return took


def _first_board(server: Server, data: bytes) -> tuple[float, int]:
    """Seconds from the first byte sent to a board with every dart, and the worker's peak."""
    server.new_dataset("board")
    start, peak = time.perf_counter(), 0
    server.post("/api/v1/datasets/board/uploads", content=data)
    while True:
        peak = max(peak, server.memory(server.worker))
        found = server.get("/api/v1/datasets/board/board").json()
        if found["frame"] and not found["counts"]["waiting"]:
            return time.perf_counter() - start, peak
        time.sleep(0.2)


def _median(act: Callable[[], httpx.Response]) -> float:
    act()
    times = []
    for _ in range(RUNS * 3):
        start = time.perf_counter()
        assert act().status_code == 200
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _in_own_process(texts: list[str]) -> float:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peer, (texts,))


def _peer(texts: list[str]) -> float:
    import umap
    from sentence_transformers import SentenceTransformer

    from app.encoders import weights

    model = SentenceTransformer(str(weights.folder()))
    model.encode(texts[:32])
    start = time.perf_counter()
    vectors = model.encode(texts)
    umap.UMAP().fit_transform(vectors)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
