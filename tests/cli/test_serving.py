"""`dartboard serve` as a person starts it: a process with one child, a link, an end."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from typer.testing import CliRunner

from app.cli import commands, locks
from tests.server import TLS

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"Open (http://127\.0\.0\.1:\d+)/login\?token=([\w-]{43})\n")
COMMANDS = "serve worker import board decide export version versions diff token login doctor"
PROGRAM = "from app.cli import main; main()"


def command(*arguments: str) -> dict[str, Any]:
    known = {name: value for name, value in os.environ.items() if "DARTBOARD" not in name}
    environment = {**known, "PYTHONPATH": str(ROOT), "DARTBOARD_ENCODER": "hashing"}
    return {"args": [sys.executable, "-c", PROGRAM, *arguments], "env": environment, "text": True}


@contextmanager
def serving(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A server on a free port: its process, its address, the secret of its link."""
    wish = command("serve", "--no-browser", "--port", "0", "--data-dir", str(folder), *more)
    log = folder.with_suffix(".log").open("w")
    with log, subprocess.Popen(**wish, stdout=subprocess.PIPE, stderr=log) as process:
        try:
            assert process.stdout is not None
            found = LINK.fullmatch(process.stdout.readline())
            assert found, folder.with_suffix(".log").read_text()
            yield process, found[1], found[2]
        finally:
            process.terminate()
            process.wait(60)


def client(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, follow_redirects=True, verify=TLS, timeout=120)


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_a_server_prints_its_link_works_in_private_and_ends_with_its_worker(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder, "--demo") as (process, address, secret), ExitStack() as stack:
        assert httpx.get(f"{address}/healthz", verify=TLS, timeout=120).status_code == 200
        assert httpx.get(address, verify=TLS, timeout=120).status_code in (303, 401)
        browser = stack.enter_context(client(address))
        page = browser.get("/login", params={"token": secret})
        assert page.status_code == 200
        assert "Everyday fixes" in page.text
        assert folder.stat().st_mode & 0o777 == 0o700
        assert locks.is_held(folder / locks.SERVER)
        server = psutil.Process(process.pid)
        wait_for(server.children)
        (worker,) = server.children()

        def is_drawn() -> bool:
            answer = browser.get("/api/v1/datasets/everyday-fixes/board")
            return answer.status_code == 200 and answer.json()["counts"]["waiting"] == 0

        wait_for(is_drawn)
        loose = [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]
        assert loose == []  # T32
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        wait_for(lambda: not worker.is_running())
    assert not locks.is_held(folder / locks.SERVER)
    log = folder.with_suffix(".log").read_text()
    assert secret not in log
    assert "Traceback" not in log


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (process, address, _):
        server = psutil.Process(process.pid)
        wait_for(server.children)
        (first,) = server.children()
        first.kill()
        wait_for(lambda: [c for c in server.children() if c.pid != first.pid])
        assert httpx.get(f"{address}/healthz", verify=TLS, timeout=120).status_code == 200


def test_one_data_folder_has_one_server_and_one_port_too(tmp_path: Path) -> None:
    folder, other = tmp_path / "data", tmp_path / "other"
    with serving(folder) as (_, address, _):
        port = address.rsplit(":", 1)[1]
        for place, words in ((folder, "Another `dartboard serve`"), (other, f"port {port}")):
            ask = command("serve", "--no-browser", "--port", port, "--data-dir", str(place))
            result = subprocess.run(**ask, capture_output=True, timeout=120, check=False)
            assert result.returncode == 2
            assert words in result.stderr
            assert result.stdout == ""


def test_a_command_beside_a_server_lets_its_worker_work(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder) as (_process, address, secret):
        ask = command("import", "-", "--dataset", "eggs", "--json", "--data-dir", str(folder))
        line = '{"prompt": "How long?", "completion": "Six minutes."}\n'
        result = subprocess.run(**ask, input=line, capture_output=True, timeout=120, check=True)
        assert '"accepted":1' in result.stdout
        with client(address) as browser:
            browser.get("/login", params={"token": secret})
            assert browser.get("/api/v1/datasets/eggs/samples").json()["items"]


def test_a_second_worker_can_be_started_and_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    ask = command("worker", "--data-dir", str(folder))
    with subprocess.Popen(**ask, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: locks.is_held(folder / locks.WORKER))
        process.terminate()
        assert process.wait(60) in (0, -signal.SIGTERM)


def test_every_command_explains_itself_and_takes_the_two_options() -> None:
    for name in COMMANDS.split():
        result = CliRunner().invoke(commands, [name, "--help"], env={"COLUMNS": "200"})
        assert result.exit_code == 0
        assert "--data-dir" in result.stdout, name
        assert "--json" in result.stdout, name
