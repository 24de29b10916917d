"""The samples pages without JavaScript: forms are found on the page and sent as they stand."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from app.curation import preparing
from app.formats.sample import Message, Sample
from app.storage import samples
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests.stocked import stock, stock_plain

FRAGMENT = {"HX-Request": "true", "Sec-Fetch-Mode": "cors"}

pytestmark = pytest.mark.usefixtures("ids")


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    with write() as session:
        return stock_plain(session, dataset.id, 4)


def decision_form(page: str) -> tuple[str, dict[str, str]]:
    """Where the first decision form goes, and its hidden fields."""
    form = re.search(r'<form[^>]*action="([^"]*/decision[^"]*)"[^>]*>(.*?)</form>', page, re.S)
    assert form, page
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[2])
    return unescape(form[1]), dict(found)


def status_of(write: Sessions, dataset: DatasetRow, sample_id: int) -> str:
    with write() as session:
        return str(samples.get(session, dataset.id, sample_id).status)


def send(browser: TestClient, page: str, status: str, **headers: str) -> tuple[int, str, str]:
    action, fields = decision_form(page)
    answer = browser.post(action, data={**fields, "status": status}, headers=headers)
    return answer.status_code, str(answer.url), answer.text


def test_the_list_narrows_by_its_address(browser: TestClient, ids: list[int]) -> None:
    page = browser.get("/d/recipes/samples", params={"q": '"question 2"'}).text
    assert f"/d/recipes/s/{ids[2]}?q=" in page
    assert f"/d/recipes/s/{ids[1]}?q=" not in page


def test_the_queue_goes_on_by_itself_and_undo_brings_the_last_one_back(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    first = browser.get("/d/recipes/review?q=question")
    status, url, page = send(browser, first.text, "approved")
    assert (status, url) == (200, f"http://localhost/d/recipes/review?q=question&after={ids[0]}")
    assert f"/s/{ids[1]}/decision" in page
    back = browser.post(
        "/d/recipes/undo", data={"next": "/d/recipes/review"}, headers={"Referer": url}
    )
    assert str(back.url) == f"http://localhost/d/recipes/s/{ids[0]}?q=question&queue=1"
    assert status_of(write, dataset, ids[0]) == "pending"
    for _ in ids:
        _, _, page = send(browser, browser.get("/d/recipes/review").text, "rejected")
    assert "/decision" not in page, "nothing is left to decide"


def test_a_stale_form_shows_both_sides_and_changes_nothing(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    page = browser.get(f"/d/recipes/s/{ids[0]}").text
    send(browser, page, "approved")
    status, _, answer = send(browser, page, "rejected")
    assert status == 409
    assert "approved" in answer
    assert "rejected" in answer
    assert status_of(write, dataset, ids[0]) == "approved"
    assert send(browser, answer, "rejected")[0] == 200
    assert status_of(write, dataset, ids[0]) == "rejected"


@pytest.mark.parametrize("place", ["list", "sample", "queue"])
def test_htmx_gets_only_the_part_that_changed(
    browser: TestClient, ids: list[int], place: str
) -> None:
    answer = browser.post(
        f"/d/recipes/s/{ids[0]}/decision",
        data={"status": "approved", "version": 1, "place": place},
        headers=FRAGMENT,
    )
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert (f"/s/{ids[1]}/" in answer.text) == (place == "queue")


def test_all_matching_are_previewed_and_then_decided(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    wish = {"every": "true", "status": "approved"}
    address = "/d/recipes/decisions?q=question"
    page = browser.post(address, data={**wish, "preview": "true"}).text
    assert "Approve 4 samples?" in page
    assert status_of(write, dataset, ids[0]) == "pending"
    browser.post(address, data=wish)
    assert status_of(write, dataset, ids[3]) == "approved"


def test_ticked_rows_are_decided_together(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    browser.post("/d/recipes/decisions", data={"ids": ids[:2], "status": "rejected"})
    assert [status_of(write, dataset, it) for it in ids] == ["rejected"] * 2 + ["pending"] * 2


def test_a_bulk_decision_about_nothing_is_not_one_about_everything(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    assert browser.post("/d/recipes/decisions", data={"status": "rejected"}).status_code == 422
    assert status_of(write, dataset, ids[0]) == "pending"


@pytest.mark.parametrize(
    "asked", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)", "", "x\ny"]
)
def test_t24_undo_never_leads_to_another_site(
    browser: TestClient, ids: list[int], asked: str
) -> None:
    answer = browser.post("/d/recipes/undo", data={"next": asked}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/d/recipes/samples")


def test_t01_sample_text_is_escaped_on_every_page(
    browser: TestClient, write: Sessions, dataset: DatasetRow
) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    with write() as session:
        (bad,) = stock(session, dataset.id, [{"text": hostile, "label": hostile, "raw": hostile}])
    for address in ("/d/recipes/samples", f"/d/recipes/s/{bad}", f"/d/recipes/review?ids={bad}"):
        page = browser.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert" in page


def test_an_address_that_cannot_be_read_is_a_page_with_the_reason(browser: TestClient) -> None:
    answer = browser.get("/d/recipes/samples?status=open")
    assert answer.status_code == 422
    assert "is not a status" in answer.text


def test_a_data_set_is_created_by_its_form(browser: TestClient) -> None:
    assert "recipes" in browser.get("/").text
    made = browser.post("/datasets", data={"name": "Soups"}, follow_redirects=False)
    assert (made.status_code, made.headers["location"]) == (303, "/d/soups/import")
    assert browser.post("/datasets", data={"name": "soups"}).status_code == 409


def test_a_pair_is_shown_side_by_side_and_a_verdict_in_words(
    browser: TestClient, write: Sessions, dataset: DatasetRow
) -> None:
    asked = Message("user", "Boil an egg?")
    better, other = Message("assistant", "Seven minutes."), Message("assistant", "<b>No.</b>")
    pair = Sample((asked, better), kind="preference", rejected=(other,))
    judged = Sample((asked, better), kind="kto", desirable=False)
    with write() as session:
        told = [
            {"text": sample.kind, **preparing.text_columns(sample)} for sample in (pair, judged)
        ]
        first, second = stock(session, dataset.id, told)
    page = browser.get(f"/d/recipes/s/{first}").text
    places = [page.index(text) for text in ("Boil an egg?", "Chosen", "Seven", "Rejected</h2>")]
    assert places == sorted(places)
    assert "&lt;b&gt;No.&lt;/b&gt;" in page[places[-1] :]
    assert "Judged" not in page
    page = browser.get(f"/d/recipes/s/{second}").text
    assert "Judged a bad answer" in page
    assert "Chosen" not in page
    told = browser.get(f"/api/v1/samples/{first}").json()
    assert (told["kind"], told["rejected"][0]["content"]) == ("preference", "<b>No.</b>")
