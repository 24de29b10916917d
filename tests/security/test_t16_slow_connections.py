"""T16: connections that want nothing, bodies that come in drops, too many files at once."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.storage.database import Sessions
from app.web import connections
from app.web.rates import TooManyUploadsError
from app.web.sizes import Limit
from tests import web_client

HEADER_SECONDS = 1.0
READING_SECONDS = 2.0
LARGE = 30 * 1024**2


async def give_much(_scope: Scope, _receive: Receive, send: Send) -> None:
    """More than the buffers of any kernel hold, in one piece."""
    length = (b"content-length", str(LARGE).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": b"x" * LARGE})


@pytest.fixture(scope="module")
def running(lasting_house: tuple[Path, Sessions, Sessions]) -> Iterator[uvicorn.Server]:
    """A real server with little patience, as `dartboard serve` runs it."""
    app = web_client.make_app(*lasting_house)

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        is_large = scope.get("path") == "/large"
        await (give_much if is_large else app)(scope, receive, send)

    config = uvicorn.Config(
        front,
        http=connections.prompt(header_seconds=HEADER_SECONDS, reading_seconds=READING_SECONDS),
        port=0,
        log_config=None,
        access_log=False,
        timeout_keep_alive=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def port(running: uvicorn.Server) -> int:
    found: int = running.servers[0].sockets[0].getsockname()[1]
    return found


def say(port: int, words: bytes) -> socket.socket:
    """A connection on which this was said at once."""
    client = socket.create_connection(("127.0.0.1", port), 120)
    client.sendall(words)
    return client


def answer_on(client: socket.socket) -> bytes:
    """All that the server answers, until it closes."""
    with closing(client):
        return b"".join(iter(lambda: client.recv(64 * 1024), b""))


def test_t16_a_connection_that_does_not_say_what_it_wants_is_closed(port: int) -> None:
    silence, half_a_line, half_a_head = b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    clients = [say(port, words) for words in (silence, half_a_line, half_a_head)]
    assert [answer_on(client) for client in clients] == [b"", b"", b""]


def test_t16_a_second_request_on_a_connection_has_no_more_time_than_the_first(port: int) -> None:
    first = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    told = answer_on(say(port, first + b"GET /health"))
    assert told.count(b"HTTP/1.1") == 1
    assert told.startswith(b"HTTP/1.1 200")


def test_t16_two_hundred_slow_connections_do_not_keep_others_out(port: int) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with ExitStack() as held:
        for _ in range(200):
            held.enter_context(say(port, b"POST /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: "))
        assert answer_on(say(port, request)).startswith(b"HTTP/1.1 200")


def asking_for_much(port: int) -> socket.socket:
    reader = socket.socket()
    reader.settimeout(120)
    # Else the kernel takes megabytes for one who reads nothing yet, and tells nobody for seconds.
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    reader.connect(("127.0.0.1", port))
    reader.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return reader


def test_t16_who_does_not_read_the_answer_is_given_up(running: uvicorn.Server, port: int) -> None:
    with closing(asking_for_much(port)) as reader:
        reader.recv(1_000)
        held, deadline = running.server_state.connections, time.monotonic() + 120
        while held and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not held


def test_t16_who_reads_slowly_but_steadily_gets_it_all(port: int) -> None:
    got = 0
    with closing(asking_for_much(port)) as reader:
        # Longer than the server's patience with one who reads nothing at all.
        for _ in range(60):
            got += len(reader.recv(64 * 1024))
            time.sleep(0.05)
        while piece := reader.recv(1024**2):
            got += len(piece)
    assert got > LARGE


def test_t16_a_body_that_comes_in_drops_is_given_up(
    lasting_house: tuple[Path, Sessions, Sessions],
) -> None:
    app = web_client.make_app(*lasting_house)
    app.state.house = replace(app.state.house, upload_limit=Limit(1_000_000, 0.05))

    async def ask() -> int:
        sent: list[int] = []

        async def receive() -> dict[str, object]:
            await asyncio.sleep(60)
            raise AssertionError

        async def send(message: dict[str, object]) -> None:
            sent.extend(v for k, v in message.items() if k == "status" and isinstance(v, int))

        with web_client.bearing(app) as program:
            headers = [(b"host", b"localhost"), (b"content-length", b"10")]
            headers.append((b"authorization", program.headers["authorization"].encode()))
        path = "/api/v1/datasets/recipes/uploads"
        scope = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
            "headers": headers, "query_string": b"", "scheme": "http", "http_version": "1.1",
            "server": ("localhost", 80), "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        await app(scope, receive, send)  # type: ignore[arg-type]
        return sent[0]

    assert asyncio.run(ask()) == 408
    assert not list((lasting_house[0] / "spool").glob("*.partial"))


def test_t16_nobody_sends_more_than_two_files_at_once(
    lasting_app: FastAPI, admin: TestClient
) -> None:
    rates = lasting_app.state.house.rates
    path = "/api/v1/datasets/recipes/uploads"
    with rates.sending("admin"), rates.sending("ben"), rates.sending("ben"):
        assert admin.post(path, content=b"{}").status_code == 202
        with rates.sending("admin"):
            refused = admin.post(path, content=b"{}")
        with pytest.raises(TooManyUploadsError), rates.sending("ben"):
            pass
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_uploads")
    assert refused.headers["retry-after"] == "1"
    assert admin.post(path, content=b"{}").status_code == 202
