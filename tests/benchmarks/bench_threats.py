"""Attacks on a real server: what others notice of them, and what memory they cost.

Limits: 200 dripping connections, and 200 that do not read what they asked for: /healthz < 200 ms
(T16). 1,000 posts of a job: one job (T17). 100 logins at once: 429 after five a minute, +200 MB at
most; a name that nobody has: within 20 % of the time of one that somebody has (T18). Bombs with the
limits as they are by default: refused within 5 s, +200 MB at most (T13). A range of 60 KB and a
word of 5,000 signs: < 200 ms (T34, T08).
"""

import gzip
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlmodel import Session

from app.curation import passwords
from app.storage import people
from app.storage.access_tables import UserRow
from app.storage.database import connect, writing
from tests.security import test_t12_t13_files as files
from tests.server import ROOT, TLS, Server, serving

MEGABYTE = 1024**2
TIMES = 50


def health(server: Server) -> tuple[float, float]:
    """Median and slowest answer of /healthz in milliseconds."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        assert httpx.get(server.address + "/healthz", verify=TLS, timeout=30).status_code == 200
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), max(took)


def drip(server: Server) -> None:
    port = int(server.address.rpartition(":")[2])
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    for one in held:
        one.sendall(b"POST /api/v1/datasets HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    middle, worst = health(server)
    for one in held:
        one.close()
    print(
        f"200 dripping connections: /healthz median {middle:.0f} ms, slowest {worst:.0f} ms (< 200)"
    )


def refuse_to_read(server: Server) -> None:
    port, before = int(server.address.rpartition(":")[2]), server.memory(server.web)
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    for one in held:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.sendall(b"GET /static/js/main.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50)
    middle, worst = health(server)
    grown = (server.memory(server.web) - before) / MEGABYTE
    for one in held:
        one.close()
    print(
        f"200 that do not read: /healthz median {middle:.0f} ms, slowest {worst:.0f} ms (< 200),"
        f" +{grown:.0f} MB"
    )


def flood(server: Server) -> None:
    began = time.perf_counter()
    path = "/api/v1/datasets/flood/board"
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: server.post(path), range(1_000)))
    seconds = time.perf_counter() - began
    jobs = {answer.json()["id"] for answer in told if answer.status_code == 202}
    codes = {answer.status_code for answer in told}
    print(f"1,000 posts of a job: {len(jobs)} job, answers {codes}, {1_000 / seconds:.0f} a second")


def guess(server: Server) -> None:
    before = server.memory(server.web)
    own = {"Sec-Fetch-Site": "same-origin"}

    def knock(number: int) -> int:
        entry = {"name": "admin", "password": f"guess number {number}"}
        answer = httpx.post(
            server.address + "/login", data=entry, headers=own, verify=TLS, timeout=60
        )
        return answer.status_code

    with ThreadPoolExecutor(100) as pool:
        told = list(pool.map(knock, range(100)))
    grown = (server.memory(server.web) - before) / MEGABYTE
    counts = {code: told.count(code) for code in sorted(set(told))}
    print(f"100 logins at once: answers {counts}, +{grown:.0f} MB (+200 at most)")


def listen_to_the_clock(server: Server) -> None:
    """Whether the time that a refusal takes tells who has an account here."""
    with _writing(server) as session:
        person = people.add(session, UserRow(name="mia", role="viewer"))
        people.note_password(session, person.id, passwords.hashed("seven grey herons"))
        people.add(session, UserRow(name="noa", role="viewer"))  # comes in by links alone
    took: dict[str, list[float]] = {"mia": [], "noa": [], "nobody": []}
    own = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=server.address, headers=own) as client:
        for _ in range(TIMES):
            for name, times in took.items():
                began = time.perf_counter()
                answer = client.post("/login", data={"name": name, "password": "wrong guess"})
                times.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 403, answer.text
    middle = {name: statistics.median(times) for name, times in took.items()}
    apart = 100 * (max(middle.values()) / min(middle.values()) - 1)
    print(
        f"a wrong password of somebody {middle['mia']:.0f} ms, of one without a password"
        f" {middle['noa']:.0f} ms, of nobody {middle['nobody']:.0f} ms: {apart:.1f} % apart (< 20)"
    )


@contextmanager
def _writing(server: Server) -> Iterator[Session]:
    engine = connect(server.database)
    with writing(engine)() as session:
        yield session
    engine.dispose()


def unfold(folder: Path) -> None:
    """The bombs with the default limits, each in a process of its own."""
    script = files.MEASURE.replace("expansion_from=64 * 1024**2", "")
    for name, data in (
        ("gzip, 1028:1, 1 GB", gzip.compress(b" " * 1024 * MEGABYTE, 9)),
        ("zstd", files.bomb_zstd()),
        ("parquet, 50 GB", files.bomb_parquet()),
        ("one row of 5 million cells", files.bomb_csv()),
    ):
        (folder / "bomb").write_bytes(data)
        began = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-c", script, str(folder / "bomb")],
            capture_output=True, text=True, check=True, cwd=ROOT,
        ).stdout  # fmt: skip
        seconds = time.perf_counter() - began
        code, entries, grown = json.loads(told)
        size = len(data) / MEGABYTE
        verdict = code or f"{entries} read"
        print(
            f"bomb, {name} in {size:.2f} MB: {verdict}, {seconds:.1f} s with start-up (5),"
            f" +{grown / MEGABYTE:.0f} MB (+200 at most)"
        )


def trip(server: Server) -> None:
    for name, path, headers in (
        ("a Range of 60 KB", "/static/css/app.css", {"Range": "bytes=" + "0-0," * 15_000}),
        ("a word of 5,000 quotes", "/api/v1/datasets/flood/samples?q=" + "%22" * 5_000, {}),
    ):
        key = {"Authorization": f"Bearer {server.token}"}
        began = time.perf_counter()
        answer = httpx.get(server.address + path, headers=key | headers, verify=TLS, timeout=60)
        took = (time.perf_counter() - began) * 1000
        print(f"{name}: {answer.status_code} in {took:.0f} ms (< 200)")


def main() -> None:
    """Attack, and print what it cost."""
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    five = {"DARTBOARD_LOGINS_PER_MINUTE": "5"}
    with tempfile.TemporaryDirectory() as folder:
        unfold(Path(folder))
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), encoder="hashing", worker=False, more=five) as server,
    ):
        server.new_dataset("flood")
        middle, worst = health(server)
        print(f"at rest: /healthz median {middle:.0f} ms, slowest {worst:.0f} ms")
        drip(server)
        refuse_to_read(server)
        flood(server)
        guess(server)
        trip(server)
    unlimited = {"DARTBOARD_LOGINS_PER_HOUR": "0"}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), encoder="hashing", worker=False, more=unlimited) as server,
    ):
        listen_to_the_clock(server)


if __name__ == "__main__":
    main()
