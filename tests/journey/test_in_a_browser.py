"""A curator's whole path in a real browser, on both databases: by page and by keyboard."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.server import Server

pytestmark = pytest.mark.browser

DEMO = Path(__file__).parents[2] / "static" / "demo"


@pytest.fixture
def page(any_server: Server, chrome: Browser) -> Iterator[Page]:
    """Somebody who has come in by the one-time link."""
    context = chrome.new_context(accept_downloads=True, viewport={"width": 1480, "height": 960})
    found = context.new_page()
    found.goto(any_server.login_link())
    yield found
    context.close()


def counted(server: Server, status: str) -> int:
    """How many samples have this status."""
    asked = server.get(f"/api/v1/datasets/journey/samples?status={status}").json()
    return len(asked["items"])


def expect_counted(server: Server, wanted: dict[str, int]) -> None:
    """Wait until so many samples have each status: the page does not wait for the server."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if all(counted(server, status) == number for status, number in wanted.items()):
            return
        time.sleep(0.1)
    assert {status: counted(server, status) for status in wanted} == wanted


def press_and_move_on(page: Page, key: str) -> None:
    before = page.evaluate("location.href")  # `page.url` hears of it later
    page.keyboard.press(key)
    page.wait_for_function("url => location.href !== url", arg=before)


def bring_in(page: Page, server: Server) -> None:
    """Make a data set and upload a file, by page."""
    page.goto(server.address)
    page.get_by_label("Name").first.fill("Journey")
    page.get_by_role("button", name="Create").first.click()
    expect(page).to_have_url(f"{server.address}/d/journey/import")
    page.wait_for_load_state()  # the script that sends a chosen file is there
    page.locator("input[type=file]").first.set_input_files(DEMO / "everyday.jsonl")
    page.wait_for_url("**/uploads/*/check")
    page.get_by_role("button", name="Import 407 samples").click()
    page.wait_for_url(re.compile(r"/uploads/\d+$"))
    expect(page.get_by_text("407").first).to_be_visible(timeout=120_000)


def download(page: Page, server: Server) -> list[bytes]:
    """Export what is approved, by page; the lines of the file."""
    page.goto(f"{server.address}/d/journey/export")
    page.wait_for_selector("#preview:not([aria-busy])")  # it pushes the button down
    page.get_by_role("button", name="Export").last.click()
    page.wait_for_url("**/exports/*")
    link = page.get_by_role("link", name="train.jsonl")
    expect(link.first).to_be_visible(timeout=120_000)
    with page.expect_download() as told:
        link.first.click()
    return told.value.path().read_bytes().splitlines()


def test_from_an_empty_instance_to_a_file_for_the_trainer(page: Page, any_server: Server) -> None:
    bring_in(page, any_server)
    any_server.wait_for_board("journey")
    any_server.wait_until_idle()  # a page reloads itself when its job is done
    page.goto(f"{any_server.address}/d/journey/board")
    expect(page.locator(".score")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#chosen")).to_be_visible()

    page.goto(f"{any_server.address}/d/journey/review")
    for key in ("a", "a", "x", "n"):
        press_and_move_on(page, key)
    expect_counted(any_server, {"approved": 2, "rejected": 1, "needs_work": 1})
    page.keyboard.press("z")
    expect_counted(any_server, {"approved": 2, "rejected": 1, "needs_work": 0})

    wish = {"query": "label=phone", "status": "approved"}
    any_server.post("/api/v1/datasets/journey/decisions", json=wish)
    lines = download(page, any_server)
    assert len(lines) == counted(any_server, "approved")
    assert all("messages" in orjson.loads(line) for line in lines)
