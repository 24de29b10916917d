"""T05: a request for something that this person may not do, or that is not theirs."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlmodel import Session
from starlette.testclient import TestClient

from app.storage import datasets
from app.storage.access import Role
from app.storage.tables import JobRow, SampleRow, UploadRow
from app.web.deps import House
from tests import web_client
from tests.security import routes

TOO_LOW = "This takes the role"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("enter", [web_client.signed_in, web_client.bearing])
def test_t05_each_role_may_do_what_the_table_says_and_nothing_else(
    lasting_app: FastAPI, role: Role, enter: object
) -> None:
    assert callable(enter)
    with enter(lasting_app, role) as client:
        for call in _all_but_the_way_out(lasting_app):
            answer = client.request(call.method, call.path("no-such"), follow_redirects=False)
            refused = answer.status_code == 403
            if call.is_settings and enter is web_client.bearing:
                assert refused, call
                continue
            assert refused == (not role.covers(call.needs or role)), (call, answer.text)
            assert not refused or call.method == "HEAD" or TOO_LOW in answer.text


def test_t05_the_roles_form_a_ladder() -> None:
    order = [Role.VIEWER, Role.REVIEWER, Role.CURATOR, Role.ADMIN]
    assert [[high.covers(low) for low in order] for high in order] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("POST", "/datasets", Role.CURATOR),
        ("POST", "/api/v1/datasets/{}/uploads", Role.CURATOR),
        ("POST", "/d/{}/uploads", Role.CURATOR),
        ("PUT", "/api/v1/datasets/{}/target", Role.CURATOR),
        ("POST", "/api/v1/datasets/{}/exports", Role.CURATOR),
        ("POST", "/api/v1/datasets/{}/decisions", Role.REVIEWER),
        ("PATCH", "/api/v1/samples/{}", Role.REVIEWER),
        ("DELETE", "/api/v1/datasets/{}", Role.ADMIN),
        ("GET", "/api/v1/datasets/{}/board", Role.VIEWER),
    ],
)
def test_t05_the_table_holds_what_was_decided(method: str, path: str, needed: Role) -> None:
    assert routes.LINES[(method, path)] == needed


def test_t05_nothing_but_reading_takes_the_lowest_role() -> None:
    writable = [
        line for line, role in routes.LINES.items() if role == "viewer" and line[0] != "GET"
    ]
    assert writable == []


def test_t05_what_everybody_may_do_is_about_themselves_or_about_nobody() -> None:
    known = {path for (method, path), role in routes.LINES.items() if role == "known"}
    assert known == {
        "/", "/jobs", "/api/v1/jobs", "/api/v1/datasets", "/api/v1/openapi.json", "/logout",
        "/settings", "/settings/me", "/settings/me/password", "/settings/me/sessions",
        "/settings/tokens", "/settings/tokens/{}/revoke", "/settings/keys", "/settings/privacy",
        "/inbox", "/inbox/seen", "/rules",
    }  # fmt: skip


@pytest.fixture
def other(app: FastAPI) -> Iterator[TestClient]:
    """An admin's token that is for the data set `other` only."""
    house: House = app.state.house
    with house.write() as session:
        row = datasets.add(session, "other")
    with web_client.bearing(app, dataset_id=row.id) as client:
        yield client


def test_t05_a_bound_token_finds_nothing_of_another_data_set(
    app: FastAPI, other: TestClient
) -> None:
    house: House = app.state.house
    with house.write() as session:
        sample_id, job_id = _fill(session, datasets.get(session, "recipes").id)
    for call in _all_but_the_way_out(app):
        number = str(job_id if "/jobs/" in call.template else sample_id)
        answer = other.request(call.method, call.path("recipes", number))
        if call.template == "/api/v1/openapi.json":
            assert answer.status_code == 200
        elif call.names_a_thing:
            assert answer.status_code == 404, call
        else:
            assert answer.status_code == 403, call


def test_t05_what_is_foreign_and_what_does_not_exist_look_the_same(
    app: FastAPI, other: TestClient
) -> None:
    house: House = app.state.house
    with house.write() as session:
        _, job_id = _fill(session, datasets.get(session, "recipes").id)
    foreign = other.get(f"/api/v1/jobs/{job_id}")
    missing = other.get("/api/v1/jobs/999999")
    assert (foreign.status_code, foreign.text) == (missing.status_code, missing.text)
    foreign, missing = other.get("/d/recipes/board"), other.get("/d/no-such/board")
    assert (foreign.status_code, foreign.content.count(b"recipes")) == (
        404,
        missing.content.count(b"no-such"),
    )


def test_t05_a_bound_token_may_do_in_its_own_data_set_what_its_role_may(
    app: FastAPI, other: TestClient
) -> None:
    assert other.get("/api/v1/datasets/other/board").status_code == 200
    made = other.post("/api/v1/datasets/other/board")
    assert made.status_code == 202
    assert other.get(f"/api/v1/jobs/{made.json()['id']}").status_code == 200


def test_t05_a_bound_token_does_not_get_out_by_spelling(other: TestClient) -> None:
    for path in (
        "/api/v1/datasets/other/../recipes/board",
        "/api/v1/datasets/other%2f..%2frecipes/board",
        "/api/v1/datasets/recipes%2fboard",
        "/api/v1/datasets//board",
        "/api/v1/datasets/OTHER/board",
        "/api/v1/jobs/%D9%A1",
        "/api/v1/jobs/1e3",
        "/api/v1/jobs/99999999999999999999999999",
        "/api/v1/jobs/-1",
        "/d//other/board",
    ):
        assert other.get(path).status_code in (403, 404), path


def _all_but_the_way_out(app: FastAPI) -> Iterator[routes.Call]:
    for call in routes.every(app):
        if not call.is_public and not call.ends_sessions:
            yield call


def _fill(session: Session, dataset_id: int) -> tuple[int, int]:
    """A sample and a job in the data set: their ids."""
    upload = UploadRow(dataset_id=dataset_id, actor="a", spool_name="x", bytes=0, sha256="0")
    job = JobRow(kind="nothing", dataset_id=dataset_id, params={})
    session.add_all([upload, job])
    session.flush()
    sample = SampleRow(
        dataset_id=dataset_id, upload_id=upload.id, position=0, fingerprint="f",
        input_hash="i", output_hash="o", dialect="messages", messages="[]", raw="{}",
    )  # fmt: skip
    session.add(sample)
    session.flush()
    return sample.id, job.id
