"""Every page in a real browser: nothing in the console, nothing off the edge, and the keys work."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import axe
from tests.server import Server, serving

pytestmark = pytest.mark.browser

DEMO = Path(__file__).parents[2] / "static" / "demo"
SLUG = "everyday"
PAGES = {
    "datasets": "/",
    "board": f"/d/{SLUG}/board",
    "table": f"/d/{SLUG}/board?view=table",
    "import": f"/d/{SLUG}/import",
    "report": f"/d/{SLUG}/uploads/1",
    "samples": f"/d/{SLUG}/samples",
    "nothing matches": f"/d/{SLUG}/samples?q=xylophone",
    "sample": f"/d/{SLUG}/s/1",
    "review": f"/d/{SLUG}/review",
    "export": f"/d/{SLUG}/export?statuses=approved,pending",
    "versions": f"/d/{SLUG}/history",
    "jobs": "/jobs",
    "not found": "/d/nowhere/board",
}
FURTHER = {
    "edit": f"/d/{SLUG}/s/1/edit",
    "history of a sample": f"/d/{SLUG}/s/1/history",
    "activity": f"/d/{SLUG}/activity",
    "trash": f"/d/{SLUG}/trash",
    "labels": f"/d/{SLUG}/labels",
    "team": f"/d/{SLUG}/team",
    "members": f"/d/{SLUG}/members",
    "inbox": "/inbox",
    "keys": "/settings/keys",
    "people": "/settings/users",
}
"""Looked at in each theme at one width, and at the third for what it is as wide as."""
BOARDS = {
    "zoom": f"/d/{SLUG}/board?zoom=1",
    "comparison": f"/d/{SLUG}/board?cmp=v1",
    "version": f"/d/{SLUG}/board?cell=1.1&version=1",
    "coloured board": f"/d/{SLUG}/board?color=label&renderer=cpu",
}
"""Further looks at a board: they differ in what is drawn, not in how wide they are."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("look")) as running:
        running.new_dataset(SLUG)
        reference = (DEMO / "everyday_reference.jsonl").read_bytes()
        running.put(f"/api/v1/datasets/{SLUG}/target", content=reference)
        samples = (DEMO / "everyday.jsonl").read_bytes()
        running.post(f"/api/v1/datasets/{SLUG}/uploads", content=samples)
        running.wait_for_board(SLUG)
        running.post(f"/api/v1/datasets/{SLUG}/versions", json={})
        running.wait_until_idle()  # a page reloads itself when its job is done
        yield running


@pytest.fixture(scope="module")
def browser(chrome: Browser) -> Browser:
    return chrome


@pytest.fixture(scope="module")
def cookies(server: Server, browser: Browser) -> Any:
    return server.cookies(browser)


class Visitor:
    """Somebody who is logged in, at a window of some size; complaints of the browser are kept."""

    def __init__(self, browser: Browser, server: Server, cookies: Any, **options: Any) -> None:
        self.context = browser.new_context(base_url=server.address, **options)
        self.context.add_cookies(cookies)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda told: self._note(told.type, told.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "status of 404" not in text:
            self.complaints.append(text)

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


@pytest.fixture
def visitor(browser: Browser, server: Server, cookies: Any) -> Iterator[Visitor]:
    somebody = Visitor(browser, server, cookies, viewport={"width": 1480, "height": 960})
    yield somebody
    somebody.context.close()
    assert somebody.complaints == []


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1480), ("dark", 1480), ("light", 1024), ("dark", 400)]
)
def test_every_page_is_quiet_fits_and_is_accessible(
    browser: Browser, server: Server, cookies: Any, theme: Any, width: int
) -> None:
    size = {"width": width, "height": 900}
    somebody = Visitor(browser, server, cookies, viewport=size, color_scheme=theme)
    further = FURTHER if (theme, width) != ("dark", 1480) else {}
    for name, path in (PAGES | further | (BOARDS if width == 1480 else {})).items():
        page = somebody.open(path)
        page.wait_for_selector("[aria-busy=true]", state="detached")  # what it asks for by itself
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert width == 1024 or axe.serious(page) == [], name
        assert somebody.complaints == [], name
    somebody.context.close()


def test_the_darts_are_all_drawn(visitor: Visitor, server: Server) -> None:
    page = visitor.open(PAGES["board"])
    counts = server.get(f"/api/v1/datasets/{SLUG}/board").json()["counts"]
    expect(page.locator("#stage")).to_have_attribute("data-drawn", str(counts["placed"]))
    page = visitor.open(PAGES["board"] + "?renderer=none")
    assert page.get_attribute("#stage", "data-drawn") is None


def test_keys_lead_over_the_board_and_into_the_list(visitor: Visitor) -> None:
    page = visitor.open(PAGES["board"])
    page.keyboard.press("r")
    page.wait_for_url("**cell=*")
    first = page.url
    expect(page.locator("#chosen .tag.over_dense")).to_have_count(1)
    expect(page.locator("#live")).to_contain_text("over-dense")
    page.keyboard.press("g")
    page.wait_for_selector("#chosen .tag.gap")
    page.keyboard.press("ArrowUp")
    page.wait_for_function(
        "() => location.search.endsWith('=' + document.activeElement.dataset.cell)"
    )
    page.evaluate("setTimeout(() => history.go(-2))")
    page.wait_for_url(first)
    chosen = page.locator("#stage a[aria-current]")
    expect(chosen).to_have_attribute("data-cell", first.split("cell=")[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/samples?cell=*")
    assert page.locator("tr[data-row]").count() > 0


def test_every_key_of_the_board_does_what_the_table_says(visitor: Visitor) -> None:
    page = visitor.open(PAGES["board"])
    page.wait_for_selector("#stage[data-drawn]:not([data-drawn='0'])", state="attached")
    for key, tool in (("l", "lasso"), ("b", "box")):
        page.keyboard.press(key)
        expect(page.locator("#stage")).to_have_attribute("data-tool", tool)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.wait_for_selector("#chosen .tag.gap")
    page.keyboard.press("w")
    expect(page.locator("#write")).to_be_in_viewport()
    page.keyboard.press("+")
    page.wait_for_url("**zoom=*")
    page.keyboard.press("0")
    page.wait_for_url(lambda url: "zoom=" not in url)
    page.keyboard.press("c")
    expect(page.locator("#compare")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    page.keyboard.press("y")
    page.locator("#colour a", has_text="label").click()
    page.wait_for_url("**color=label*")
    assert page.locator(".legend.hues li").count() > 2
    page.keyboard.press("r")
    page.wait_for_selector("#chosen .tag.over_dense")
    assert "color=label" in page.url
    page.keyboard.press("t")
    page.wait_for_url("**/trim?cell=*")


INKS = """() => {
  const canvas = document.getElementById("darts");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Map();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 200) continue;
    const name = [data[at], data[at + 1], data[at + 2]].map((part) => part >> 5).join();
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  return [...seen.values()].filter((count) => count > 30).length;
}"""


def test_coloured_darts_have_more_hues_than_balanced_ones(visitor: Visitor) -> None:
    found = []
    for query in ("?renderer=cpu", "?color=label&renderer=cpu"):
        page = visitor.open(PAGES["board"] + query)
        page.wait_for_selector("#stage[data-whole]", state="attached")
        found.append(page.evaluate(INKS))
    assert found[0] <= 2
    assert found[1] >= 5


def test_escape_clears_the_selection(visitor: Visitor) -> None:
    page = visitor.open(PAGES["board"])
    page.keyboard.press("r")
    page.wait_for_selector("#chosen")
    page.keyboard.press("Escape")
    page.wait_for_selector("#chosen", state="detached")
    page.wait_for_url(lambda url: "cell=" not in url)


def test_a_click_on_a_cell_selects_it(visitor: Visitor) -> None:
    page = visitor.open(PAGES["board"])
    cell = page.locator("#stage a[data-cell]").nth(5)
    cell.dispatch_event("click")
    page.wait_for_selector("#chosen")
    page.wait_for_url(f"**cell={cell.get_attribute('data-cell')}")
    expect(page.locator("#stage a[aria-current=true]")).to_have_count(1)


def test_review_needs_no_mouse_and_undo_leads_back(visitor: Visitor) -> None:
    page = visitor.open(PAGES["review"])
    first = page.inner_text("h1")
    for key in ("a", "x", "n", "z", "z", "z"):
        before = page.inner_text("h1")
        page.keyboard.press(key)
        page.wait_for_function(
            "before => document.querySelector('h1').innerText !== before", arg=before
        )
    expect(page).to_have_url(re.compile(r"queue=1$"))
    assert page.inner_text("h1") == first
    assert page.inner_text("#panel .verdict .tag >> nth=0") == "pending"


def test_undo_overtakes_the_next_card_that_is_still_on_its_way(visitor: Visitor) -> None:
    page = visitor.open(PAGES["review"])
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    first = page.inner_text("h1")
    page.route("**/review?**", lambda _: None)
    page.keyboard.press("a")
    expect(page.locator("#main h1")).not_to_have_text(first)
    page.keyboard.press("z")
    expect(page.locator("#main h1")).to_have_text(first)
    with page.expect_response("**/review?**"):
        page.unroute("**/review?**")  # they go on
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    page.keyboard.press("a")
    expect(page.locator("#main h1")).not_to_have_text(first)
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    page.keyboard.press("z")
    expect(page.locator("#main h1")).to_have_text(first)


def test_undo_overtakes_the_next_card_that_the_decision_waits_for(visitor: Visitor) -> None:
    visitor.page.route("**/review?**", lambda _: None)
    page = visitor.open(PAGES["review"])
    first = page.inner_text("h1")
    page.keyboard.press("a")
    expect(page.locator("#main")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("z")
    expect(page.locator("#main")).not_to_have_attribute("aria-busy", "true")
    page.unroute("**/review?**")  # they go on
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    assert page.inner_text("h1") == first
    assert page.inner_text("#panel .verdict .tag >> nth=0") == "pending"


def test_undo_pressed_before_decisions_are_saved_undoes_each(visitor: Visitor) -> None:
    page = visitor.open(PAGES["review"])
    first = page.inner_text("h1")
    page.route("**/decision*", lambda _: None)
    for key in ("a", "x"):
        before = page.inner_text("h1")
        page.keyboard.press(key)
        expect(page.locator("#main h1")).not_to_have_text(before)
    for key in ("z", "z"):
        page.keyboard.press(key)
    page.unroute("**/decision*")
    expect(page.locator("#main h1")).to_have_text(first)
    expect(page.locator("#panel .verdict .tag").first).to_have_text("pending")


def test_undo_pressed_fast_undoes_each(visitor: Visitor) -> None:
    page = visitor.open(PAGES["review"])
    first = page.inner_text("h1")
    for key in ("a", "x", "n"):
        before = page.inner_text("h1")
        page.keyboard.press(key)
        expect(page.locator("#main h1")).not_to_have_text(before)
    expect(page.locator("#main [data-saved]")).to_contain_text("Saved")
    for key in ("z", "z", "z"):
        page.keyboard.press(key)
    expect(page.locator("#main h1")).to_have_text(first)
    assert page.inner_text("#panel .verdict .tag >> nth=0") == "pending"


def test_keys_decide_about_the_row_or_about_the_ticked_ones(visitor: Visitor) -> None:
    page = visitor.open(PAGES["samples"])
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.wait_for_selector("#rows tr:nth-child(1).approved")
    for key in ("t", "j", "t"):
        page.keyboard.press(key)
    assert page.inner_text("[data-ticked]") == "2 selected"
    page.keyboard.press("x")
    page.wait_for_selector("#rows tr:nth-child(3).rejected")
    expect(page.locator("#decided")).to_contain_text("1 approved, 2 rejected")
    for left in (1, 0):
        page.keyboard.press("z")
        expect(page.locator("#decided")).to_contain_text(f"{left} approved, 0 rejected")


def test_all_that_match_are_decided_after_a_question(visitor: Visitor) -> None:
    page = visitor.open(f"/d/{SLUG}/samples?ids=2,3,4")
    page.click(".bulk .menu:not([data-quality]) summary")
    page.click("button[form=every][value=rejected]")
    expect(page.locator("#preview")).to_contain_text("Reject 3 samples?")
    page.click("#preview .primary")
    expect(page.locator("#decided")).to_contain_text("3 rejected")
    page.keyboard.press("z")
    expect(page.locator("#decided")).to_contain_text("0 rejected")


def questions(page: Page) -> Callable[[], list[str]]:
    """From here on: what a page asks of the server, as far as a question that is asked last."""
    page.wait_for_selector("#ahead[data-kept]", state="attached")  # it has asked for the next card
    asked: list[str] = []
    page.on("request", lambda it: asked.append(f"{it.method} {urlsplit(it.url).path}"))

    def tell() -> list[str]:
        page.evaluate("fetch('/healthz').then(() => null)")
        return [it for it in asked if not it.startswith("GET /static/")]  # a font is no question

    return tell


def test_keys_stay_out_of_fields_and_dialogs(visitor: Visitor) -> None:
    page = visitor.open(PAGES["review"])
    before = page.inner_text("h1")
    page.keyboard.press("/")
    page.keyboard.type("axn")
    assert page.input_value("input[name=q]") == "axn"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.wait_for_selector("#keys-sheet[open]")
    asked = questions(page)
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    assert asked() == ["GET /healthz"]
    assert page.inner_text("h1") == before
    assert page.inner_text("#panel .verdict .tag >> nth=0") == "pending"


def test_single_keys_can_be_turned_off(visitor: Visitor) -> None:
    page = visitor.open(PAGES["review"])
    page.keyboard.press("?")
    page.check("[data-keys-off]")
    page.keyboard.press("Escape")
    before = page.inner_text("h1")
    asked = questions(page)
    page.keyboard.press("a")
    assert asked() == ["GET /healthz"]
    assert page.inner_text("h1") == before


def test_a_key_of_ones_own_works_and_the_usual_one_does_not(
    visitor: Visitor,
) -> None:
    page = visitor.open("/settings/keys")
    page.locator("label:has(input[value='samples:A']) input[name=key]").fill("q")
    page.locator("main button.primary").click()
    page.wait_for_selector("text=They hold on every page from now on")
    page = visitor.open(PAGES["review"])
    expect(page.locator("[data-act=approve] kbd")).to_have_text("Q")
    before = page.inner_text("h1")
    asked = questions(page)
    page.keyboard.press("a")
    # While a word is composed (Chinese, Japanese, accents) keys belong to it.
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'q', code: 'KeyQ', bubbles: true, isComposing: true}))"
    )
    assert asked() == ["GET /healthz"]
    assert page.inner_text("h1") == before
    for key in ("q", "z"):
        before = page.inner_text("h1")
        page.keyboard.press(key)
        page.wait_for_function("it => document.querySelector('h1').innerText !== it", arg=before)
    page = visitor.open("/settings/keys")
    page.locator("button[name=usual]").click()
    expect(page.locator("label:has(input[value='samples:A']) input[name=key]")).to_have_value("A")


def test_a_range_of_rows_is_ticked_with_shift(visitor: Visitor) -> None:
    page = visitor.open(PAGES["samples"])
    boxes = page.locator("tbody input[name=ids]")
    boxes.nth(5).click()
    boxes.nth(1).click(modifiers=["Shift"])
    expect(page.locator("[data-ticked]")).to_have_text("5 selected")
    boxes.nth(3).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-ticked]")).to_have_text("3 selected")


def test_an_edit_that_is_not_saved_is_not_left_without_a_question(visitor: Visitor) -> None:
    page = visitor.open(FURTHER["edit"])
    page.wait_for_selector("#edit textarea:focus")
    page.keyboard.press("Control+End")  # not of a line, which ends where the font wants it
    page.keyboard.type(" and more")
    page.wait_for_selector("#changes ins")
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.locator("nav a", has_text="Board").first.click()
    assert asked.value.type == "beforeunload"
    expect(page.locator("#changes ins")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(PAGES["board"])
    page.wait_for_url("**/board")


def test_back_from_a_sample_far_down_returns_to_its_row(visitor: Visitor) -> None:
    page = visitor.open(f"/d/{SLUG}/samples?sort=longest")
    page.locator(".more-row").scroll_into_view_if_needed()
    expect(page.locator("tr[data-row]")).to_have_count(200)
    row = page.locator("tr[data-row]").nth(150)
    name = row.get_attribute("id")
    row.locator("a[data-open]").click()
    page.wait_for_url("**/s/*")
    page.go_back()
    expect(page.locator(f"#{name}")).to_be_in_viewport()
    expect(page.locator(f"#{name}")).to_have_attribute("aria-current", "true")
    assert "sort=longest" in page.url


def test_the_list_goes_on_by_itself(visitor: Visitor) -> None:
    page = visitor.open(PAGES["samples"])
    assert page.locator("tr[data-row]").count() == 100
    page.locator(".more-row").scroll_into_view_if_needed()
    expect(page.locator("tr[data-row]")).to_have_count(200)


def test_a_file_goes_up_with_its_report(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.open(PAGES["import"])
    file = tmp_path / "two words é.jsonl"
    file.write_text('{"instruction": "Mend a chair leg", "output": "Glue and clamp it."}\n{\n')
    page.set_input_files("input[name=file]", file)
    page.wait_for_url("**/check")
    expect(page.locator(".sum")).to_contain_text("1 broken")
    page.click("text=Import 1 sample")
    page.wait_for_url(re.compile(r"/uploads/\d+$"))
    page.wait_for_selector("text=1 accepted + 0 seen before + 1 rejected + 0 blank = 2 lines")
    expect(page.locator("#main h1")).to_have_text("two words é.jsonl")


def test_the_theme_is_kept(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.click("[data-theme-toggle]")
    page.click("[data-theme-toggle]")
    page = visitor.open("/jobs")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 27)"


def test_without_javascript_the_board_is_clicked_and_text_is_pasted(
    browser: Browser, server: Server, cookies: Any
) -> None:
    somebody = Visitor(browser, server, cookies, java_script_enabled=False)
    page = somebody.open(PAGES["table"])
    page.locator("table a[data-cell]").nth(3).click()
    expect(page.locator("#chosen h2")).to_have_count(1)
    page = somebody.open(PAGES["import"])
    page.fill(
        "textarea[name=text]", '{"prompt": "Wobbly table", "completion": "Fold a card under it."}'
    )
    page.click("text=Look at the text")
    expect(page.locator(".preview")).to_contain_text("Fold a card under it.")
    page.click("text=Import 1 sample")
    page.wait_for_url(re.compile(r"/uploads/\d+$"))
    for button, state in (("approved", "approved"), ("needs_work", "needs work")):
        page = somebody.open(PAGES["sample"])
        page.click(f"button[value={button}]")
        expect(page.locator(".verdict .tag").first).to_have_text(state)
    somebody.context.close()
