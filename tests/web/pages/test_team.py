"""The pages of several people's work, and the same over REST."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.curation import opinions, review
from app.curation.changing import Change
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests import stocked, web_client

API = "/api/v1/datasets/recipes"


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    with write() as session:
        return stocked.stock_plain(session, dataset.id, 3)


@pytest.fixture
def admin(write: Sessions, tmp_path: Path, ids: list[int]) -> Iterator[TestClient]:
    with web_client.signed_in(web_client.make_app(tmp_path, write, write)) as client:
        yield client


def test_an_empty_team_says_so_and_leads_to_the_review(admin: TestClient) -> None:
    page = admin.get("/d/recipes/team").text
    assert "Nobody has decided about a sample yet" in page
    assert 'href="/d/recipes/review"' in page


def test_a_comment_is_shown_and_escaped_and_waits_in_the_inbox(
    admin: TestClient, ids: list[int]
) -> None:
    said = {"text": "<b>@admin</b> look"}
    answer = admin.post(f"/d/recipes/s/{ids[0]}/comments", data=said)
    assert answer.status_code == 200
    for path in ("/inbox", f"/d/recipes/s/{ids[0]}"):
        page = admin.get(path).text
        assert "&lt;b&gt;@admin&lt;/b&gt; look" in page
    assert "1 thing waits" in admin.get("/").text
    admin.post("/inbox/seen")
    assert "thing waits" not in admin.get("/").text


def test_htmx_gets_the_comments_alone(admin: TestClient, ids: list[int]) -> None:
    part = admin.post(
        f"/d/recipes/s/{ids[0]}/comments", data={"text": "hm"}, headers={"HX-Request": "true"}
    ).text
    assert part.strip().startswith("<section")
    assert "<html" not in part


def test_who_said_something_takes_it_back_and_the_history_keeps_that_they_did(
    write: Sessions, tmp_path: Path, ids: list[int]
) -> None:
    app = web_client.make_app(tmp_path, write, write)
    sample = f"/d/recipes/s/{ids[0]}"
    with web_client.signed_in(app, "reviewer") as mia, web_client.signed_in(app, "curator") as noor:
        for who in (mia, noor):
            who.post(f"{sample}/comments", data={"text": "@viewer a word too many"})
        listed = mia.get(f"/api/v1/samples/{ids[0]}/comments").json()["items"]
        hers, theirs = (f"{sample}/comments/{it['seq']}/withdraw" for it in listed)
        assert hers in mia.get(sample).text
        assert theirs not in mia.get(sample).text
        assert mia.post(theirs).status_code == 403
        assert noor.post(hers).status_code == 200
        assert mia.post(hers).status_code == 404, "it is taken back already"
        gone = noor.delete(f"/api/v1/samples/{ids[0]}/comments/{listed[1]['seq']}")
        assert gone.status_code == 204
        assert mia.get(f"/api/v1/samples/{ids[0]}/comments").json()["items"] == []
        told = mia.get(f"/api/v1/samples/{ids[0]}/history").json()["items"]
        assert [it["kind"] for it in told] == ["commented", "commented", "withdrawn", "withdrawn"]
        assert "a word too many" not in str(told)
        assert mia.get(sample).text.count("Comment withdrawn") == 2
    with web_client.signed_in(app, "viewer") as viewer:
        assert "Nothing waits for you" in viewer.get("/inbox").text


def test_an_assignment_is_made_shown_and_closed(admin: TestClient) -> None:
    form = {"person": "admin", "query": "status=pending", "note": "soon"}
    page = admin.post("/d/recipes/assignments", data=form).text
    assert "3 of 3 left" in page
    assert "You are asked to review" in admin.get("/inbox").text
    listed = admin.get(f"{API}/assignments").json()["items"]
    admin.post(f"/d/recipes/assignments/{listed[0]['id']}/done")
    assert "Nothing waits for you" in admin.get("/inbox").text


def test_the_view_that_is_to_be_assigned_comes_in_the_address(admin: TestClient) -> None:
    page = admin.get("/d/recipes/team", params={"query": "label=billing"}).text
    assert 'value="label=billing"' in page


def test_a_reviewer_sees_how_others_judged_only_after_judging_themselves(
    write: Sessions, tmp_path: Path, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        opinions.set_overlap(session, dataset.slug, 3, actor="ada")
        for who, status in (("mia", "approved"), ("tom", "rejected")):
            review.decide(
                session, dataset.slug, ids[0], Change(status=status), version=1, actor=who
            )
    app = web_client.make_app(tmp_path, write, write)
    with web_client.signed_in(app, "reviewer") as client:
        page = client.get("/d/recipes/team").text
        assert ("tag approved" in page, "tag rejected" in page) == (False, False)
        assert "How is shown when you have judged it too" in page
        told = client.get(f"{API}/team").json()
        assert [(it["approved"], it["rejected"], it["total"]) for it in told["people"]] == [
            (0, 0, 1), (0, 0, 1),
        ]  # fmt: skip
        assert (told["agreement"]["shared"], told["agreement"]["confusion"]) == (0, [])
        form = {"status": "approved", "version": 1}
        client.post(f"/d/recipes/s/{ids[0]}/decision", data=form)
        page = client.get("/d/recipes/team").text
        assert ("tag approved" in page, "tag rejected" in page) == (True, True)
        assert client.get(f"{API}/team").json()["agreement"]["shared"] == 1
    with web_client.signed_in(app, "curator") as client:
        assert "tag rejected" in client.get("/d/recipes/team").text


def test_an_overlap_out_of_range_is_refused(admin: TestClient) -> None:
    assert admin.post("/d/recipes/team/overlap", data={"people": "9"}).status_code == 422
    assert admin.post("/d/recipes/team/overlap", data={"people": "2"}).status_code == 200
    assert admin.get(f"{API}/team").json()["overlap"] == 2


def test_over_rest_the_same_is_said(write: Sessions, tmp_path: Path, ids: list[int]) -> None:
    app = web_client.make_app(tmp_path, write, write)
    with web_client.bearing(app) as client:
        told = client.post(f"/api/v1/samples/{ids[0]}/comments", json={"text": "@tom see"})
        assert told.status_code == 201, told.text
        found = client.get(f"/api/v1/samples/{ids[0]}/comments").json()["items"]
        assert [it["text"] for it in found] == ["@tom see"]
        asked = client.post(f"{API}/assignments", json={"person": "tom", "query": "nonsense=1"})
        assert (asked.status_code, asked.json()["code"]) == (422, "query")
        made = client.post(f"{API}/assignments", json={"person": "tom"})
        assert made.json()["left"] == 3
        gone = client.delete(f"{API}/assignments/{made.json()['id']}")
        assert gone.status_code == 204
        set_to = client.put(f"{API}/team", json={"overlap": 3})
        assert set_to.json()["agreement"]["alpha"] is None
        assert client.get("/api/v1/samples/999999/comments").status_code == 404
