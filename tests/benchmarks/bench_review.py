"""Review among a million samples: decision p95 <= 30 ms, next card <= 50 ms, on either database.

Fifty reviewers at one decision each 3 s: p95 <= 100 ms, over HTTP, decision and next card together.

    python -m tests.benchmarks.bench_review [samples] [sqlite|postgres]
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import psutil

from app.curation import queries, queueing, review
from app.curation.orders import ORDERS
from app.curation.queueing import Reviewer
from app.curation.review import Change
from app.curation.sample_views import SampleView
from app.curation.walking import Walk
from app.storage.database import Sessions, connect, reading, writing
from tests.benchmarks import stock
from tests.postgres import Postgres
from tests.server import Server, serving

DECISION_MS, CARD_MS, CROWD_MS = 30.0, 50.0, 100.0
ROUNDS = 60
REVIEWERS, PAUSE_SECONDS, SECONDS = 50, 3.0, 30.0
Both = tuple[Sessions, Sessions]
STATUSES = ("approved", "rejected", "needs_work")


def main(rows: int = 1_000_000, kinds: str = "sqlite postgres") -> None:
    """Measure on each database and say what holds."""
    for kind in kinds.split():
        with _stocked(kind, rows) as address:
            _alone(kind, rows, address)
            _crowd(kind, rows, address)


@contextmanager
def _stocked(kind: str, rows: int) -> Iterator[str]:
    """A fresh copy of the stock."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            path = Path(folder) / "stock.db"
            shutil.copy(stock.on_sqlite(rows), path)
            yield f"sqlite:///{path}"
            return
        server = Postgres()
        server.start()
        try:
            address = server.new_database("stock")
            stock.fill(address, rows)
            yield address
        finally:
            server.stop()


def _alone(kind: str, rows: int, address: str) -> None:
    """One reviewer, in this process: the next card in every order, and a decision about it."""
    engine = connect(address)
    write = writing(engine)
    both = (reading(engine), write)
    mia = Reviewer("mia", may_decide=True)
    for order in ORDERS:
        walk, after, cards, decisions = Walk(queries.parse([]), True, order, 7), 0, [], []
        for at in range(ROUNDS):
            card, took = _timed(lambda: _card(both, walk, mia, after))  # noqa: B023  called now
            cards.append(took)
            if not isinstance(card, SampleView):
                break
            change = Change(status=STATUSES[at % 3])
            _, took = _timed(lambda: _decide(write, card, change))  # noqa: B023  called now
            decisions.append(took)
            after = card.id
        _say(f"{kind} {rows:,} {order}: next card", cards, CARD_MS)
        if decisions:
            _say(f"{kind} {rows:,} {order}: decision", decisions, DECISION_MS)
    engine.dispose()


def _card(sessions: Both, walk: Walk, who: Reviewer, after: int) -> object:
    return queueing.hand_out(*sessions, stock.SLUG, walk, who, after=after)


def _decide(write: Sessions, card: SampleView, change: Change) -> object:
    with write() as session:
        return review.decide(
            session, stock.SLUG, card.id, change, version=card.version, actor="mia"
        )


def _crowd(kind: str, rows: int, address: str) -> None:
    """Fifty reviewers over HTTP, each deciding once in three seconds through the queue's form.

    Twice: beginning as the server does, which warms up meanwhile, and after that.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), database=address, encoder="hashing", worker=False) as server,
    ):
        for first, when in enumerate(("as the server starts", "then")):
            took: list[float] = []
            crowd = [
                threading.Thread(target=_review, args=(server, 100 * first + number, took))
                for number in range(REVIEWERS)
            ]
            before = _processor(server)
            for one in crowd:
                one.start()
            for one in crowd:
                one.join()
            spent = _processor(server) - before
            what = f"{kind} {rows:,}: {REVIEWERS} reviewers, decision and next card, {when}"
            _say(what, took, CROWD_MS)
            print(f"    web process: {1000 * spent / len(took):.0f} ms of processor a round")


def _processor(server: Server) -> float:
    """Seconds of processor that the web process has taken."""
    assert server.web is not None
    times = psutil.Process(server.web.pid).cpu_times()
    return float(times.user + times.system)


def _review(server: Server, number: int, took: list[float]) -> None:
    """One reviewer: a different stretch of the queue each, as leases would give them.

    The standard library's client, for all fifty share one process: httpx spends as long on a
    request as the server does, and what they waited for was one another.
    """
    with closing(HTTPConnection(server.address.partition("//")[2], timeout=60)) as client:
        time.sleep(PAUSE_SECONDS * (number % REVIEWERS) / REVIEWERS)
        at, end = 1 + 11 + number * 1_000, time.monotonic() + SECONDS
        while time.monotonic() < end:
            began = time.perf_counter()
            decision = f"/d/{stock.SLUG}/s/{at}/decision"
            _ask(client, server, decision, "status=approved&version=1&place=kept")
            _ask(client, server, f"/d/{stock.SLUG}/review?after={at}")
            spent = time.perf_counter() - began
            took.append(1000 * spent)
            at += 1
            time.sleep(max(0.0, PAUSE_SECONDS - spent))


def _ask(client: HTTPConnection, server: Server, address: str, form: str = "") -> None:
    """Send a form, or get a page, and read the answer to its end."""
    headers = {"Authorization": f"Bearer {server.token}", "HX-Request": "true"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    client.request("POST" if form else "GET", address, form or None, headers)
    answer = client.getresponse()
    body = answer.read()
    # What one reviewer alone has decided before is a conflict, which takes as long.
    assert answer.status in ((204, 409) if form else (200,)), body[:300]


def _timed(act: Callable[[], object]) -> tuple[object, float]:
    began = time.perf_counter()
    found = act()
    return found, 1000 * (time.perf_counter() - began)


def _say(what: str, took: list[float], limit: float) -> None:
    middle, late = np.percentile(took, [50, 95])
    word = "holds" if late <= limit else "MISSES"
    load = os.getloadavg()[0]
    print(
        f"{what}: median {middle:.1f} ms, p95 {late:.1f} ms, n {len(took)};"
        f" limit {limit:.0f} ms {word}; load {load:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 1_000_000, *given[1:2])
