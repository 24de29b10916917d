"""Darts, selections, downloads and the map in a real browser, on a real server and worker."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import axe
from tests.server import Server, serving

pytestmark = pytest.mark.browser

WORDS = ("bread", "soup", "cake", "salad", "stew", "pie")
SLUG = "recipes"
SHOWN = """() => {
  const canvas = document.getElementById("darts");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let seen = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at]) seen += 1;
  return seen;
}"""

SEEN = """() =>
  document.querySelector("#stage svg.below").getAttribute("viewBox").split(" ").map(Number)
"""


def lines(count: int, key: str) -> bytes:
    told = [
        f"how do I make {WORDS[n % 6]} in {n} minutes with tool {n % 17}?" for n in range(count)
    ]
    return b"\n".join(orjson.dumps({key: text, "completion": "so"}) for text in told)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), encoder="hashing") as running:
        running.new_dataset(SLUG)
        sent = running.post(f"/api/v1/datasets/{SLUG}/uploads", content=lines(300, "prompt"))
        assert sent.status_code == 202, sent.text
        running.wait_for_board(SLUG)
        running.wait_until_idle()
        yield running


@pytest.fixture
def page(chrome: Browser, server: Server) -> Iterator[Page]:
    """A page of somebody who has logged in; an error in a script fails the test."""
    context = chrome.new_context(viewport={"width": 1400, "height": 900})
    opened, errors = context.new_page(), list[Any]()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    opened.goto(server.login_link())
    yield opened
    context.close()
    assert errors == []


def show(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.address}/d/{SLUG}/board?renderer=cpu{query}")
    until_drawn(page)


def until_drawn(page: Page) -> None:
    page.wait_for_selector("#stage[data-whole]", state="attached")  # the mask comes after the darts


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#darts").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, path: list[tuple[float, float]]) -> None:
    page.mouse.move(*path[0])
    page.mouse.down()
    for place in path[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def chip(page: Page) -> int:
    page.wait_for_selector("#selection-chip a[href]")
    return int(page.locator("#selection-chip a").inner_text().split()[0].replace(",", ""))


def test_the_renderer_can_be_chosen_and_darts_are_seen(page: Page, server: Server) -> None:
    show(page, server)
    assert page.locator("#stage").get_attribute("data-renderer") == "cpu"
    assert page.evaluate(SHOWN) > 300


def test_a_box_selects_what_lies_inside_and_the_list_obeys_it(page: Page, server: Server) -> None:
    show(page, server)
    x, y = middle(page)
    page.keyboard.press("b")
    drag(page, [(x, y - 290), (x + 420, y + 290)])
    right = chip(page)
    assert 0 < right < 300
    page.wait_for_url("**sel=s_*")
    page.keyboard.press("b")
    page.keyboard.down("Shift")
    drag(page, [(x - 420, y - 290), (x, y + 290)])
    page.keyboard.up("Shift")
    whole = chip(page)
    assert right < whole <= 300
    page.locator("#selection-chip a").click()
    page.wait_for_url("**/samples?sel=*")
    expect(page.locator("#counts")).to_contain_text(f"{whole:,}")


def test_a_lasso_is_kept_in_the_address(page: Page, server: Server) -> None:
    show(page, server)
    x, y = middle(page)
    page.keyboard.press("l")
    drag(page, [(x + 90, y), (x + 400, y - 60), (x + 400, y + 300), (x + 90, y + 200)])
    selected = chip(page)
    page.reload()
    until_drawn(page)
    assert chip(page) == selected
    page.keyboard.press("Escape")
    expect(page.locator("#selection-chip")).to_be_hidden()
    page.wait_for_url(lambda url: "sel=" not in url)


def test_a_filter_hides_what_it_does_not_find(page: Page, server: Server) -> None:
    show(page, server)
    whole = page.evaluate(SHOWN)
    show(page, server, "&q=bread")
    part = page.evaluate(SHOWN)
    assert 0.05 * whole < part < 0.4 * whole


def test_the_drawing_is_enlarged_moved_and_fitted_again(page: Page, server: Server) -> None:
    show(page, server)
    x, y = middle(page)
    whole = page.evaluate(SEEN)
    page.mouse.move(x + 100, y)
    page.mouse.wheel(0, -500)
    page.wait_for_function(f"whole => ({SEEN})()[2] < whole[2] / 2", arg=whole)
    near = page.evaluate(SEEN)
    drag(page, [(x + 100, y), (x - 50, y + 40)])
    page.wait_for_function(f"near => ({SEEN})()[0] > near[0]", arg=near)
    assert page.evaluate(SEEN)[2:] == near[2:]
    assert page.locator("#stage a[aria-current]").count() == 0  # a drag chooses no cell
    page.locator("[data-stage-act=fit]").click()
    page.wait_for_function(f"whole => ({SEEN})().join() === whole.join()", arg=whole)


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_the_board_can_be_taken_away(server: Server, page: Page, kind: str, begins: bytes) -> None:
    answer = page.request.get(f"{server.address}/d/{SLUG}/board/1/board.{kind}")
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.body().lstrip().startswith(begins)
    assert len(answer.body()) > 10_000


def test_the_map_is_drawn_when_somebody_opens_it(page: Page, server: Server) -> None:
    """Slow: the worker compiles UMAP once, about 10 s."""
    page.goto(f"{server.address}/d/{SLUG}/board?renderer=cpu&view=map")
    server.wait_until_idle()
    page.wait_for_selector("#stage", state="attached")  # it comes by itself
    until_drawn(page)
    assert page.evaluate(SHOWN) > 300
    assert "Distances between islands mean nothing" in page.locator("main").inner_text()
    x, y = middle(page)
    page.keyboard.press("b")
    drag(page, [(x - 420, y - 290), (x, y + 290)])
    assert 0 < chip(page) < 300
    for query in ("&view=map", "&color=length&view=map"):
        page.goto(f"{server.address}/d/{SLUG}/board?renderer=cpu{query}")
        until_drawn(page)
        assert axe.serious(page) == []
