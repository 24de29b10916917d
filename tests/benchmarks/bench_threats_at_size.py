"""Who asks for everything of a large stock, and who asks for what trips a search up.

Limits: of a million rows, whole files and two hundred pages begin within a second and leave the
memory of the web process as it was, +200 MB at most (T30). Any words at all on 100,000 rows, on
both databases: found or refused within a second (T08).

python -m tests.benchmarks.bench_threats_at_size [rows]
"""

import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.benchmarks import stock
from tests.postgres import Postgres
from tests.security.injections import ALL
from tests.security.test_t08_t09_search import WORDS
from tests.server import Server, serving

ROWS, SEARCHED, PAGES = 1_000_000, 100_000, 200
MEGABYTE = 1024**2
API = f"/api/v1/datasets/{stock.SLUG}"


def everything(server: Server, rows: int) -> None:
    """Ask for all of it, and say when it began to come and what it cost the web process."""
    server.get(f"{API}/samples?limit=1")
    before, after, slowest = server.memory(server.web), "", 0.0
    for _ in range(PAGES):
        began = time.perf_counter()
        page = server.get(f"{API}/samples?limit=200&after={after}").json()
        slowest, after = max(slowest, time.perf_counter() - began), page["next"]
    _tell(f"{PAGES} pages of 200", slowest, PAGES * 200, server, before)
    wish = {"format": "openai-chat", "query": "status=pending,approved,rejected,needs_work"}
    exported = server.post(f"{API}/exports", json=wish)
    number, began = exported.json()["id"], time.monotonic()
    while (told := server.get(f"{API}/exports/{number}").json())["state"] in ("queued", "running"):
        assert time.monotonic() - began < 900, told
        time.sleep(0.5)
    for file in told["files"]:
        _fetch(file["name"], file["url"], server)
    _fetch("the board's table as CSV", f"/d/{stock.SLUG}/board.csv", server)
    print(f"({rows:,} rows; the export took {time.monotonic() - began:.0f} s in the worker)")


def _fetch(what: str, path: str, server: Server) -> None:
    before, began, size, first = server.memory(server.web), time.perf_counter(), 0, 0.0
    headers = {"Authorization": f"Bearer {server.token}"}
    with httpx.stream("GET", server.address + path, headers=headers, timeout=120) as answer:
        assert answer.status_code == 200, (path, answer.status_code)
        for piece in answer.iter_bytes():
            first = first or time.perf_counter() - began
            size += len(piece)
    _tell(what, first, size, server, before)


def _tell(what: str, seconds: float, size: int, server: Server, before: int) -> None:
    grown = (server.memory(server.web) - before) / MEGABYTE
    print(f"{what}: first byte after {1000 * seconds:.0f} ms (< 1000), {size:,}, +{grown:.0f} MB")


def stumble(server: Server, database: str) -> None:
    """Look for everything that ever tripped a search up, and for noise."""
    dice, slowest, asked = random.Random(3), (0.0, ""), 0
    noise = ["".join(chr(dice.randrange(1, 0xD7FF)) for _ in range(40)) for _ in range(100)]
    for words in [*WORDS, *ALL, *noise]:
        for path in (f"{API}/samples", f"{API}/samples?sort=newest"):
            began, asked = time.perf_counter(), asked + 1
            answer = server.get(path, params={"q": words, "limit": 100})
            assert answer.status_code in (200, 422), (words, answer.text)
            slowest = max(slowest, (time.perf_counter() - began, ascii(words)[:30]))
    print(
        f"{asked} searches on {SEARCHED:,} rows, {database}: slowest {1000 * slowest[0]:.0f} ms"
        f" (< 1000), for {slowest[1]}"
    )


def main() -> None:
    """Print each figure beside its limit."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(stock.on_sqlite(SEARCHED), Path(name) / "dartboard.db")
        with serving(Path(name), encoder="hashing", worker=False) as server:
            stumble(server, "sqlite")
    postgres = Postgres()
    postgres.start()
    try:
        address = postgres.new_database("stock")
        stock.fill(address, SEARCHED)
        with (
            tempfile.TemporaryDirectory() as name,
            serving(Path(name), database=address, encoder="hashing", worker=False) as server,
        ):
            stumble(server, "postgres")
    finally:
        postgres.stop()
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(stock.on_sqlite(rows), Path(name) / "dartboard.db")
        with serving(Path(name), encoder="hashing") as server:
            everything(server, rows)


if __name__ == "__main__":
    main()
