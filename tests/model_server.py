"""Somebody else's server: a small real HTTP server that answers as a test wants it to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

MEGABYTE = 1_000_000


@dataclass
class Answer:
    """What the server sends, whatever is asked."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1  # how often the body is sent
    pause: float = 0.0  # seconds between the times


@dataclass
class ModelServer:
    """The server's address, its next answers (the last one again and again), what it was asked."""

    url: str
    answers: list[Answer]
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


def saying(text: str) -> Answer:
    """A chat completion."""
    told = {"choices": [{"message": {"role": "assistant", "content": text}}]}
    return Answer(body=orjson.dumps(told))


@contextmanager
def serving(*answers: Answer) -> Iterator[ModelServer]:
    """A model server on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    model = ModelServer(f"http://127.0.0.1:{server.server_port}/v1", list(answers))
    server.model = model  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        model: ModelServer = self.server.model  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["content-length"]))
        model.asked.append(orjson.loads(body))
        model.headers.append({name.lower(): value for name, value in self.headers.items()})
        model.paths.append(self.path)
        answer = model.answers.pop(0) if len(model.answers) > 1 else model.answers[0]
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for _ in range(answer.times):
                self.wfile.write(answer.body)
                self.wfile.flush()
                time.sleep(answer.pause)
        except OSError:
            pass  # the caller hung up

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
