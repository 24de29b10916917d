"""A large file over a bad line: what has arrived is never sent again, and nothing is changed."""

import hashlib
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, Route, expect

from tests.server import Server, serving

PART = 8 * 1024**2
URL = "/api/v1/datasets/large/uploads"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("large"), encoder="hashing", worker=False) as running:
        running.new_dataset("large")
        yield running


@pytest.fixture(scope="module")
def data() -> bytes:
    rows = ({"prompt": f"q{n} {'x' * 1_000_000}", "completion": "y"} for n in range(18))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.mark.browser
def test_a_broken_connection_and_a_reload_cost_only_what_was_on_its_way(
    server: Server, chrome: Browser, data: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "large.jsonl"
    file.write_bytes(data)
    page = chrome.new_page()
    page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"
    page.goto(server.login_link())
    page.goto(f"{server.address}/d/large/import")
    before = _spooled(server)
    sent: list[str] = []
    page.on("requestfinished", lambda request: sent.extend(_part_of(request)))
    page.route("**/parts/2", lambda route: route.abort())
    page.set_input_files("input[name=file]", file)
    expect(page.get_by_text("The connection is lost")).to_be_visible()
    page.reload()
    expect(page.get_by_text("choose the same file again to go on")).to_be_visible()
    page.unroute("**/parts/2")
    page.route("**/parts/3", _once_abort())
    page.set_input_files("input[name=file]", file)
    page.wait_for_url("**/check")
    assert sent == ["1", "2", "3"]
    assert _spooled(server) == [*before, hashlib.sha256(data).hexdigest()]
    page.close()


def test_a_server_that_dies_between_parts_still_holds_those_it_had(
    server: Server, data: bytes
) -> None:
    headers = {"Idempotency-Key": "dying"}
    begun = server.post(f"{URL}/parts", json={"bytes": len(data)}, headers=headers).json()
    assert server.put(f"{URL}/{begun['id']}/parts/2", content=data[PART : 2 * PART]).is_success
    assert server.web is not None
    server.web.send_signal(signal.SIGKILL)
    server.web.wait()
    server.start_web()
    again = server.post(f"{URL}/parts", json={"bytes": len(data)}, headers=headers).json()
    assert [part["number"] for part in again["held"]] == [2]
    for number in (1, 3):
        part = data[(number - 1) * PART : number * PART]
        assert server.put(f"{URL}/{begun['id']}/parts/{number}", content=part).is_success
    assert server.post(f"{URL}/{begun['id']}/complete").json()["state"] == "received"
    assert set(_spooled(server)) == {hashlib.sha256(data).hexdigest()}


def _part_of(request: Request) -> list[str]:
    is_part = request.method == "PUT" and "/parts/" in request.url
    return [request.url.rsplit("/", 1)[1]] if is_part else []


def _once_abort() -> Callable[[Route], None]:
    tries: list[Route] = []

    def handle(route: Route) -> None:
        tries.append(route)
        route.continue_() if len(tries) > 1 else route.abort()

    return handle


def _spooled(server: Server) -> list[str]:
    files = sorted((server.folder / "spool").glob("*"))
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
