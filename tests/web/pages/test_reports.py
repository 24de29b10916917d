import html
import re

from starlette.testclient import TestClient

from app.storage.tables import DatasetRow
from tests.pipeline import Pipeline

PAGE = "/d/recipes/report"


def links_on(page: str) -> set[str]:
    found = re.findall(r'href="(/d/recipes/(?:samples\?|board\?)[^"]*)"', page)
    return {html.unescape(link) for link in found}


def test_the_report_shows_score_gauges_and_kinds(
    browser: TestClient, lopsided_board: DatasetRow
) -> None:
    page = browser.get(PAGE).text
    assert "Diagnosis of recipes" in page
    for word in ("Repeats", "Coverage", "Novelty", "Kinds of input", "How alike is a copy?"):
        assert word in page
    assert "is usual" in page


def test_every_number_opens_the_samples_behind_it(
    browser: TestClient, lopsided_board: DatasetRow
) -> None:
    links = links_on(browser.get(PAGE).text)
    assert len(links) > 3
    for link in links:
        assert browser.get(link).status_code == 200, link


def test_the_slider_asks_for_its_own_part(browser: TestClient, lopsided_board: DatasetRow) -> None:
    asked = {"HX-Request": "true", "HX-Target": "div#likeness"}
    part = browser.get(PAGE, params={"tau": "0.85"}, headers=asked).text
    assert "from <b>0.85</b>" in part
    assert "<h1>" not in part
    assert browser.get(PAGE, params={"tau": "7"}).status_code == 422


def test_before_a_board_the_page_says_so(browser: TestClient, dataset: DatasetRow) -> None:
    assert "Nothing is measured yet" in browser.get(PAGE).text


def test_the_gauges_are_read_again_on_demand(
    browser: TestClient, lopsided_board: DatasetRow, pipeline: Pipeline
) -> None:
    assert f'action="{PAGE}"' in browser.get(PAGE).text
    assert browser.post(PAGE).status_code == 200
    assert pipeline.run() == 1


def test_the_board_shows_what_asks_for_a_look(
    browser: TestClient, lopsided_board: DatasetRow
) -> None:
    page = browser.get("/d/recipes/board").text
    assert 'id="gauge-evenness"' in page
    assert f'href="{PAGE}"' in page


def test_the_api_tells_the_gauges_with_the_board(
    browser: TestClient, lopsided_board: DatasetRow
) -> None:
    told = browser.get("/api/v1/datasets/recipes/board").json()["gauges"]
    assert {gauge["name"] for gauge in told} >= {"repeats", "coverage", "facets"}
    evenness = next(gauge for gauge in told if gauge["name"] == "evenness")
    assert evenness["flagged"]
    assert evenness["value"] < evenness["low"]


def test_board_and_gauges_are_told_of_a_version_and_of_a_query(
    browser: TestClient, lopsided_board: DatasetRow, pipeline: Pipeline
) -> None:
    path = "/api/v1/datasets/recipes"
    browser.post(f"{path}/versions", json={"query": "q=egg"})
    browser.post(f"{path}/decisions", json={"query": "q=egg", "status": "rejected"})
    asked = browser.post(f"{path}/gauges", json={"query": "not.q=egg"})
    assert asked.status_code == 202, asked.text
    pipeline.run()
    for query, held in (("version=latest", 200), ("version=v1", 200), ("query=not.q%3Degg", 320)):
        told = browser.get(f"{path}/board?{query}").json()
        assert told["counts"]["placed"] + told["outsiders"] == held
        assert {gauge["name"] for gauge in told["gauges"]} >= {"repeats", "coverage"}
        for gauge in told["gauges"]:
            if gauge["href"]:
                assert browser.get(gauge["href"]).status_code == 200
    assert browser.get(f"{path}/board?query=label%3D%22").status_code == 422
    assert browser.get(f"{path}/board?version=9").status_code == 404
    assert browser.get(f"{path}/board?version=soon").status_code == 422


def test_a_version_has_a_report_of_its_own(
    browser: TestClient, lopsided_board: DatasetRow, pipeline: Pipeline
) -> None:
    browser.post("/api/v1/datasets/recipes/versions", json={"query": "q=soup"})
    assert "of this version alone yet" in browser.get(f"{PAGE}?version=1").text
    assert browser.post(PAGE, data={"query": "version=1"}).status_code == 200
    pipeline.run()
    page = browser.get(f"{PAGE}?version=1").text
    assert "Diagnosis of recipes, version 1" in page
    assert "Coverage" in page
    assert 'href="/d/recipes/report?version=1#gauge-coverage"' in browser.get(PAGE).text
