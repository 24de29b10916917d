"""T14 and T16: a body that is too large, refused before it is read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.storage.database import Sessions
from app.web.sizes import Limit
from tests import web_client
from tests.security import routes

BODY_BYTES = 1_000_000


def pieces(size: int) -> Iterator[bytes]:
    """A body without a declared length."""
    for _ in range(0, size, 50_000):
        yield b"x" * 50_000


def test_t14_every_route_that_takes_no_file_has_the_limit(
    lasting_app: FastAPI, admin: TestClient
) -> None:
    for call in routes.every(lasting_app):
        if call.is_unsafe and not call.is_large and call.template != "/logout":
            answer = admin.request(call.method, call.path(), content=b"x" * (BODY_BYTES + 1))
            assert answer.status_code == 413, call
            assert not call.is_api or answer.json()["code"] == "too_large"


def test_t14_a_body_that_hides_its_length_is_cut_off(admin: TestClient) -> None:
    json = {"Content-Type": "application/json"}
    path = "/api/v1/datasets/recipes/board"
    answer = admin.post(path, content=pieces(BODY_BYTES + 100_000), headers=json)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("declared", ["-1", "1e9", "9" * 30, "٣", "0x10"])
def test_t14_a_length_that_is_no_length_is_refused(admin: TestClient, declared: str) -> None:
    headers = {b"Content-Length": declared.encode()}
    answer = admin.post("/api/v1/datasets/recipes/board", headers=headers)
    assert answer.status_code == 413


def test_t14_an_upload_has_the_limit_of_the_settings(
    lasting_house: tuple[Path, Sessions, Sessions],
) -> None:
    app = web_client.make_app(*lasting_house)
    app.state.house = replace(app.state.house, upload_limit=Limit(2 * BODY_BYTES, 30))
    with web_client.signed_in(app) as admin:
        path = "/api/v1/datasets/recipes/uploads"
        assert admin.post(path, content=b" " * (BODY_BYTES + 1)).status_code == 202
        assert admin.post(path, content=b" " * (2 * BODY_BYTES + 1)).status_code == 413
        assert admin.post(path, content=pieces(2 * BODY_BYTES + 100_000)).status_code == 413


@pytest.mark.parametrize(
    "path", ["/api/v1/datasets/recipes/uploads", "/d/recipes/uploads", "/login"]
)
def test_t16_a_strangers_body_is_not_read(lasting_app: FastAPI, path: str) -> None:
    read: list[str] = []

    async def receive() -> dict[str, object]:
        read.append("body")
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(_message: object) -> None:
        await anyio.sleep(0)

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "headers":
        [(b"host", b"localhost")], "query_string": b"", "scheme": "http", "http_version": "1.1",
        "server": ("localhost", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    anyio.run(lasting_app, scope, receive, send)
    assert read == []


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 400_000,
        b'{"a":' * 100_000,
        b'{"name":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"name": ' + b"9" * 400_000 + b"}",
        b'{"name": "\\ud800"}',
        b'{"name": "\\u0000"}',
        b'{"name": NaN}',
        b"\xff\xfe\x00",
        b"null",
        b"",
    ],
    ids=[
        "arrays",
        "objects",
        "closed",
        "digits",
        "half a pair",
        "nul",
        "nan",
        "utf-16",
        "null",
        "",
    ],
)
def test_t14_a_body_of_json_that_is_none_or_too_deep_is_refused(
    admin: TestClient, body: bytes
) -> None:
    json = {"Content-Type": "application/json"}
    answer = admin.post("/api/v1/datasets", content=body, headers=json)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
