"""T03: another site makes the visitor's browser send a request, cookie and all."""

import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from app.web import csrf
from tests import web_client
from tests.security import routes

REFUSED = [
    pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, id="a sub-domain beside us"),
    pytest.param({"Sec-Fetch-Site": ""}, id="an empty word"),
    pytest.param({"Sec-Fetch-Site": "SAME-ORIGIN"}, id="a word that is not in the standard"),
    pytest.param(
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, id="the browser's word wins"
    ),
    pytest.param({}, id="neither header"),
    pytest.param({"Origin": "null"}, id="a sandboxed frame"),
    pytest.param({"Origin": "http://evil.test"}, id="plain HTTP, another host"),
    pytest.param({"Origin": "http://localhost:9999"}, id="another port of this host"),
    pytest.param({"Origin": "http://localhost.evil.test"}, id="a host that begins like ours"),
    pytest.param({"Origin": "http://evil.test/localhost"}, id="our name in its path"),
    pytest.param({"Origin": "file://localhost"}, id="a file"),
    pytest.param({"Origin": "http://[::1"}, id="not an address"),
    pytest.param({"Referer": "http://localhost/"}, id="a referrer says nothing"),
]
ACCEPTED = [
    pytest.param({"Sec-Fetch-Site": "same-origin"}, id="our own page"),
    pytest.param({"Sec-Fetch-Site": "none"}, id="the address bar"),
    pytest.param({"Origin": "http://localhost"}, id="plain HTTP, our host"),
    pytest.param({"Origin": "HTTP://LOCALHOST"}, id="hosts have no case"),
]


@pytest.mark.parametrize("headers", REFUSED)
def test_t03_a_foreign_request_is_refused_on_every_unsafe_route(
    lasting_app: FastAPI, headers: dict[str, str]
) -> None:
    with web_client.signed_in(lasting_app) as admin:
        for name in web_client.BROWSER:
            del admin.headers[name]
        unsafe = [call for call in routes.every(lasting_app) if call.is_unsafe]
        assert len(unsafe) >= 10
        for call in unsafe:
            answer = admin.request(call.method, call.path(), headers=headers)
            assert answer.status_code == 403, call
        assert admin.get("/api/v1/jobs").status_code == 200, "nothing above has logged out"


@pytest.mark.parametrize("headers", ACCEPTED)
def test_t03_our_own_pages_may_change_things(lasting_app: FastAPI, headers: dict[str, str]) -> None:
    with web_client.signed_in(lasting_app) as admin:
        for name in web_client.BROWSER:
            del admin.headers[name]
        answer = admin.post("/logout", headers=headers, follow_redirects=False)
        assert answer.status_code == 303


@pytest.mark.parametrize("headers", REFUSED)
def test_t03_a_bearer_token_needs_no_origin(lasting_app: FastAPI, headers: dict[str, str]) -> None:
    with web_client.bearing(lasting_app) as program:
        answer = program.delete(f"/api/v1/jobs/{2**31 - 1}", headers=headers)
    assert answer.status_code == 404  # there is no such job, and the doors were open


def test_t03_the_origin_is_compared_with_the_port() -> None:
    ours = Headers({"host": "localhost:8765", "origin": "http://localhost:8765"})
    other = Headers({"host": "localhost:8765", "origin": "http://localhost"})
    assert csrf.is_own(ours)
    assert not csrf.is_own(other)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_t03_another_page_cannot_log_its_visitor_in(
    lasting_app: FastAPI, stranger: TestClient, site: str
) -> None:
    link = {"token": web_client.link_of(lasting_app)}
    refused = stranger.get("/login", params=link, headers={"Sec-Fetch-Site": site})
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers

    by_hand = stranger.get("/login", params=link, headers={"Sec-Fetch-Site": "none"})
    assert by_hand.status_code == 303, "the link was not used up by the attempt"


def test_t03_a_form_as_plain_text_is_not_read_as_json(admin: TestClient) -> None:
    # What a form of another site can send without asking first.
    answer = admin.post(
        "/api/v1/datasets/recipes/board",
        content='{"refit": true}',
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status_code == 422
