"""Keys that overtake the server: each answer is held back until the next keys are pressed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.server import Server, serving
from tests.stocked import stock_sets

pytestmark = pytest.mark.browser

SLUGS = ("row", "page", "turn", "wait", "text", "view")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("fast")
    with serving(folder, encoder="hashing", worker=False) as running:
        stock_sets(running.database, dict.fromkeys(SLUGS, 5))
        yield running


@pytest.fixture(scope="module")
def cookies(server: Server, chrome: Browser) -> Any:
    return server.cookies(chrome)


class Way:
    """The way from a page to the server, which can be closed for a while."""

    def __init__(self, page: Page) -> None:
        self.closed: re.Pattern[str] | None = None
        self.held: list[Route] = []
        page.route("**/d/**", self._decide)  # before the first page, so that no request is missed

    def _decide(self, route: Route) -> None:
        if self.closed and self.closed.search(route.request.url):
            self.held.append(route)
        else:
            route.continue_()

    @contextmanager
    def held_back(self, pattern: str) -> Iterator[None]:
        """What is asked for meanwhile arrives at the server afterwards, in the same order."""
        self.closed = re.compile(pattern)
        yield
        self.closed = None
        while self.held:
            self.held.pop(0).continue_()


@pytest.fixture
def page(server: Server, chrome: Browser, cookies: Any) -> Iterator[Page]:
    context = chrome.new_context(base_url=server.address, viewport={"width": 1300, "height": 900})
    context.add_cookies(cookies)
    yield context.new_page()
    context.close()


@pytest.fixture
def way(page: Page) -> Way:
    return Way(page)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def samples(server: Server, slug: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.get(f"/api/v1/datasets/{slug}/samples").json()["items"]
    return found


def happened(server: Server, number: int) -> list[str]:
    """The kinds of what happened to a sample, the oldest first."""
    items = server.get(f"/api/v1/samples/{number}/history").json()["items"]
    return sorted(item["kind"] for item in items)


def test_each_row_of_a_list_is_decided_however_fast_the_keys_are(
    server: Server, page: Page, way: Way
) -> None:
    page.goto("/d/row/samples")
    with way.held_back(r"/decision\b"):
        press(page, "j", "f", "a", "x", "n", "t", "a", "/")
        page.keyboard.type("axn")
    expect(page.locator("#rows tr:nth-child(3).needs_work")).to_be_visible()
    assert page.input_value("input[name=q]") == "axn", "an answer leaves the focus where it is"
    expect(page.locator("#rows tr:nth-child(4).approved")).to_be_visible()
    found = samples(server, "row")
    assert [it["status"] for it in found] == [
        "approved", "rejected", "needs_work", "approved", "pending",
    ]  # fmt: skip
    assert happened(server, found[0]["id"]) == ["decided", "flagged"], "no conflict with oneself"
    assert happened(server, found[1]["id"]) == ["decided"]
    expect(page.locator(".toast")).to_have_count(0)


def test_on_a_samples_page_no_key_is_lost_and_a_note_stays_a_note(
    server: Server, page: Page, way: Way
) -> None:
    number = samples(server, "page")[0]["id"]
    page.goto(f"/d/page/s/{number}")
    with way.held_back(r"/decision\b"):
        press(page, "f", "]", "]", "a", "x", "m")
        page.keyboard.type("nax")
    expect(page.locator("#main [data-saved]")).to_contain_text("Saved")
    page.keyboard.type(" still")
    assert page.input_value("textarea[name=note]") == "nax still"
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-state]")).to_contain_text("rejected")
    expect(page.locator(".history")).to_contain_text("nax still")
    told = server.get(f"/api/v1/samples/{number}").json()
    assert (told["status"], told["flagged"], told["quality"]) == ("rejected", True, 2)
    expect(page.locator(".toast")).to_have_count(0)


def test_an_undo_takes_back_that_one_waits_for_the_next_card(
    server: Server, page: Page, way: Way
) -> None:
    page.goto("/d/wait/review")
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    with way.held_back(r"/review\?"):
        press(page, "a")
        second = page.inner_text("h1")
        press(page, "x")
        expect(page.locator("main[aria-busy=true]")).to_be_attached()
        press(page, "z")
        expect(page.locator("#main [data-saved]")).to_contain_text("Undone")
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    assert page.inner_text("h1") == second, "the undone card stays until it is decided"
    press(page, "n")
    expect(page.locator("#main h1")).not_to_have_text(second)
    expect(page.locator("#main [data-saved]")).to_contain_text("Saved")
    assert [it["status"] for it in samples(server, "wait")[:3]] == [
        "approved", "needs_work", "pending",
    ]  # fmt: skip


def test_what_is_undone_and_done_again_before_it_is_saved_keeps_its_order(
    server: Server, page: Page, way: Way
) -> None:
    page.goto("/d/turn/review")
    first = page.inner_text("h1")
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    with way.held_back(r"/decision\b"):
        press(page, "a")
        page.wait_for_selector("#ahead[data-kept]", state="attached")
        press(page, "x", "z", "z", "Shift+Z", "a")
    expect(page.locator("#main [data-saved]")).to_contain_text("Done again")
    assert page.inner_text("h1") == first
    ids = [it["id"] for it in samples(server, "turn")]
    assert [it["status"] for it in samples(server, "turn")[:3]] == [
        "approved", "pending", "pending",
    ]  # fmt: skip
    assert [len(happened(server, number)) for number in ids[:3]] == [3, 2, 0]
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    press(page, "f")
    expect(page.locator("#main [data-saved]")).to_contain_text("Saved")
    assert len(happened(server, ids[0])) == 4, "nothing waits any more"
    two_undone_in_a_list(server, page, way)


def two_undone_in_a_list(server: Server, page: Page, way: Way) -> None:
    """Undo pressed twice undoes two acts, and both after what was decided before."""
    page.goto("/d/turn/samples")
    with page.expect_response("**/turn/samples"), way.held_back(r"/decision\b"):
        press(page, "j", "j", "n", "n", "z", "z")
    expect(page.locator("#rows tr.needs_work")).to_have_count(0)
    assert [it["status"] for it in samples(server, "turn")[:3]] == [
        "approved", "pending", "pending",
    ]  # fmt: skip


def test_what_is_typed_into_an_edit_is_not_lost_with_an_older_answer(
    server: Server, page: Page, way: Way
) -> None:
    number = samples(server, "text")[0]["id"]
    page.goto(f"/d/text/s/{number}/edit")
    field = page.locator("textarea[name=content]").first
    field.fill("asked")
    with way.held_back("/edit$"):
        page.get_by_role("button", name="Show the changes").click()
        field.focus()
        page.keyboard.type(" lost")
        assert field.input_value() == "asked"
    expect(page.locator("form[data-changed]")).to_be_attached()
    assert field.input_value() == "asked"
    with way.held_back("/edit$"):
        press(page, "Control+Enter", "Control+Enter")
    page.wait_for_url(f"**/s/{number}")
    assert happened(server, number) == ["edited"]


def test_a_form_pressed_twice_is_sent_once(page: Page, way: Way) -> None:
    page.goto("/d/view/samples?q=question")
    page.locator("summary", has_text="Views").click()
    page.get_by_placeholder("Name of this view").fill("mine")
    sent: list[str] = []
    page.on("request", lambda it: sent.append(it.url) if it.method == "POST" else None)
    with way.held_back("/views"):
        press(page, "Enter", "Enter", "Enter")
    page.wait_for_url("**/samples?**")
    expect(page.locator(".views a")).to_have_count(1)
    assert len(sent) == 1
