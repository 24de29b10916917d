"""A form that comes a second time, by a double click or a retry, is done once."""

import re
from html import unescape

import pytest
from sqlmodel import func, select
from starlette.testclient import TestClient

from app.curation import opinions, review
from app.curation.changing import Change
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, EventRow
from app.storage.team_tables import AssignmentRow
from tests.stocked import stock_plain

FRAGMENT = {"HX-Request": "true", "Sec-Fetch-Mode": "cors"}


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    with write() as session:
        return stock_plain(session, dataset.id, 4)


def form_of(page: str, ends: str) -> tuple[str, dict[str, str]]:
    """Where the form goes whose address ends like this, and its hidden fields."""
    form = re.search(
        rf'<form[^>]*action="([^"?]*{ends}(?:\?[^"]*)?)"[^>]*>(.*?)</form>', page, re.S
    )
    assert form, page
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[2])
    return unescape(form[1]), dict(found)


def events_of(write: Sessions, dataset: DatasetRow, kind: str) -> int:
    with write() as session:
        count = select(func.count()).select_from(EventRow)
        asked = EventRow.dataset_id == dataset.id, EventRow.kind == kind
        return session.exec(count.where(*asked)).one()


@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["a page", "a part"])
def test_a_comment_sent_twice_is_said_once_and_the_next_one_is_another(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int],
    headers: dict[str, str],
) -> None:  # fmt: skip
    sample = f"/d/recipes/s/{ids[0]}"
    for _ in range(2):
        action, hidden = form_of(browser.get(sample).text, "/comments")
        told = {**hidden, "text": "is this ours?"}
        answers = [browser.post(action, data=told, headers=headers) for _ in range(2)]
        assert [it.status_code for it in answers] == [200, 200]
        assert answers[0].text.count("is this ours?") == answers[1].text.count("is this ours?")
    assert events_of(write, dataset, "commented") == 2


def test_a_refused_comment_may_come_again_mended(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    action, hidden = form_of(browser.get(f"/d/recipes/s/{ids[0]}").text, "/comments")
    assert browser.post(action, data={**hidden, "text": "  "}).status_code == 422
    assert browser.post(action, data={**hidden, "text": "now"}).status_code == 200
    assert events_of(write, dataset, "commented") == 1


@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["a page", "a part"])
def test_all_matching_decided_twice_are_one_batch_and_one_undo(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int],
    headers: dict[str, str],
) -> None:  # fmt: skip
    address = "/d/recipes/decisions?q=question"
    wish = {"every": "true", "status": "approved", "preview": "true"}
    question = browser.post(address, data=wish).text
    action, hidden = form_of(question, "/decisions")
    assert browser.post(action, data=hidden, headers=headers).status_code == 200
    browser.post("/d/recipes/undo")
    again = browser.post(action, data=hidden, headers=headers)
    assert again.status_code == 200
    assert ("Sent twice, done once" in again.text) == bool(headers)
    assert events_of(write, dataset, "bulk") == 1
    counts = browser.get("/api/v1/datasets/recipes").json()
    assert (counts["pending"], counts["approved"]) == (4, 0), "a late retry does not undo the undo"
    _, fresh = form_of(browser.post(address, data=wish).text, "/decisions")
    browser.post(action, data=fresh)
    assert events_of(write, dataset, "bulk") == 2, "asked for anew it is done anew"


def test_ticked_rows_sent_twice_are_one_batch_and_other_rows_another(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    action, hidden = form_of(browser.get("/d/recipes/samples").text, "/decisions")
    for ticked in (ids[:2], ids[:2], ids[2:]):
        told = {**hidden, "ids": ticked, "status": "rejected"}
        assert browser.post(action, data=told, headers=FRAGMENT).status_code == 200
    assert events_of(write, dataset, "bulk") == 2
    assert events_of(write, dataset, "decided") == 4


def test_somebody_is_asked_once_and_a_disagreement_is_settled_once(
    browser: TestClient, write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        opinions.set_overlap(session, dataset.slug, 2, actor="mia")
        for who, status in (("mia", "approved"), ("tom", "rejected")):
            review.decide(
                session, dataset.slug, ids[0], Change(status=status), version=1, actor=who
            )
    page = browser.get("/d/recipes/team").text
    action, hidden = form_of(page, "/assignments")
    for _ in range(2):
        assert browser.post(action, data={**hidden, "person": "tom"}).status_code == 200
    with write() as session:
        assert session.exec(select(func.count()).select_from(AssignmentRow)).one() == 1
    action, hidden = form_of(page, "/settling")
    for _ in range(2):
        assert browser.post(action, data={**hidden, "status": "rejected"}).status_code == 200
    assert events_of(write, dataset, "decided") == 1
