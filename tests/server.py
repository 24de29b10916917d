"""The real thing for tests and benchmarks: a web process, a worker process, a token."""

import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
from sqlmodel import Session

from app.curation import access
from app.storage import datasets
from app.storage.access import Role
from app.storage.database import connect, writing
from app.storage.migration import migrate
from tests import encoder_cache

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
# Made once: httpx reads every certificate for each request, 40 ms, though all is plain http here.
TLS = ssl.create_default_context()
START_SECONDS = 180


@dataclass
class Server:
    """A running Dartboard."""

    address: str  # http://127.0.0.1:port
    database: str
    folder: Path
    token: str = ""
    web: "subprocess.Popen[bytes] | None" = None
    worker: "subprocess.Popen[bytes] | None" = None
    environment: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET with the token."""
        return self._ask("GET", path, options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """POST with the token."""
        return self._ask("POST", path, options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        """PUT with the token."""
        return self._ask("PUT", path, options)

    def new_dataset(self, name: str) -> None:
        """Add an empty data set."""
        with _writing(self.database) as session:
            datasets.add(session, name)

    def login_link(self) -> str:
        """A fresh one-time link."""
        with _writing(self.database) as session:
            secret = access.new_login_link(session)
        return f"{self.address}/login?token={secret}"

    def cookies(self, browser: "Browser") -> Any:
        """What a browser keeps of somebody who has logged in."""
        context = browser.new_context()
        context.new_page().goto(self.login_link())
        kept = context.cookies()
        context.close()
        return kept

    def wait_for_board(self, slug: str, *, seconds: float = 300) -> dict[str, Any]:
        """Wait until every sample is placed; return the board."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            board: dict[str, Any] = self.get(f"/api/v1/datasets/{slug}/board").json()
            if board["frame"] and not board["counts"]["waiting"]:
                return board
            time.sleep(0.1)
        raise TimeoutError(f"no board after {seconds} s")

    def wait_until_idle(self, *, seconds: float = 300) -> None:
        """Wait until no job waits or runs any more."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.get("/api/v1/jobs").json()["items"]
            if not any(job["state"] in ("queued", "running") for job in found):
                return
            time.sleep(0.1)
        raise TimeoutError(f"jobs still run after {seconds} s")

    def start_web(self) -> None:
        """Start the web process and wait until it answers."""
        port = self.address.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", port]
        # A file of its own: its lines would run into what a benchmark prints.
        with (self.folder / "web.log").open("ab") as log:
            self.web = subprocess.Popen(
                [*command, "--log-level", "warning"], env=self.environment, cwd=ROOT, stdout=log
            )
        _wait_until_ready(self)

    def start_worker(self) -> None:
        """Start the worker process."""
        command = [sys.executable, "-m", "app.worker.main"]
        self.worker = subprocess.Popen(command, env=self.environment, cwd=ROOT)

    def stop_worker(self) -> None:
        """End the worker process."""
        _end(self.worker)
        self.worker = None

    def memory(self, process: "subprocess.Popen[bytes] | None") -> int:
        """Resident bytes of a process; 0 when it is gone."""
        if process is None or process.poll() is not None:
            return 0
        return int(psutil.Process(process.pid).memory_info().rss)

    def _ask(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return httpx.request(
            method, self.address + path, headers=headers, verify=TLS, timeout=120, **options
        )


@contextmanager
def serving(
    folder: Path,
    *,
    database: str = "",
    encoder: str = "default",
    worker: bool = True,
    more: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Start web and worker over an empty database; end both afterwards."""
    database = database or f"sqlite:///{folder / 'dartboard.db'}"
    port = free_port()
    environment = {
        **os.environ,
        "DARTBOARD_DATABASE_URL": database,
        "DARTBOARD_DATA_DIR": str(folder),
        "DARTBOARD_ENCODER": encoder,
        # One token does here in a minute what many people do.
        "DARTBOARD_REQUESTS_PER_MINUTE": "0",
        "DARTBOARD_STRANGERS_PER_MINUTE": "0",
        "DARTBOARD_LOGINS_PER_MINUTE": "0",
        "DARTBOARD_UPLOADS_AT_ONCE": "0",
        "DARTBOARD_JOBS_PER_PERSON": "0",
        **(more or {}),
    }
    if encoder == "default":
        # Built once for all tests, not for each.
        (folder / "models").symlink_to(encoder_cache.folder())
    server = Server(f"http://127.0.0.1:{port}", database, folder, environment=environment)
    engine = connect(database)
    migrate(engine, ROOT / "migrations")
    with writing(engine)() as session:
        server.token = access.new_token(session, "test", Role.ADMIN)
    engine.dispose()
    try:
        server.start_web()
        if worker:
            server.start_worker()
        yield server
    finally:
        _end(server.worker)
        _end(server.web)


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.web is not None
        assert server.web.poll() is None, "the web process ended at its start"
        try:
            if httpx.get(server.address + "/healthz", verify=TLS).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the web process does not answer")


@contextmanager
def _writing(database: str) -> Iterator[Session]:
    engine = connect(database)
    try:
        with writing(engine)() as session:
            yield session
    finally:
        engine.dispose()


def free_port() -> int:
    """A port for a server: below those that the system gives to connections meanwhile.

    Test processes that run at once choose among different ones.
    """
    first = 20_000 + 3_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 4)
    while True:
        port = random.SystemRandom().randrange(first, first + 3_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):  # nobody listens
                return port


def _end(process: "subprocess.Popen[bytes] | None") -> None:
    if process is not None and process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
