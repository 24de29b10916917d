"""The list of data sets, and the board's table as a file."""

from starlette.testclient import TestClient


def test_the_sample_set_is_a_button_away_and_comes_once(browser: TestClient) -> None:
    empty = browser.get("/").text
    assert 'action="/demo"' in empty
    assert "--demo" not in empty
    board = browser.post("/demo")
    assert board.url.path == "/d/everyday-fixes/board"
    assert "The first board is on its way" in board.text
    listed = browser.get("/").text
    assert 'href="/d/everyday-fixes/board"' in listed
    assert 'action="/demo"' not in listed
    assert browser.post("/demo").url.path == "/"


def test_a_sample_set_in_the_trash_says_so(browser: TestClient) -> None:
    browser.post("/demo")
    assert browser.delete("/api/v1/datasets/everyday-fixes").status_code < 300
    answer = browser.post("/demo")
    assert answer.status_code == 409
    assert "in the trash" in answer.text
