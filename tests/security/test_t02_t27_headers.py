"""T02 and T27: what a browser may do with an answer. The policy is that of the design, exactly."""

import re

import pytest
from fastapi import FastAPI
from starlette.routing import Route
from starlette.testclient import TestClient

from tests import web_client
from tests.security import routes

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-N'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx"
)
NONCE = re.compile(r"'nonce-([\w-]{24})'")


def assert_safe(headers: dict[str, str]) -> None:
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"]
    assert NONCE.sub("'nonce-N'", headers["content-security-policy"]) == POLICY


def test_t27_every_route_answers_with_every_header(
    lasting_app: FastAPI, stranger: TestClient
) -> None:
    for client in (stranger, web_client.signed_in(lasting_app)):
        for call in routes.every(lasting_app):
            answer = client.request(call.method, call.path("no-such"), follow_redirects=False)
            if "content-disposition" not in answer.headers:
                assert_safe(dict(answer.headers))


def test_t27_an_unknown_host_gets_them_too(stranger: TestClient) -> None:
    answer = stranger.get("/healthz", headers={"Host": "evil.test"})
    assert answer.status_code == 400
    assert_safe(dict(answer.headers))


@pytest.mark.parametrize("path", ["/jobs", "/api/v1/jobs"])
def test_t27_an_answer_to_our_own_mistake_gets_them_too(extended_app: FastAPI, path: str) -> None:
    extended_app.router.routes.insert(0, Route(path, _break))
    with web_client.signed_in(extended_app) as admin:
        answer = TestClient(
            extended_app,
            base_url=web_client.ADDRESS,
            cookies=dict(admin.cookies),
            raise_server_exceptions=False,
        ).get(path)
    assert answer.status_code == 500
    assert "a secret detail" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert_safe(dict(answer.headers))


def _break(_request: object) -> None:
    raise ZeroDivisionError("a secret detail")


def test_t27_each_answer_has_a_nonce_of_its_own(admin: TestClient) -> None:
    pages = [admin.get("/jobs"), admin.get("/jobs", headers={"HX-Request": "true"})]
    nonces = [NONCE.search(page.headers["content-security-policy"]) for page in pages]
    first, second = (found[1] for found in nonces if found)
    assert first != second
    scripts = re.findall(r"<script [^>]*src[^>]*>", pages[0].text)
    assert scripts
    assert all(f'nonce="{first}"' in tag for tag in scripts)


def test_t27_pages_are_never_kept_and_vendored_files_always(
    admin: TestClient, stranger: TestClient
) -> None:
    assert admin.get("/jobs").headers["cache-control"] == "no-store"
    assert admin.get("/api/v1/jobs").headers["cache-control"] == "no-store"
    assert stranger.get("/static/css/tokens.css").headers["cache-control"] == "no-cache"
    vendored = stranger.get("/static/vendor/htmx-4.0.1/htmx.min.js")
    assert "immutable" in vendored.headers["cache-control"]


def test_t02_a_download_is_saved_and_may_do_nothing(app: FastAPI) -> None:
    with web_client.bearing(app) as program:
        content = b'{"oops": \n<script>alert(1)</script>'
        upload = program.post("/api/v1/datasets/recipes/uploads", content=content).json()
        answer = program.get(f"/api/v1/datasets/recipes/uploads/{upload['id']}/rejects")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
