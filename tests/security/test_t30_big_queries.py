"""T30: asking for everything at once."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.curation import audit_page, intake
from app.formats.sample import Rejected
from app.storage import datasets, uploads
from app.storage.tables import UploadRow
from app.web.deps import House
from tests import web_client

MOST = 200


@pytest.fixture
def program(app: FastAPI) -> Iterator[TestClient]:
    with web_client.bearing(app) as client:
        yield client


def test_t30_no_list_of_the_api_is_longer_than_two_hundred(lasting_app: FastAPI) -> None:
    seen = 0
    for path, methods in lasting_app.openapi()["paths"].items():
        for asked in methods.get("get", {}).get("parameters", []):
            if asked["name"] == "limit":
                seen += 1
                assert asked["schema"]["maximum"] <= MOST, path
    assert seen >= 3


@pytest.mark.parametrize("limit", ["201", "1000000", "-1", "0", "1e9", "9" * 50])
@pytest.mark.parametrize("list_", ["datasets", "datasets/recipes/samples", "audit"])
def test_t30_more_is_refused(program: TestClient, list_: str, limit: str) -> None:
    assert program.get(f"/api/v1/{list_}", params={"limit": limit}).status_code == 422


def test_t30_rejected_lines_are_read_as_they_are_sent(app: FastAPI, program: TestClient) -> None:
    house: House = app.state.house
    with house.write() as session:
        dataset = datasets.get(session, "recipes")
        row = UploadRow(dataset_id=dataset.id, actor="a", spool_name="x", bytes=0, sha256="0")
        upload = uploads.add(session, row)
        rejects = [(at, Rejected(at, 0, "not_json", "bad", "x")) for at in range(2_500)]
        uploads.add_rejects(session, upload.id, rejects)
    told = program.get(f"/api/v1/datasets/recipes/uploads/{upload.id}/rejects")
    assert told.text.count("\n") == 2_500
    missing = program.get("/api/v1/datasets/recipes/uploads/999999/rejects")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("write", [intake.rejected_lines, audit_page.write_file])
def test_t30_files_are_made_piece_by_piece(write: object) -> None:
    assert inspect.isgeneratorfunction(write)


def test_t30_nothing_streams_a_list() -> None:
    """A StreamingResponse over a list holds all of it, and looks as if it did not."""
    folder = Path(__file__).parents[2] / "app" / "web"
    for path in folder.rglob("*.py"):
        assert "StreamingResponse(iter(" not in path.read_text(), path
