"""Edits, kept decisions, labels, keys, trash and histories, seen without a script."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.storage import events, jobs, samples
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests.stocked import stock_plain

pytestmark = pytest.mark.usefixtures("ids")


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    with write() as session:
        return stock_plain(session, dataset.id, 3)


def draft(*turns: tuple[str, str], act: str, version: int = 1) -> dict[str, Any]:
    return {
        "version": version, "act": act, "part": ["said"] * len(turns),
        "role": [role for role, _ in turns], "content": [text for _, text in turns],
        "extra": [""] * len(turns),
    }  # fmt: skip


def test_an_edit_is_previewed_saved_and_asks_for_its_new_place(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    address = f"/d/recipes/s/{ids[0]}/edit"
    assert "Nothing is different yet" in browser.get(address).text
    turns = (("system", "Be brief."), ("user", "question zero"), ("assistant", "an answer"))
    page = browser.post(address, data=draft(*turns, act="preview")).text
    assert "<ins>zero</ins>" in page
    assert "new turn" in page
    grown = browser.post(address, data=draft(*turns, act="add-2")).text
    assert grown.count('name="content"') == 4
    with write() as session:
        assert samples.get(session, dataset.id, ids[0]).version == 1
    saved = browser.post(address, data=draft(*turns, act="save-approve"))
    assert str(saved.url).endswith(f"/d/recipes/s/{ids[0]}")
    with write() as session:
        row = samples.get(session, dataset.id, ids[0])
        assert (row.revision, str(row.status), str(row.origin)) == (2, "approved", "edited")
        assert [job.kind for job in jobs.open_of(session, dataset.id)] == ["embed"]
    told = browser.get(f"/d/recipes/s/{ids[0]}/history").text
    assert "<ins>zero</ins>" in told
    assert "Approved" in browser.get("/d/recipes/activity").text


@pytest.mark.parametrize(
    ("turns", "status", "why"),
    [
        ([("user", "nobody answers")], 422, "missing"),
        ([("user", "question 1"), ("assistant", "an answer")], 422, "says exactly the same"),
    ],
    ids=["no answer", "another sample's text"],
)
def test_an_edit_that_cannot_be_comes_back_with_why(
    browser: TestClient, ids: list[int], turns: list[tuple[str, str]], status: int, why: str
) -> None:
    answer = browser.post(f"/d/recipes/s/{ids[0]}/edit", data=draft(*turns, act="save"))
    assert answer.status_code == status
    assert why in answer.text
    assert turns[0][1] in answer.text, "what was typed is still there"


def test_a_stale_edit_is_merged_turn_by_turn(browser: TestClient, ids: list[int]) -> None:
    address = f"/d/recipes/s/{ids[0]}/edit"
    theirs = (("user", "their question"), ("assistant", "an answer"))
    mine = (("user", "my question"), ("assistant", "my answer"))
    browser.post(address, data=draft(*theirs, act="save"))
    answer = browser.post(address, data=draft(*mine, act="save"))
    assert answer.status_code == 409
    assert 'name="choice"' in answer.text
    chosen = {**draft(*mine, act="save", version=2), "choice": ["theirs", "mine"]}
    page = browser.post(address, data=chosen).text
    assert "their question" in page
    assert "my answer" in page


def test_a_decision_that_comes_twice_is_made_once(
    browser: TestClient, write: Sessions, ids: list[int]
) -> None:
    address = f"/d/recipes/s/{ids[0]}/decision"
    form = {"status": "approved", "version": 1, "place": "kept"}
    for _ in range(2):
        answer = browser.post(address, data=form, headers={"Idempotency-Key": "k1"})
        assert (answer.status_code, answer.headers["etag"]) == (204, '"v2"')
    with write() as session:
        assert len(events.of_sample(session, ids[0])) == 1
    reused = {**form, "status": "rejected"}
    answer = browser.post(address, data=reused, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 409


def test_a_decision_that_met_a_conflict_meets_it_again(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    address, key = f"/d/recipes/s/{ids[0]}/decision", {"Idempotency-Key": "k1"}
    browser.post(address, data={"status": "approved", "version": "1"})
    late = {"status": "rejected", "version": "1", "place": "kept"}
    # The first answer may be lost on its way: the second must not say that all is well.
    for _ in range(2):
        assert browser.post(address, data=late, headers=key).status_code == 409
    assert browser.post(address, data={**late, "version": "2"}, headers=key).status_code == 204
    again = browser.post(address, data={**late, "version": "2"}, headers=key)
    assert (again.status_code, again.headers["etag"]) == (204, '"v3"')


def test_an_edit_that_comes_twice_is_made_once(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    address = f"/d/recipes/s/{ids[0]}/edit"
    key = re.findall(r'name="key" value="(\w+)"', browser.get(address).text)[0]
    turns = (("user", "question zero"), ("assistant", "an answer"))
    form = {**draft(*turns, act="save"), "key": key}
    for _ in range(2):
        assert str(browser.post(address, data=form).url).endswith(f"/d/recipes/s/{ids[0]}")
    with write() as session:
        assert len([it for it in events.of_sample(session, ids[0]) if it.kind == "edited"]) == 1
    other = {**form, "content": ["question nought", "an answer"]}
    assert browser.post(address, data=other).status_code == 409, "another text is another edit"


def test_labels_are_set_up_and_appear_on_the_card(browser: TestClient, ids: list[int]) -> None:
    form = {
        "version": 0, "name": ["billing", ""], "key": ["1", ""], "hue": [1, 0],
        "several": ["no", "no"], "guideline": "Money first.",
    }  # fmt: skip
    browser.post("/d/recipes/labels", data=form)
    card = browser.get("/d/recipes/review").text
    assert 'data-act="label-1"' in card
    assert "Money first." in card
    assert browser.post("/d/recipes/labels", data=form).status_code == 422, "made from an old one"
    told = browser.post("/d/recipes/labels/suggestions", data={"label": "billing", "query": ""})
    assert "3 samples have a suggestion now" in told.text
    assert "suggests" in browser.get("/d/recipes/review").text


def test_keys_are_a_persons_own(browser: TestClient, ids: list[int]) -> None:
    form = {"row": ["samples:A", "samples:X"], "key": ["Q", ""]}
    assert "Saved" in browser.post("/settings/keys", data=form).text
    card = browser.get("/d/recipes/review").text
    assert '{"act": "approve", "key": "Q", "where": "samples"}' in card
    assert '"act": "reject"' not in card
    clash = browser.post("/settings/keys", data={"row": ["samples:A"], "key": ["n"]})
    assert clash.status_code == 422
    assert "would both" in clash.text
    browser.post("/settings/keys", data={"usual": "true"})
    assert '"key": "A"' in browser.get("/d/recipes/review").text


def test_what_goes_into_the_trash_comes_out_again(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    assert "The trash is empty" in browser.get("/d/recipes/trash").text
    address = f"/d/recipes/s/{ids[0]}/decision"
    browser.post(address, data={"delete": "true", "version": 1})
    trash = browser.get("/d/recipes/trash").text
    assert f"/d/recipes/s/{ids[0]}" in trash
    assert "Restore all 1…" in trash
    browser.post(address, data={"delete": "false", "version": 2})
    with write() as session:
        assert not samples.get(session, dataset.id, ids[0]).deleted
