from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.curation import audit
from app.curation.audit import Kind
from app.storage.database import Sessions
from tests import web_client


@pytest.fixture
def app(write: Sessions, tmp_path: Path) -> FastAPI:
    with write() as session:
        for number in range(audit.PAGE_LINES + 1):
            audit.record(session, actor=f"<b>p{number}</b>", kind=Kind.LOGOUT, subject="x")
        audit.record(session, actor="mia", kind=Kind.UPLOADED, subject="recipes", bytes=12)
    return web_client.make_app(tmp_path, write, write)


@pytest.fixture
def admin(app: FastAPI) -> Iterator[TestClient]:
    with web_client.signed_in(app) as client:
        yield client


def test_the_newest_lines_come_first_and_older_ones_follow(admin: TestClient) -> None:
    page = admin.get("/settings/audit").text
    assert "recipes" in page
    assert "&lt;b&gt;p100&lt;/b&gt;" in page
    assert "<b>p100" not in page
    assert "p0&lt;" not in page
    older = admin.get("/settings/audit", params={"before": page.split("?before=")[1].split('"')[0]})
    assert "p0&lt;" in older.text
    assert "Older lines" not in older.text


def test_the_log_is_narrowed_by_the_form(admin: TestClient) -> None:
    asked = {"kind": "uploaded", "actor": "", "since": "2020-01-01", "until": ""}
    page = admin.get("/settings/audit", params=asked).text
    assert "mia" in page
    assert "p100" not in page
    assert "No such lines" in admin.get("/settings/audit", params={"until": "2020-01-01"}).text


@pytest.mark.parametrize("asked", [{"kind": "nonsense"}, {"since": "yesterday"}])
def test_a_filter_that_is_none_is_refused(admin: TestClient, asked: dict[str, str]) -> None:
    assert admin.get("/settings/audit", params=asked).status_code == 422


def test_all_of_it_leaves_as_json_lines_and_that_is_noted(admin: TestClient) -> None:
    told = admin.get("/settings/audit/audit.jsonl")
    lines = [orjson.loads(line) for line in told.content.splitlines()]
    assert len(lines) == audit.PAGE_LINES + 4
    assert lines[0]["kind"] == "audit_read"
    assert [line["kind"] for line in lines[1:3]] == ["login", "uploaded"]
    assert lines[0]["request_id"] == told.headers["x-request-id"]
    assert admin.get("/settings/audit/audit.exe").status_code == 422


def test_programs_read_it_page_by_page(app: FastAPI) -> None:
    with web_client.bearing(app) as program:
        first = program.get("/api/v1/audit", params={"limit": 2, "kind": "logout"}).json()
        following = {"limit": 2, "kind": "logout", "before": first["next"]}
        second = program.get("/api/v1/audit", params=following).json()
        assert program.get("/api/v1/audit", params={"limt": 2}).status_code == 422
    told = [line["actor"] for line in first["items"] + second["items"]]
    assert told == [f"<b>p{number}</b>" for number in (100, 99, 98, 97)]
