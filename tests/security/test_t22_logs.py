"""T22: a secret in a log, an error or an answer."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from fastapi import FastAPI
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web import logs
from tests import web_client


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log says, as `serve` sets it up."""
    stream, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    kept = structlog.get_config()
    logs.configure("DEBUG", stream)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test's own client
    yield stream
    structlog.configure(**kept)
    root.handlers[:], root.level = before[0], before[1]


def test_t22_no_secret_of_a_whole_visit_is_in_the_log(
    extended_app: FastAPI, written: io.StringIO
) -> None:
    def fail(request: object) -> None:
        raise ValueError(f"failed on purpose with {token} and {cookie} in its message")

    link = web_client.link_of(extended_app)
    with web_client.bearing(extended_app) as program:
        token = str(program.headers["authorization"]).removeprefix("Bearer ")
        program.get("/api/v1/jobs")
        program.get("/api/v1/jobs", params={"token": token})
    extended_app.router.routes.insert(0, Route("/jobs", fail))
    with TestClient(
        extended_app, base_url="http://localhost", raise_server_exceptions=False
    ) as client:
        client.get("/login", params={"token": link})
        client.get("/login", params={"token": link})  # used already
        cookie = f"dartboard_session={client.cookies['dartboard_session']}"
        client.get("/jobs")
    try:
        fail(None)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")

    told = written.getvalue()
    assert told.count('"path": "/login"') == 2
    assert "failed on purpose" in told
    for secret in (link, token.split("_", 2)[2], cookie.partition("=")[2]):
        assert secret not in told


def test_t22_an_access_line_says_who_and_what_but_not_the_query(
    lasting_app: FastAPI, written: io.StringIO
) -> None:
    with web_client.signed_in(lasting_app) as admin:
        answer = admin.get("/api/v1/jobs", params={"q": "private words"})
    line = json.loads(written.getvalue().splitlines()[-1])
    assert "private" not in written.getvalue()
    assert line["request_id"] == answer.headers["x-request-id"]
    told = {name: line[name] for name in ("method", "path", "status", "actor", "level", "event")}
    assert told == {
        "method": "GET",
        "path": "/api/v1/jobs",
        "status": 200,
        "actor": "admin",
        "level": "info",
        "event": "request",
    }


def test_t22_a_line_of_the_log_is_one_line_whatever_the_path_holds(
    admin: TestClient, written: io.StringIO
) -> None:
    admin.get("/d/a%0a%7b%22event%22:%22forged%22%7d%1b[31m/board")
    lines = written.getvalue().splitlines()
    assert all(json.loads(line)["event"] != "forged" for line in lines)
    assert "\x1b" not in written.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dbt_0a1b2c3d4e5f_" + "Ab-_" * 11, "dbt_0a1b2c3d4e5f_[hidden]"),
        ("GET /login?token=abc&x=1", "GET /login?token=[hidden]&x=1"),
        ("cookie: dartboard_session=abc; a=b", "cookie: dartboard_session=[hidden]; a=b"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [hidden]"),
        ("postgresql+psycopg://me:pw@db/x", "postgresql+psycopg://me:[hidden]@db/x"),
        ("a plain sentence about a token", "a plain sentence about a token"),
    ],
)
def test_t22_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    event = {"event": text, "deep": {"list": [text]}, "number": 3}
    assert logs.hide_secrets(None, "", event) == {
        "event": shown,
        "deep": {"list": [shown]},
        "number": 3,
    }
