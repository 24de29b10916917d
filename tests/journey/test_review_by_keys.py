"""Review by keyboard alone; the server gone between two decisions; two people on one sample."""

import re
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import axe
from tests.server import Server, serving
from tests.stocked import stock_sets

pytestmark = pytest.mark.browser

MANY = 5_000
DECISIONS = 100
SENT_WITHOUT_A_SCRIPT = """() => {
  const form = document.querySelector("form.decide");
  form.elements.version.value = 1;  // as the page was before it told what others did
  const wish = document.createElement("input");
  wish.name = "status";
  wish.value = "rejected";
  form.append(wish);
  form.submit();  // no event, so no script hears of it
}"""
SHOWN = "before => ![undefined, before].includes(document.querySelector('h1')?.innerText)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("keys"), encoder="hashing") as running:
        sizes = {"Keys": MANY + DECISIONS + 10, "Gone": 6, "Two": 3, "Marks": 4}
        stock_sets(running.database, sizes)
        yield running


@pytest.fixture(scope="module")
def cookies(server: Server, chrome: Browser) -> Any:
    return server.cookies(chrome)


@pytest.fixture
def context(server: Server, chrome: Browser, cookies: Any) -> Iterator[BrowserContext]:
    found = chrome.new_context(base_url=server.address, viewport={"width": 1480, "height": 960})
    found.add_cookies(cookies)
    yield found
    found.close()


def press_on(page: Page, key: str) -> None:
    """Press a key and wait for another card."""
    before = page.inner_text("h1")
    page.keyboard.press(key)
    page.wait_for_function(SHOWN, arg=before)


def counts(server: Server, slug: str, *statuses: str) -> list[int]:
    """How many samples have each status, as far as one page of the list tells."""
    found = []
    for status in statuses:
        address = f"/api/v1/datasets/{slug}/samples?limit=200&status={status}"
        found.append(len(server.get(address).json()["items"]))
    return found


def expect_counts(server: Server, slug: str, wanted: dict[str, int]) -> None:
    """Wait until so many samples have each status: the page does not wait for the server."""
    deadline = time.monotonic() + 120
    while counts(server, slug, *wanted) != list(wanted.values()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert counts(server, slug, *wanted) == list(wanted.values())


def test_a_hundred_decisions_an_edit_all_of_it_undone_and_a_bulk_act(
    server: Server, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto("/d/keys/review")
    first = page.inner_text("h1")
    decide_and_edit(page, server)
    for _ in range(DECISIONS + 1):
        press_on(page, "z")
    expect_counts(server, "keys", {"approved": 0, "rejected": 0, "needs_work": 0})
    assert page.inner_text("h1") == first
    page.keyboard.press("Shift+Z")
    expect(page.locator("#main [data-saved]")).to_contain_text("Done again")
    expect_counts(server, "keys", {"approved": 1})
    reject_all_and_undo(page, server)


def decide_and_edit(page: Page, server: Server) -> None:
    for at in range(DECISIONS):
        press_on(page, "axn"[at % 3])
    expect(page.locator("#main [data-saved]")).to_contain_text("Saved")
    expect_counts(server, "keys", {"approved": 34, "rejected": 33, "needs_work": 33})
    assert page.locator("#main [data-recent] a").count() == 10
    page.keyboard.press("e")
    page.wait_for_selector("#edit textarea:focus")
    page.keyboard.press("End")
    page.keyboard.type(" and one word more")
    page.wait_for_selector("#changes ins")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-card]")
    press_on(page, " ")  # the keys of the queue live on after an edit


def reject_all_and_undo(page: Page, server: Server) -> None:
    page.goto("/d/keys/samples?status=pending")
    page.locator(".bulk .menu:not([data-quality]) summary").focus()
    page.keyboard.press("Enter")
    page.locator("button[form=every][value=rejected]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_contain_text(f"Reject {MANY + DECISIONS + 9:,} samples?")
    expect(page.locator("#preview .primary")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*")
    wait_for_job(server)
    page.wait_for_selector("[data-reload-when-done]", state="detached")  # it has shown itself anew
    assert counts(server, "keys", "pending", "rejected") == [0, 200]
    page.goto("/d/keys/samples")
    with page.expect_response("**/samples"):
        page.keyboard.press("z")
    wait_for_job(server)
    assert counts(server, "keys", "rejected") == [0]


def wait_for_job(server: Server) -> None:
    """Wait until the newest bulk act is done; the worker has other things to do too."""
    deadline = time.monotonic() + 1200
    while time.monotonic() < deadline:
        found = [it for it in server.get("/api/v1/jobs").json()["items"] if it["kind"] == "decide"]
        if found and found[0]["state"] == "done":
            return
        time.sleep(0.1)
    raise TimeoutError(found)


def test_labels_and_marks_have_keys_and_back_returns_to_the_place(
    server: Server, context: BrowserContext
) -> None:
    labels = [
        {"name": "billing", "key": "1", "hue": 1},
        {"name": "rude", "key": "Shift+1", "hue": 5, "exclusive": False},
    ]
    server.put("/api/v1/datasets/marks/labels", json={"version": 0, "labels": labels})
    page = context.new_page()
    ids = [it["id"] for it in server.get("/api/v1/datasets/marks/samples").json()["items"]]
    page.goto(f"/d/marks/samples?ids={ids[0]},{ids[3]}&status=pending")
    page.goto(f"/d/marks/review?ids={ids[0]},{ids[3]}&order=newest")
    assert page.inner_text("h1") == f"#{ids[3]}"
    for key in ("1", "Shift+Digit1", "]", "]", "f", "m"):
        page.keyboard.press(key)
    page.keyboard.type("axn: a note, not keys")
    page.keyboard.press("Control+Enter")
    press_on(page, "a")
    expect(page.locator("#main [data-saved]")).to_contain_text("Saved")
    told = server.get(f"/api/v1/samples/{ids[3]}").json()
    assert (told["labels"], told["marks"]) == (["billing"], ["rude"])
    assert (told["quality"], told["flagged"], told["status"]) == (2, True, "approved")
    page.reload()
    assert page.inner_text("h1") == f"#{ids[0]}", "a reload keeps the place"
    page.go_back()
    assert page.url.endswith(f"/d/marks/samples?ids={ids[0]},{ids[3]}&status=pending")
    assert page.locator("tr[data-row]").count() == 1
    flag_and_edit_at_once(page, ids[1])
    ask_for_work_with_a_reason(page, server, ids[2])


def ask_for_work_with_a_reason(page: Page, server: Server, number: int) -> None:
    """The reason is sent with the decision, as one act."""
    page.goto(f"/d/marks/review?ids={number}")
    page.keyboard.press("Shift+X")
    page.keyboard.type("the answer is cut off")
    press_on(page, "Control+Shift+Enter")
    expect_counts(server, "marks", {"needs_work": 1})
    (told,) = server.get(f"/api/v1/samples/{number}/history").json()["items"]
    assert told["body"]["reason"] == "the answer is cut off"


def flag_and_edit_at_once(page: Page, number: int) -> None:
    """One's own act, still on its way, is no conflict of the edit that follows."""
    page.goto(f"/d/marks/review?ids={number}")
    page.keyboard.press("f")
    page.keyboard.press("e")
    page.wait_for_selector("#edit textarea:focus")
    page.keyboard.press("End")
    page.keyboard.type(" and more")
    page.wait_for_selector("#changes ins")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-card], .nothing")
    assert page.locator(".conflict-form").count() == 0


def test_decisions_that_the_server_did_not_hear_arrive_once(
    server: Server, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto("/d/gone/review")
    press_on(page, "a")
    expect(page.locator("#main [data-saved]")).to_contain_text("Saved")
    page.wait_for_selector("#ahead[data-kept]", state="attached")  # the next card is here
    assert server.web is not None
    server.web.send_signal(signal.SIGKILL)
    server.web.wait()
    press_on(page, "x")
    for key in ("f", "n"):
        page.keyboard.press(key)
    expect(page.locator("#unsaved")).to_contain_text("Not saved since")
    expect(page.locator("#unsaved")).to_contain_text("3 decisions wait")
    assert "3 decisions wait" in refused_to_log_out(page)
    page.close()

    server.start_web()
    page = context.new_page()
    page.goto("/")
    page.wait_for_function(
        "() => !Object.keys(localStorage).some((it) => it.startsWith('unsaved'))"
    )
    expect(page.locator("#unsaved")).to_be_empty()
    expect_counts(server, "gone", {"approved": 1, "rejected": 1, "needs_work": 1})
    items = server.get("/api/v1/datasets/gone/samples").json()["items"]
    assert [it["status"] for it in items[:4]] == ["approved", "rejected", "needs_work", "pending"]
    for item, kinds in zip(items, (["decided"], ["decided"], ["flagged", "decided"]), strict=False):
        history = server.get(f"/api/v1/samples/{item['id']}/history").json()["items"]
        assert [it["kind"] for it in history] == kinds
    retried_while_the_page_stays(page, server)


def refused_to_log_out(page: Page) -> str:
    """What is asked before a person logs out who has decisions that are not saved; they stay."""
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.locator("form[action='/logout'] button").click()
    return str(asked.value.message)


def retried_while_the_page_stays(page: Page, server: Server) -> None:
    """The way to the server is closed for a while, once in the queue and once in the list."""
    page.goto("/d/gone/review")
    page.wait_for_selector("#ahead[data-kept]", state="attached")
    page.context.route("**/decision*", lambda route: route.abort())
    press_on(page, "x")
    expect(page.locator("#unsaved")).to_contain_text("1 decision waits")
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.accept())
        page.goto("/d/gone/samples", wait_until="load")
    assert asked.value.type == "beforeunload", "one is asked before one leaves what is not saved"
    page.keyboard.press("End")
    page.locator("tr[data-row] a[data-open]").last.focus()
    page.keyboard.press("a")
    expect(page.locator("#unsaved")).to_contain_text("2 decisions wait")
    page.context.unroute("**/decision*")
    expect(page.locator("#unsaved")).to_be_empty()
    expect(page.locator("tr[data-row]").last).to_contain_text("approved")
    expect_counts(server, "gone", {"approved": 2, "rejected": 2, "needs_work": 1})
    page.locator("tr[data-row] a[data-open]").last.focus()
    page.keyboard.press("f")
    expect(page.locator("tr[data-row]").last).to_contain_text("flagged")
    items = server.get("/api/v1/datasets/gone/samples").json()["items"]
    assert [it["status"] for it in items[3:]] == ["rejected", "pending", "approved"]


def test_of_two_who_edit_one_sample_nobody_overwrites_the_other(
    server: Server, context: BrowserContext, chrome: Browser, cookies: Any
) -> None:
    items = server.get("/api/v1/datasets/two/samples").json()["items"]
    number = items[0]["id"]
    mine, theirs = context.new_page(), chrome.new_context(base_url=server.address)
    theirs.add_cookies(cookies)
    other = theirs.new_page()
    for page, text in ((mine, "my words"), (other, "their words")):
        page.goto(f"/d/two/s/{number}/edit")
        page.locator("textarea[name=content]").first.fill(text)
    mine.locator("textarea[name=content]").nth(1).fill("my answer")
    other.keyboard.press("Control+Enter")
    other.wait_for_url(f"**/s/{number}")
    mine.keyboard.press("Control+Enter")
    mine.wait_for_selector(".conflict-form")
    assert axe.serious_in_each_theme(mine) == []
    assert "their" in mine.inner_text(".change del >> nth=0")
    assert server.get(f"/api/v1/samples/{number}").json()["messages"][0]["content"] == "their words"
    mine.select_option("select[name=choice] >> nth=0", "theirs")
    mine.keyboard.press("Control+Enter")
    mine.wait_for_url(f"**/s/{number}")
    said = [it["content"] for it in server.get(f"/api/v1/samples/{number}").json()["messages"]]
    assert said == ["their words", "my answer"]
    decide_at_once(server, mine, other, number)
    theirs.close()


def decide_at_once(server: Server, mine: Page, other: Page, number: int) -> None:
    """Two decide about the sample as they both see it."""
    mine.goto(f"/d/two/s/{number}")
    other.goto(f"/d/two/s/{number}")
    other.keyboard.press("a")
    expect(other.locator("[data-state]")).to_contain_text("approved")
    mine.keyboard.press("x")
    panel = mine.locator(".toast.conflict")
    expect(panel).to_contain_text("was changed meanwhile")
    assert server.get(f"/api/v1/samples/{number}").json()["status"] == "approved"
    assert axe.serious_in_each_theme(mine) == []
    with mine.expect_navigation():
        mine.evaluate(SENT_WITHOUT_A_SCRIPT)
    expect(mine).to_have_title(re.compile("^Changed meanwhile"))
    assert axe.serious_in_each_theme(mine) == []
    panel.get_by_role("button", name="Keep yours").click()
    expect(mine.locator("[data-state]")).to_contain_text("rejected")
    assert server.get(f"/api/v1/samples/{number}").json()["status"] == "rejected"
