"""T31, T33 and T35: what listens, what is fetched, what stays open."""

import itertools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, Request
from starlette.routing import WebSocketRoute

from app.settings import Settings
from tests.server import Server, serving

ROOT = Path(__file__).parents[2]
CODE = [*(ROOT / "app").rglob("*.py")]
PAGES = [*(ROOT / "templates").rglob("*.html")]
ASSETS = [*(ROOT / "static" / "js").glob("*.js"), *(ROOT / "static" / "css").glob("*.css")]
ENGINES = ("ray", "dask", "distributed", "pyspark", "celery")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Web and worker, as `dartboard serve` starts them."""
    with serving(tmp_path_factory.mktemp("machine"), encoder="hashing") as running:
        running.new_dataset("recipes")
        body = b'{"prompt": "hi", "completion": "yo"}'
        running.post("/api/v1/datasets/recipes/uploads", content=body)
        running.wait_until_idle()
        yield running


def test_t31_one_address_listens_and_it_is_this_machines(server: Server) -> None:
    assert server.web
    assert server.worker
    listening = [
        connection.laddr
        for process in (server.web.pid, server.worker.pid)
        for one in (psutil.Process(process), *psutil.Process(process).children(recursive=True))
        for connection in one.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert [(address.ip, address.port) for address in listening] == [
        ("127.0.0.1", int(server.address.rpartition(":")[2]))
    ]


def test_t31_no_engine_that_listens_is_among_the_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[=\[;<> ]", line)[0].lower() for line in project["dependencies"]}
    locked = {line.partition("==")[0].lower() for line in _locked("requirements.lock")}
    assert not (names | locked) & set(ENGINES)
    for path in CODE:
        found = re.findall(r"^\s*(?:import|from) (\w+)", path.read_text(), re.MULTILINE)
        assert not set(found) & set(ENGINES), path


def test_t31_it_listens_on_loopback_unless_told_otherwise() -> None:
    assert Settings.model_fields["host"].default == "127.0.0.1"


@pytest.mark.browser
def test_t33_no_page_asks_anybody_else_for_anything(server: Server, chrome: Browser) -> None:
    asked: list[str] = []
    context = chrome.new_context()
    context.on("request", lambda request: asked.append(_address(request)))
    page = context.new_page()
    page.goto(server.login_link())
    for path in ("/", "/d/recipes/board", "/d/recipes/samples", "/d/recipes/export", "/jobs"):
        page.goto(server.address + path)
        page.wait_for_load_state("networkidle")
    context.close()
    assert len(asked) > 20
    assert not [address for address in asked if not address.startswith(server.address)]


@pytest.mark.parametrize("path", [*PAGES, *ASSETS], ids=lambda path: path.name)
def test_t33_nothing_is_named_that_lies_elsewhere(path: Path) -> None:
    source = path.read_text()
    loaded = re.findall(
        r"""(?:src|href|action|poster)=["']?((?:https?:)?//[^"'\s>]+)|@import|url\(["']?(https?:[^)]+)"""
        r"""|(?:import|fetch)\(?\s*["'](https?:[^"']+)""",
        source,
    )
    assert not loaded


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", []), ("requirements-dev.lock", ["dev"])]
)
def test_t33_every_dependency_is_locked_to_the_hashes_of_one_version(
    lock: str, extras: list[str]
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = _locked(lock)
    groups = [project["dependencies"], *(project["optional-dependencies"][name] for name in extras)]
    for line in itertools.chain(*groups):
        name, _, version = line.partition(";")[0].strip().partition("==")
        plain = name.partition("[")[0].lower().replace("_", "-")
        assert version, f"{line} is not pinned"
        if plain != "torch":
            assert locked.get(plain) == version.strip(), f"{line} is not in {lock}"


def test_t33_torch_is_pinned_wherever_it_is_installed() -> None:
    """It has no hash: which build fits, and what it brings along, differs by machine."""
    for name in ("pyproject.toml", "Makefile", "Dockerfile"):
        assert set(re.findall(r"\btorch==([\d.]+)", (ROOT / name).read_text())) == {"2.13.0"}, name


def test_t33_no_telemetry_module_can_be_imported_by_encoders() -> None:
    script = (
        "from app.encoders import network; network.forbid(); import os, sys;"
        "assert sys.modules['openvino_telemetry'] is None;"
        "assert os.environ['HF_HUB_OFFLINE'] == '1'"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_t35_there_is_no_socket_and_no_stream_of_events(lasting_app: FastAPI) -> None:
    routes = list(iter_route_contexts(lasting_app.routes))
    assert routes
    assert not [route for route in lasting_app.routes if isinstance(route, WebSocketRoute)]
    for path in (*CODE, *PAGES, *ASSETS):
        if path.name == "doors.py":
            continue  # which closes every one of them
        source = path.read_text().lower()
        for word in ("text/event-stream", "websocket", "eventsource", "hx-sse", "hx-ws"):
            assert word not in source, (path, word)


def _locked(name: str) -> dict[str, str]:
    """Version by name; each has its hashes."""
    found = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / name).read_text().strip()):
        told = re.match(r"([\w.-]+)==([\w.]+)", entry)
        assert told, entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"{told[1]} has no hash in {name}"
        found[told[1].lower().replace("_", "-")] = told[2]
    return found


def _address(request: Request) -> str:
    return request.url
