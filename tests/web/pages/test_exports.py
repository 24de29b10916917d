import html
import re

import pytest
from starlette.testclient import TestClient

from app.curation import export_page
from app.formats.exporters import EXPORTERS
from app.storage import samples
from app.storage.tables import Status
from tests.curation.release import Release, chat, lines_of
from tests.curation.test_export import GOOD, TWO_SYSTEMS

PAGE = "/d/recipes/export"
FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"')

pytestmark = pytest.mark.usefixtures("dataset")


def form_on(page: str) -> dict[str, str]:
    """The hidden fields of the form that starts the export."""
    form = page[page.index('action="/d/recipes/exports"') :]
    found = FIELD.findall(form[: form.index("</form>")])
    return {name: html.unescape(value) for name, value in found}


def test_a_person_previews_exports_and_saves(browser: TestClient, release: Release) -> None:
    ids = release.load(lines_of([*GOOD, TWO_SYSTEMS]))
    page = browser.get(PAGE).text
    assert "12 of 13" in page
    assert f"/d/recipes/s/{ids[-1]}" in page
    assert "How long do I cook 4 eggs?" in page
    sent = browser.post("/d/recipes/exports", data=form_on(page), follow_redirects=False)
    assert sent.status_code == 303
    shown = browser.get(sent.headers["location"]).text
    assert "queued" in shown
    release.run()
    shown = browser.get(sent.headers["location"]).text
    saved = re.search(r'href="([^"]*train\.jsonl)"', shown)
    assert saved is not None
    answer = browser.get(saved[1])
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(answer.content.splitlines()) == 12


def test_an_export_obeys_the_decisions_and_says_so(browser: TestClient, release: Release) -> None:
    ids = release.load(lines_of(GOOD))
    for sample_id, status in zip(ids, ("rejected", "needs_work", "pending"), strict=False):
        release.decide([sample_id], Status(status))
    page = browser.get(PAGE).text
    assert form_on(page)["statuses"] == "approved"
    assert "Only what is approved goes out: everything else stays here" in page
    asked = browser.post("/api/v1/datasets/recipes/exports", json={"format": "alpaca"})
    assert asked.json()["total"] == len(ids) - 3
    release.run()
    done = browser.get(f"/api/v1/datasets/recipes/exports/{asked.json()['id']}").json()
    assert (done["statuses"], done["rows"]) == (["approved"], len(ids) - 3)
    assert "Only approved samples go out" in browser.get("/api/v1/openapi.json").text
    with_others = browser.get(PAGE, params={"statuses": "approved,pending"}).text
    assert "Only what is approved or pending goes out." in with_others


def test_the_choices_are_in_the_address(browser: TestClient, release: Release) -> None:
    ids = release.load(lines_of(GOOD))
    release.decide(ids[:5], Status.PENDING)
    page = browser.get(PAGE, params={"statuses": "approved,pending", "format": "alpaca"}).text
    assert "12 of 12" in page
    page = browser.get(PAGE, params={"q": '"cook 1 eggs"', "status": "pending"}).text
    fields = form_on(page)
    assert (fields["statuses"], fields["format"]) == ("pending", "openai-chat")
    sent = browser.post("/d/recipes/exports", data=fields, follow_redirects=False)
    release.run()
    shown = browser.get(sent.headers["location"]).text
    assert "status=pending" in shown
    assert re.search(r"<dd>1</dd>", shown)


def test_a_long_check_comes_after_the_page(
    browser: TestClient, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_page, "CHECKED_WITH_THE_PAGE", 3)
    release.load(lines_of(GOOD))
    page = browser.get(PAGE).text
    assert "12 of 12" not in page
    found = re.search(r'hx-get="([^"]*preview=1)"', page)
    assert found is not None
    block = browser.get(html.unescape(found[1]), headers={"HX-Request": "true"}).text
    assert "12 of 12" in block
    assert "<html" not in block


@pytest.mark.parametrize(
    "params", [{"format": "docx"}, {"statuses": "odd"}, {"oops": "1"}, {"trash": "1"}]
)
def test_a_choice_that_there_is_not_is_refused(
    browser: TestClient, release: Release, params: dict[str, str]
) -> None:
    release.load(lines_of(GOOD))
    assert browser.get(PAGE, params=params).status_code == 422


def test_pairs_are_offered_to_the_formats_that_take_pairs(
    browser: TestClient, release: Release
) -> None:
    pairs = [{"prompt": f"{n}?", "chosen": "Yes.", "rejected": "No."} for n in range(12)]
    release.load(lines_of(pairs))
    page = browser.get(PAGE).text
    assert form_on(page)["format"] == "openai-dpo"
    assert "12 of 12" in page
    found = re.findall(r'<a href="\?format=([\w-]+)', page[page.index("<h2>Format</h2>") :])
    listed = list(dict.fromkeys(found))
    firsts = [name for name, exporter in EXPORTERS.items() if "preference" in exporter.kinds]
    assert listed[: len(firsts)] == firsts
    assert "takes conversations" in page
    none = browser.get(PAGE, params={"format": "openai-chat"}).text
    assert re.search(r"<button[^>]* disabled>.*Export 0 samples", none)


def test_nothing_to_export_is_said(browser: TestClient, release: Release) -> None:
    release.load(lines_of(GOOD), status=Status.PENDING)
    assert "disabled" in browser.get(PAGE).text
    answer = browser.post("/d/recipes/exports", data={"format": "alpaca"})
    assert answer.status_code == 422
    assert "nothing to export" in answer.text


def test_t01_sample_text_is_escaped(browser: TestClient, release: Release) -> None:
    attack = "<script>alert(1)</script>"
    release.load(lines_of([chat(attack, attack), *GOOD]))
    assert attack not in browser.get(PAGE).text


def test_the_history_shows_versions_and_what_changed(browser: TestClient, release: Release) -> None:
    ids = release.load(lines_of(GOOD))
    assert browser.get("/d/recipes/history").status_code == 200
    for count in (1, 2, 3):
        release.decide(ids[:count], Status.REJECTED)
        browser.post("/d/recipes/exports", data={"format": "alpaca"})
    page = browser.get("/d/recipes/history").text
    assert "From v2 to v3" in page
    page = browser.get("/d/recipes/history", params={"compare": "1...3"}).text
    assert "From v1 to v3" in page
    assert f"samples?ids={ids[1]},{ids[2]}" in page
    assert browser.get("/d/recipes/history", params={"compare": "1..3"}).status_code == 422


def test_a_comparison_shows_the_words_of_both_versions(
    browser: TestClient, release: Release
) -> None:
    ids = release.load(lines_of([*GOOD, chat("Salt?", "Yes.", id="k", page=1)]))
    browser.post("/d/recipes/versions", data={"name": "before"})
    release.edit(ids[0], "How long do I cook 0 eggs?", "Nine minutes.")
    release.load(lines_of([chat("Salt?", "Yes.", id="k", page=2), chat("Oil?", "A little.")]))
    release.decide(ids[1:2], Status.REJECTED)
    with release.write() as session:
        samples.change(session, ids[2:3], deleted=True)
    browser.post("/d/recipes/versions", data={"name": "after"})
    page = browser.get("/d/recipes/history", params={"compare": "1...2"}).text
    shown = page[page.index("From v1 to v2") :]
    assert "<ins>Nine" in shown
    assert re.search(r"Beside the text: <span[^>]*>page</span>", shown)
    assert "Oil?" in shown
    assert "How long do I cook 2 eggs?" in shown  # in the trash by now
    assert shown.count("<summary>") == 4


@pytest.mark.parametrize("path", ["exports/1", "exports/1/train.jsonl", "exports/99999999999"])
def test_what_is_not_there_is_not_found(browser: TestClient, path: str) -> None:
    assert browser.get(f"/d/recipes/{path}").status_code == 404


def test_the_page_tells_the_note_and_where_a_rule_comes_from(
    browser: TestClient, release: Release
) -> None:
    release.load(lines_of(GOOD))
    for exporter in EXPORTERS.values():
        page = html.unescape(browser.get(PAGE, params={"format": exporter.name}).text)
        assert exporter.note in page
        assert all(rule.sentence in page for rule in exporter.rules)
        assert all(f'href="{rule.source}"' in page for rule in exporter.rules if rule.source)


def test_the_page_splits_and_counts_before_anything_is_written(
    browser: TestClient, release: Release
) -> None:
    release.load(lines_of(GOOD))
    asked = {"format": "alpaca", "parts": "50/25/25", "tokenizer": "estimate", "licence": "mit"}
    page = browser.get(PAGE, params=asked).text
    assert re.search(r"<b>train</b></td><td class=\"num\">6</td>", page)
    assert "an estimate" in page
    fields = form_on(page)
    assert (fields["parts"], fields["licence"]) == ("50/25/25", "mit")
    sent = browser.post("/d/recipes/exports", data=fields, follow_redirects=False)
    release.run()
    address = sent.headers["location"]
    shown = browser.get(address).text
    assert {"train.jsonl", "validation.jsonl", "test.jsonl", "README.md"} <= set(
        re.findall(r"exports/\d+/([\w.]+)\"", shown)
    )
    gone = browser.post(f"{address}/remove", follow_redirects=False)
    assert gone.status_code == 303
    assert browser.get(address).status_code == 404
    refused = browser.get(PAGE, params={"cap": "2"})
    assert "no board" in refused.text
    assert browser.get(PAGE, params={"parts": "90/5"}).status_code == 422


def test_a_version_has_an_address_and_can_be_cited(browser: TestClient, release: Release) -> None:
    ids = release.load(lines_of(GOOD))
    made = browser.post(
        "/d/recipes/versions", data={"name": "<b>one</b>", "note": "n"}, follow_redirects=False
    )
    assert made.headers["location"] == "/d/recipes@v1"
    browser.post("/d/recipes/versions/1/uses", data={"used_by": "https://jobs.example/7"})
    page = browser.get("/d/recipes@latest").text
    assert 'href="https://jobs.example/7"' in page
    assert "<b>one</b>" not in page
    assert f"/d/recipes/s/{ids[0]}" in page
    assert "How long do I cook 3 eggs?" in browser.get("/d/recipes@v1/samples?after=3").text
    board = browser.get("/d/recipes@v1/board", follow_redirects=False)
    assert board.headers["location"] == "/d/recipes/board?version=1"
    assert browser.get(board.headers["location"]).status_code == 200
    export_page = browser.get("/d/recipes@v1/export").text
    assert form_on(export_page)["version"] == "1"
    assert browser.post("/d/recipes/versions/1/restore", data={}).status_code == 200
    assert browser.get("/d/recipes@v9").status_code == 404
    assert browser.get("/d/recipes@newest/samples").status_code == 404


def test_the_rules_of_every_trainer_are_listed_with_their_sources(browser: TestClient) -> None:
    page = browser.get("/rules").text
    for exporter in EXPORTERS.values():
        assert f'id="{exporter.name}"' in page
        for rule in exporter.rules:
            assert rule.id in page
    assert "precaution" in page
